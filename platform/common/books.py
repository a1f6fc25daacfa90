"""Spreadsheets that people send (.xlsx), read a row at a time and within bounds, whatever the file says of itself.

A file of this kind is a zip of XML. Read with lxml, which is here already: libraries for it either make a grid as wide
as the farthest cell, or have not been kept up. No formula is worked out: the value is the one that was saved with it.
"""

import posixpath
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

# Of one part, once it is unpacked: zipfile reads no more than the length that it checks here.
_PART_MAX = 5_000_000
_BOOK = "xl/workbook.xml"


class NotABook(ValueError):
    """Not an .xlsx, one that is damaged, encrypted, or one that would unpack without end."""


def is_zip(content: bytes) -> bool:
    return content.startswith(b"PK")


def rows_of_book(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet that is shown: of each row its number, as the spreadsheet counts, and the words of its cells that
    have some. Raises NotABook, at any row."""
    try:
        with ZipFile(BytesIO(content)) as book:
            yield from _rows(book)
    except (BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, EOFError, NotImplementedError) as cause:
        raise NotABook from cause


def columns_of_book(content: bytes) -> Iterator[tuple[int, dict[int, str]]]:
    """The same, each cell by its column, counted from 0, but rows without words. Raises NotABook, at any row."""
    try:
        with ZipFile(BytesIO(content)) as book:
            for number, cells in _rows_of_cells(book):
                found = {column: value for column, value in cells if value.strip()}
                if found:
                    yield number, found
    except (BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, EOFError, NotImplementedError) as cause:
        raise NotABook from cause


def _rows_of_cells(book: ZipFile) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = [words_of(each) for each in _elements(book, "xl/sharedStrings.xml", "si")]
    for place, row in enumerate(_elements(book, place_of_first_sheet(book), "row"), start=1):
        cells = [
            (_column(cell.get("r") or "", before), _value(cell, shared)) for before, cell in enumerate(row.iter("{*}c"))
        ]
        yield int(row.get("r") or place), cells


def _column(reference: str, before: int) -> int:
    """Of « C5 », 2; of a cell that does not say, its place in the row."""
    letters = reference.rstrip("0123456789")
    if not letters:
        return before
    found = 0
    for sign in letters.upper():
        found = found * 26 + ord(sign) - ord("A") + 1
    return found - 1


def _rows(book: ZipFile) -> Iterator[tuple[int, list[str]]]:
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = [words_of(each) for each in _elements(book, "xl/sharedStrings.xml", "si")]
    for place, row in enumerate(_elements(book, place_of_first_sheet(book), "row"), start=1):
        cells = [_value(cell, shared) for cell in row.iter("{*}c")]
        yield int(row.get("r") or place), [each for each in cells if each.strip()]


def _elements(book: ZipFile, name: str, tag: str) -> Iterator[Any]:
    """One at a time: what was read is forgotten."""
    part = book.getinfo(name)
    if part.file_size > _PART_MAX or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & 1:
        raise NotABook
    with book.open(part) as source:
        parsed = etree.iterparse(source, tag=f"{{*}}{tag}", resolve_entities=False, no_network=True, huge_tree=False)
        for _event, element in parsed:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def place_of_first_sheet(book: ZipFile) -> str:
    """Where in the zip the first sheet that is shown stands. Raises NotABook."""
    shown = (each for each in _elements(book, _BOOK, "sheet") if each.get("state", "visible") == "visible")
    sheet = next(shown, None)
    if sheet is None:
        raise NotABook
    asked = next(value for name, value in sheet.items() if name.endswith("}id"))
    for each in _elements(book, "xl/_rels/workbook.xml.rels", "Relationship"):
        if each.get("Id") == asked:
            return posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
    raise NotABook


def _value(cell: Any, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return words_of(cell)
    value = cell.findtext("{*}v") or ""
    if kind == "s":
        return shared[int(value)] if value and 0 <= int(value) < len(shared) else ""
    # 1310 is also saved as 1310.0, or 1.31E3.
    if kind == "n" and value and (number := float(value)).is_integer() and abs(number) < 1e15:
        return str(int(number))
    return value


def words_of(element: Any) -> str:
    """Without what says how a word is pronounced."""
    return "".join(each.text or "" for each in element.iter("{*}t") if not each.getparent().tag.endswith("}rPh"))
