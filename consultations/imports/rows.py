"""Files that are tables, CSV or .xlsx, as rows with their columns and the number that they have in the file.

Nothing is guessed in silence: the encoding, the sign between cells and what was met on the way are told.
"""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.books import NotABook, is_zip
from common.long_books import CELL_ERRORS, LongBook, TooWide
from common.refusals import Refusal
from common.sheets import unguarded
from common.text import in_figures

COLUMNS_MAX = 500
_CHUNK = 1 << 20
# An Excel of before 2007, a PDF, pictures, a compressed file: chosen for a table by mistake.
_OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf", b"<html")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"  # the first words of all of them
_HTML = (b"<!doc", b"<html", b"<?xml")
# What spreadsheets of before Unicode wrote in France: Windows, macOS, MS-DOS.
OLD_ENCODINGS = ("cp1252", "mac_roman", "cp850")
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "mac_roman": "Mac OS Roman",
    "cp850": "MS-DOS (850)",
}
_FRENCH = frozenset("éèêëàâäçùûüîïôöœæÉÈÊËÀÂÇÙÛÎÏÔŒ’‘“”«»–—…€°•·\xa0²³½")
_OFTEN = frozenset("éèêàâçùûîïôœ’«»\xa0")
_SIGNS_MAX = 60_000  # of one cell
_NOTES_MAX = 20  # that say the same of one file
# What stands beside lines that were not taken, in the file that one corrects and sends again (services.left).
LEFT_LINE, LEFT_WHY = gettext_lazy("Line of the first file"), gettext_lazy("Why it was not taken")


class FileNotRead(Refusal):
    """A file that is no table, or none that can be read."""

    code = "import_file"
    status = 422


@dataclass(frozen=True)
class Row:
    """`wrong`: why it cannot be taken."""

    number: int
    cells: dict[str, str]
    wrong: str = ""


