"""Long spreadsheets (.xlsx) with their columns: a cell at a time, so that a hundred thousand rows take no more memory
than ten, nor one that says it is a million columns wide. What is short and has no columns: common.books.
"""

import re
import zlib
from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

from common.books import NotABook, place_of_first_sheet, words_of

# Of one part, once it is unpacked. A hundred thousand rows of ten cells are some 60 MB.
_PART_MAX = 300_000_000
COLUMNS_MAX = 16_384  # of a spreadsheet
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


class LongBook:
    """The first sheet that is shown. `merged`: how many cells are merged with others, known after its last row."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.merged = file, 0

    def rows(self) -> Iterator[tuple[int, dict[int, str]]]:
        """Of each row that says something its number, as the spreadsheet counts, and its cells by their columns, from
        0. Raises NotABook, at any row."""
        try:
            with ZipFile(self.file) as book, TemporaryFile() as kept:
                yield from self._rows(book, _Words(book, kept))
        except (BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, EOFError, OSError) as cause:
            raise NotABook from cause
        except (NotImplementedError, OverflowError) as cause:
            raise NotABook from cause

    def _rows(self, book: ZipFile, words: "_Words") -> Iterator[tuple[int, dict[int, str]]]:
        dates = _Dates(book)
        cells: dict[int, str] = {}
        number, seen, self.merged = 0, 0, 0
        for tag, element in _elements(book, place_of_first_sheet(book), "c", "row", "mergeCell"):
            if tag == "c":
                seen += 1
                column = _column(element.get("r"), seen - 1)
                if column >= COLUMNS_MAX or seen > COLUMNS_MAX:
                    raise NotABook
                if value := _value(element, words, dates):
                    cells[column] = value
            elif tag == "row":
                number = int(element.get("r") or number + 1)
                if cells:
                    yield number, cells
                cells, seen = {}, 0
            else:
                self.merged += 1


class _Words:
    """The texts that cells share, on the disk: they may be as long as all the rest."""

    def __init__(self, book: ZipFile, kept: IO[bytes]) -> None:
        self.kept, self.begins = kept, array("Q", [0])
        name = "xl/sharedStrings.xml"
        if name not in book.namelist():
            return
        at = 0
        for _tag, element in _elements(book, name, "si"):
            written = words_of(element).encode("utf-8", "replace")
            kept.write(written)
            at += len(written)
            self.begins.append(at)

    def __getitem__(self, place: int) -> str:
        if not 0 <= place < len(self.begins) - 1:
            return ""
        begin, end = self.begins[place], self.begins[place + 1]
        self.kept.seek(begin)
        return self.kept.read(end - begin).decode()


class _Dates:
    """Which numbers are dates, by the style of their cell."""

    def __init__(self, book: ZipFile) -> None:
        self.styles: list[bool] = []
        self.begin = _DAYS_BEGIN
        for _tag, element in _elements(book, "xl/workbook.xml", "workbookPr"):
            if element.get("date1904") in ("1", "true"):
                self.begin = _DAYS_BEGIN_1904
        if "xl/styles.xml" not in book.namelist():
            return
        own: dict[str, bool] = {}
        for tag, element in _elements(book, "xl/styles.xml", "numFmt", "cellXfs"):
            if tag == "numFmt":
                letters = _NO_LETTERS.sub("", element.get("formatCode", "")).replace("General", "")
                own[element.get("numFmtId")] = bool(_DATE_LETTERS.search(letters))
            else:
                ids = [each.get("numFmtId", "0") for each in element.iter("{*}xf")]
                self.styles = [own.get(each, each.isdigit() and int(each) in _DATES) for each in ids]

    def is_date(self, style: str | None) -> bool:
        place = int(style or 0)
        return place < len(self.styles) and self.styles[place]

    def written(self, days: float) -> str:
        """As ISO 8601 writes it: a day, with its hour where it has one."""
        moment = self.begin + timedelta(seconds=round(days * 86_400))
        if days < 1:
            return moment.strftime("%H:%M")
        return moment.strftime("%Y-%m-%d") if days == int(days) else moment.strftime("%Y-%m-%dT%H:%M:%S")


def _elements(book: ZipFile, name: str, *tags: str) -> Iterator[tuple[str, Any]]:
    """One at a time: what was read is forgotten."""
    part = book.getinfo(name)
    if part.file_size > _PART_MAX or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
        raise NotABook
    with book.open(part) as source:
        parsed = etree.iterparse(
            source, tag=[f"{{*}}{each}" for each in tags], resolve_entities=False, no_network=True, huge_tree=False
        )
        for _event, element in parsed:
            yield element.tag.rpartition("}")[2], element
            element.clear()
            parent = element.getparent()
            if parent is not None:
                while element.getprevious() is not None:
                    del parent[0]


def _column(reference: str | None, place: int) -> int:
    """ "AB12" is column 27; where none is said, the next one."""
    if not reference:
        return place
    column = 0
    for sign in reference:
        if not "A" <= sign <= "Z":
            break
        column = column * 26 + ord(sign) - 64
    return column - 1 if 0 < column <= COLUMNS_MAX else COLUMNS_MAX


def _value(cell: Any, words: _Words, dates: _Dates) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return words_of(cell)
    value: str = cell.findtext("{*}v") or ""
    if not value:
        return NO_VALUE if kind != "str" and cell.find("{*}f") is not None else ""
    if kind == "s":
        return words[int(value)]
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind != "n":
        return value
    number = float(value)
    if dates.is_date(cell.get("s")):
        return dates.written(number)
    # 1310 is also saved as 1310.0, or 1.31E3.
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
