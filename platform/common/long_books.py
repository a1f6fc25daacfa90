"""Long spreadsheets (.xlsx) with their columns: a cell at a time, so that a hundred thousand rows take no more memory
than ten, nor one that says it is a million columns wide. What is short and has no columns: common.books.
"""

import os
import re
import zlib
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

from common.books import COLUMNS_MAX, NotABook, column_of, place_of_first_sheet

# Of one part, once it is unpacked. A hundred thousand rows of ten cells are some 60 MB.
_PART_MAX = 300_000_000
_CELL_MAX = 1_000_000  # signs: a spreadsheet keeps 32,767
_ROW_MAX = 4_000_000  # signs of all its cells
# Rows that a spreadsheet has at most, and cells that are read within two minutes: a file of some hundred kB has tens of
# millions that say nothing.
_ROWS_MAX, _CELLS_MAX = 1_048_576, 20_000_000
_SHARED_MAX, _STYLES_MAX, _FORMAT_MAX = 5_000_000, 100_000, 1000  # a spreadsheet has at most 65,490 styles
_PIECE = 1 << 16
_TAG_MAX = 1 << 20  # of one tag or comment
_TAGS_KEPT = 1000  # names of tags
_OVER = object()
# What stands in a cell whose formula was never worked out; errors of a spreadsheet stand as they are: "#REF!".
NO_VALUE = "#FORMULA!"
CELL_ERRORS = frozenset(
    {NO_VALUE, "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_DAYS_BEGIN, _DAYS_BEGIN_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 (hours as they are written)
# Formats of dates that a book need not describe.
_DATES = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
_DATE_LETTERS = re.compile("[dmyhsaj]", re.IGNORECASE)


class TooWide(NotABook):
    """It says something in more columns than whoever reads it takes."""


class LongBook:
    """The first sheet that is shown. `merged`: how many cells are merged with others, known after its last row.

    `part_max`: bytes that one of its parts unpacks to, where somebody waits for it.
    """

    def __init__(self, file: IO[bytes], *, columns_max: int = COLUMNS_MAX, part_max: int | None = None) -> None:
        self.file, self.columns_max, self.part_max, self.merged = file, columns_max, part_max, 0

    def rows(self) -> Iterator[tuple[int, dict[int, str]]]:
        """Of each row that says something its number, as the spreadsheet counts, and its cells by their columns, from
        0. Raises NotABook and TooWide, at any row."""
        try:
            with ZipFile(self.file) as book, TemporaryFile() as kept:
                if self.part_max is not None and any(each.file_size > self.part_max for each in book.infolist()):
                    raise NotABook
                sheet = _Sheet(_Words(book, kept), _Dates(book), self.columns_max)
                for _unused in _told(book, place_of_first_sheet(book), sheet):
                    for number, cells in sheet.rows:
                        yield number, sheet.words.of(cells)
                    sheet.rows.clear()
                self.merged = sheet.merged
        except TooWide:
            raise
        except (BadZipFile, zlib.error, etree.XMLSyntaxError, expat.ExpatError, LookupError, ValueError) as cause:
            raise NotABook from cause
        except (EOFError, OSError, NotImplementedError, OverflowError) as cause:
            raise NotABook from cause


class _Done(dict[str, Callable[..., object]]):
    """What is done at a tag, whatever its prefix."""

    def __missing__(self, name: str) -> Callable[..., object]:
        done = self.get(name.rpartition(":")[2], _nothing)
        if len(self) < _TAGS_KEPT:
            self[name] = done
        return done


def _nothing(*said: object) -> None: ...


class _Texts:
    """What expat tells of texts: `cell` is what the present one says, without how its words are pronounced."""

    def __init__(self) -> None:
        self.cell: list[str] = []
        self.length = 0
        self.is_read = self.is_aloud = False
        self.opens = _Done(v=self._words_begin, t=self._words_begin, rPh=self._aloud_begins)
        self.closes = _Done(v=self._words_end, t=self._words_end, rPh=self._aloud_ends)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.opens[name](attributes)

    def end(self, name: str) -> None:
        self.closes[name]()

    def text(self, words: str) -> None:
        if self.is_read:
            self.cell.append(words)
            self.length += len(words)
            if self.length > _CELL_MAX:
                raise NotABook

    def said(self) -> str:
        """What it says; the next one says nothing yet."""
        words = "".join(self.cell)
        self.cell.clear()
        self.length = 0
        return words

    def _words_begin(self, attributes: dict[str, str]) -> None:
        self.is_read = not self.is_aloud

    def _words_end(self) -> None:
        self.is_read = False

    def _aloud_begins(self, attributes: dict[str, str]) -> None:
        self.is_aloud = True

    def _aloud_ends(self) -> None:
        self.is_aloud = False


class _Shared(_Texts):
    """The texts that cells share."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[bytes] = []
        self.count = 0
        self.closes["si"] = self._text_ends

    def _text_ends(self) -> None:
        self.count += 1
        if self.count > _SHARED_MAX:
            raise NotABook
        self.found.append(self.said().encode("utf-8", "replace"))


class _Sheet(_Texts):
    """Its rows that are over, until somebody takes them: of a text that cells share its place alone, for a thousand
    rows may ask for the longest."""

    def __init__(self, words: "_Words", dates: "_Dates", columns_max: int) -> None:
        super().__init__()
        self.words, self.dates, self.columns_max = words, dates, columns_max
        self.rows: list[tuple[int, dict[int, str | int]]] = []
        self.cells: dict[int, str | int] = {}
        self.number = self.seen = self.merged = self.signs = self.begun = self.told = 0
        self.of_cell: dict[str, str] = {}
        self.has_formula = False
        self.columns: dict[str, int] = {}  # by their letters
        self.opens |= {"c": self._cell_begins, "row": self._row_begins, "f": self._formula, "mergeCell": self._merged}
        self.closes |= {"c": self._cell_ends, "row": self._row_ends}

    def _cell_begins(self, attributes: dict[str, str]) -> None:
        self.of_cell, self.has_formula = attributes, False
        if self.cell:
            self.cell.clear()
            self.length = 0

    def _row_begins(self, attributes: dict[str, str]) -> None:
        self.begun += 1
        if self.begun > _ROWS_MAX:
            raise NotABook
        self.told += self.seen
        self.number = int(attributes.get("r") or self.number + 1)
        self.cells, self.seen, self.signs = {}, 0, 0

    def _formula(self, attributes: dict[str, str]) -> None:
        self.has_formula = True

    def _merged(self, attributes: dict[str, str]) -> None:
        self.merged += 1

    def _row_ends(self) -> None:
        if self.cells:
            self.rows.append((self.number, self.cells))

    def _cell_ends(self) -> None:
        column = self._column()
        self.seen += 1
        if self.seen > COLUMNS_MAX or self.told > _CELLS_MAX:
            raise NotABook
        value = self._value(self.of_cell.get("t", "n"))
        if value == "":
            return
        if column >= self.columns_max:
            raise TooWide
        self.signs += len(value) if isinstance(value, str) else self.words.size(value)
        if self.signs > _ROW_MAX:
            raise NotABook
        self.cells[column] = value

    def _column(self) -> int:
        reference = self.of_cell.get("r", "")
        letters = reference.rstrip("0123456789")
        column = self.columns.get(letters)
        if column is None:
            column = column_of(reference, self.seen)
            if letters:
                self.columns[letters] = column
        return column

    def _value(self, kind: str) -> str | int:
        value = self.said()
        if kind == "inlineStr":
            return value
        if not value:
            return NO_VALUE if kind != "str" and self.has_formula else ""
        if kind == "s":
            place = int(value)
            return place if self.words.size(place) else ""
        if kind == "b":
            return "true" if value == "1" else "false"
        if kind != "n":
            return value
        number = float(value)
        if self.dates.is_date(self.of_cell.get("s")):
            return self.dates.written(number)
        # 1310 is also saved as 1310.0, or 1.31E3.
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


class _Words:
    """The texts that cells share, on the disk: they may be as long as all the rest."""

    def __init__(self, book: ZipFile, kept: IO[bytes]) -> None:
        self.kept, self.begins, self.shared = kept, array("Q", [0]), _Shared()
        name = "xl/sharedStrings.xml"
        # No further than they are asked for: who wants the first row alone does not wait for those of the last one.
        self.told = _told(book, name, self.shared) if name in book.namelist() else iter(())

    def size(self, place: int) -> int:
        """In bytes; of one that is not there, 0."""
        if place < 0:
            return 0
        while place >= len(self.begins) - 1:
            if next(self.told, _OVER) is _OVER:
                return 0
            self._keep()
        return self.begins[place + 1] - self.begins[place]

    def _keep(self) -> None:
        for written in self.shared.found:
            self.begins.append(self.begins[-1] + len(written))
        self.kept.write(b"".join(self.shared.found))
        self.kept.flush()
        self.shared.found.clear()

    def of(self, cells: dict[int, str | int]) -> dict[int, str]:
        return {column: said if isinstance(said, str) else self._read(said) for column, said in cells.items()}

    def _read(self, place: int) -> str:
        begin, end = self.begins[place], self.begins[place + 1]
        return os.pread(self.kept.fileno(), end - begin, begin).decode()


class _Styles(_Texts):
    """What a book says of its days and of the styles of cells; counted as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.is_of_1904 = self.is_of_cells = False
        self.are_dates: dict[str, bool] = {}  # formats that the book describes
        self.ids: list[str] = []  # of the format of each style

        self.opens |= {
            "workbookPr": self._book,
            "cellXfs": self._cells_begin,
            "numFmt": self._format,
            "xf": self._style,
        }
        self.closes["cellXfs"] = self._cells_end

    def _book(self, attributes: dict[str, str]) -> None:
        self.is_of_1904 = attributes.get("date1904") in ("1", "true")

    def _cells_begin(self, attributes: dict[str, str]) -> None:
        self.is_of_cells = True

    def _cells_end(self) -> None:
        self.is_of_cells = False

    def _format(self, attributes: dict[str, str]) -> None:
        letters = _NO_LETTERS.sub("", attributes.get("formatCode", "")[:_FORMAT_MAX]).replace("General", "")
        self.are_dates[attributes.get("numFmtId", "")[:9]] = bool(_DATE_LETTERS.search(letters))
        self._check()

    def _style(self, attributes: dict[str, str]) -> None:
        if self.is_of_cells:
            self.ids.append(attributes.get("numFmtId", "0")[:9])
            self._check()

    def _check(self) -> None:
        if len(self.ids) + len(self.are_dates) > _STYLES_MAX:
            raise NotABook


class _Dates:
    """Which numbers are dates, by the style of their cell."""

    def __init__(self, book: ZipFile) -> None:
        said = _Styles()
        for name in ("xl/workbook.xml", "xl/styles.xml"):
            if name in book.namelist():
                for _unused in _told(book, name, said):
                    pass
        self.begin = _DAYS_BEGIN_1904 if said.is_of_1904 else _DAYS_BEGIN
        own = said.are_dates
        self.styles = [own.get(each, each.isdecimal() and int(each) in _DATES) for each in said.ids]

    def is_date(self, style: str | None) -> bool:
        place = int(style or 0)
        return place < len(self.styles) and self.styles[place]

    def written(self, days: float) -> str:
        """As ISO 8601 writes it: a day, with its hour where it has one."""
        moment = self.begin + timedelta(seconds=round(days * 86_400))
        if days < 1:
            return moment.strftime("%H:%M")
        return moment.date().isoformat() if days == int(days) else moment.isoformat()


def _part(book: ZipFile, name: str) -> Any:
    part = book.getinfo(name)
    if part.file_size > _PART_MAX or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
        raise NotABook
    return part


def _told(book: ZipFile, name: str, reader: _Texts) -> Iterator[None]:
    """What stands in a part, told to a reader a piece at a time: five times quicker than a tree that is thrown away."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.text, _no_doctype
    with book.open(_part(book, name)) as source:
        length = 0
        while piece := source.read(_PIECE):
            parser.Parse(piece)
            length += len(piece)
            if length - parser.CurrentByteIndex > _TAG_MAX:  # it keeps what does not end
                raise NotABook
            yield
    parser.Parse(b"", True)
    yield


def _no_doctype(*said: object) -> None:
    """None of these files has one, but those whose entities would grow without end."""
    raise NotABook