@dataclass
class Table:
    """One file. `encoding` is empty of a book; `is_certain` says that it can be no other."""

    name: str
    open: Callable[[], IO[bytes]]
    encoding: str = ""
    is_certain: bool = True
    delimiter: str = ""
    columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Those below the names of the columns. Raises FileNotRead, at any row."""
        raw = self._book_rows() if not self.encoding else self._text_rows()
        first = next(raw, None)
        if first is None:
            raise FileNotRead(_("This file is empty. Choose another one."))
        self.columns = columns = _named(first[1])
        known, anew = set(columns), 0
        is_ours = {str(LEFT_LINE), str(LEFT_WHY)} <= set(columns)
        for number, cells in raw:
            if not any(map(str.strip, cells)):
                continue
            if is_ours:
                cells = [unguarded(each) for each in cells]
            if _is_head(cells, columns):
                # Files that were put one after the other, or whose columns change on the way.
                columns = _named(cells)
                self.columns += [each for each in columns if each not in known]
                known.update(columns)
                if len(known) > COLUMNS_MAX:
                    raise _too_wide()
                anew += 1
                if anew <= _NOTES_MAX:
                    said = _("Line %(number)s names columns anew: those below it are read by these names.")
                    self.notes.append(said % {"number": number})
                continue
            yield _row(number, cells, columns, is_book=not self.encoding)

    def _book_rows(self) -> Iterator[tuple[int, list[str]]]:
        with self.open() as file:
            book = LongBook(file, columns_max=COLUMNS_MAX)
            try:
                for number, cells in book.rows():
                    yield number, [cells.get(each, "") for each in range(max(cells) + 1)]
            except TooWide as cause:
                raise _too_wide() from cause
            except NotABook as cause:
                raise FileNotRead(
                    _("This file is no .xlsx that can be read: it is damaged, protected by a password or too large.")
                ) from cause
        if book.merged:
            said = ngettext(
                "%(count)s group of cells is merged: what it says counts for its first line only.",
                "%(count)s groups of cells are merged: what they say counts for their first line only.",
                book.merged,
            )
            self.notes.append(said % {"count": in_figures(book.merged)})

    def _text_rows(self) -> Iterator[tuple[int, list[str]]]:
        with io.TextIOWrapper(self.open(), self.encoding, errors="replace", newline="") as text:
            head = text.read(4)
            if not head.startswith(("\ufeff", "sep=")):
                text.seek(0)
            elif head == "sep=":
                text.readline()
            else:
                text.seek(0)
                text.read(1)
            lines = csv.reader(_without_nul(text), delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for cells in lines:
                    begins, number = number + 1, lines.line_num
                    if len(cells) > COLUMNS_MAX:
                        raise _too_wide()
                    yield begins, cells
            except csv.Error as cause:
                said = _("Line %(number)s: a quotation mark is not closed, or a cell does not end.")
                raise FileNotRead(said % {"number": in_figures(number + 1)}) from cause


def table_of(name: str, opened: Callable[[], IO[bytes]], *, encoding: str = "") -> Table:
    """Look at a file: what it is, and how it is written; `encoding` where somebody has said it. Raises FileNotRead."""
    with opened() as file:
        begin = file.read(4096)
    if not begin.strip():
        raise FileNotRead(_("This file is empty. Choose another one."))
    if is_zip(begin):
        if _OPEN_DOCUMENT in begin[:200]:
            raise FileNotRead(
                _("This file is an OpenDocument (.ods). In your spreadsheet choose Save as, then .xlsx or CSV.")
            )
        return Table(name, opened)
    is_utf16 = begin.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    if begin.startswith(_OTHER_KINDS) or begin[:5].lower().startswith(_HTML) or (b"\0" in begin and not is_utf16):
        raise FileNotRead(
            _("This file is no table that can be read here: send an .xlsx, or in your spreadsheet Save as, then CSV.")
        )
    found, is_certain = (encoding, True) if encoding in ENCODINGS else _encoding(opened)
    table = Table(name, opened, found, is_certain)
    with io.TextIOWrapper(opened(), found, errors="replace") as text:
        line = text.readline(200_000).removeprefix("\ufeff")
    said = line[4:5] if line.startswith("sep=") else ""
    table.delimiter = said if said in (";", ",", "\t", "|") else max(";\t,", key=_outside(line).count)
    return table


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """No text has this sign, and no database keeps it. Raises FileNotRead."""
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            said = _("Line %(number)s has a sign that no text has. In your spreadsheet choose Save as, then CSV UTF-8.")
            raise FileNotRead(said % {"number": in_figures(number)})
        yield line


def _outside(line: str) -> str:
    """What stands outside quotation marks."""
    return "".join(line.split('"')[::2])


def _encoding(opened: Callable[[], IO[bytes]]) -> tuple[str, bool]:
    """By all its bytes: UTF-8 where nothing contradicts it, else that of which most signs are French."""
    counts: Counter[int] = Counter()
    is_utf8, decoder = True, getincrementaldecoder("utf-8")()
    with opened() as file:
        begin = file.read(3)
        if begin.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return "utf-16", True
        chunk = begin + file.read(_CHUNK)
        is_marked = begin == BOM_UTF8
        while chunk:
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            counts.update(chunk.translate(None, bytes(range(128))))
            chunk = file.read(_CHUNK)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if is_utf8 or is_marked:
        return "utf-8", is_utf8
    # What would be "é" in one is "È" in another, which few words have.
    scores = {each: _share(counts, each, _FRENCH) + _share(counts, each, _OFTEN) for each in OLD_ENCODINGS}
    # Where it is UTF-8 but for a few bytes, the signs of its sequences make none of these readable.
    first, second = sorted(scores, key=lambda each: -scores[each])[:2]
    return first, _share(counts, first, _FRENCH) >= 0.9 and scores[second] < 0.7 * scores[first]


def _share(counts: Counter[int], encoding: str, signs: frozenset[str]) -> float:
    """Which share of what is beyond ASCII would be one of these."""
    total = sum(counts.values()) or 1
    return sum(n for byte, n in counts.items() if bytes([byte]).decode(encoding, "replace") in signs) / total


def _named(cells: list[str]) -> list[str]:
    """The names of columns: one that has none by its letter, one that is there twice with its number."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(cells):
        name = " ".join(cell.split())[:120] or _nameless(place)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _nameless(place: int) -> str:
    return _("Column %(letter)s") % {"letter": _letters(place)}


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _is_head(cells: list[str], columns: list[str]) -> bool:
    if len(columns) < 2 or cells[0].strip() != columns[0]:
        return False
    known = set(columns)
    return sum(cell.strip() in known for cell in cells) * 2 > len(cells)


def _row(number: int, cells: list[str], columns: list[str], *, is_book: bool) -> Row:
    if (len(cells) > len(columns) and any(map(str.strip, cells[len(columns) :]))) or (
        not is_book and len(cells) < len(columns)
    ):
        counts = {"found": in_figures(len(cells)), "columns": in_figures(len(columns))}
        said = ngettext(
            "It has %(found)s cells, where there is %(columns)s column.",
            "It has %(found)s cells, where there are %(columns)s columns.",
            len(columns),
        )
        names = columns + [_nameless(place) for place in range(len(columns), len(cells))]
        return Row(number, dict(zip(names, cells, strict=False)), said % counts)
    named = dict(zip(columns, cells, strict=False))
    if max(map(len, cells)) > _SIGNS_MAX:
        said = _("One of its cells has more than %(most)s signs.") % {"most": in_figures(_SIGNS_MAX)}
        return Row(number, {name: cell[:_SIGNS_MAX] for name, cell in named.items()}, said)
    if is_book and not CELL_ERRORS.isdisjoint(cells):
        column = next(name for name, cell in named.items() if cell in CELL_ERRORS)
        said = _("“%(column)s” has no value but an error of the spreadsheet: open the file there, correct it and save.")
        return Row(number, named, said % {"column": column})
    return Row(number, named)


def _too_wide() -> FileNotRead:
    said = _("This table has more than %(most)s columns. Delete those that say nothing, then send it again.")
    return FileNotRead(said % {"most": in_figures(COLUMNS_MAX)})
