"""Spreadsheets that people send (.xlsx), read a row at a time and within bounds, whatever the file says of itself.

A file of this kind is a zip of XML. Read with lxml, which is here already: libraries for it either make a grid as wide
as the farthest cell, or have not been kept up. No formula is worked out: the value is the one that was saved with it.
"""

import posixpath
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

# Of one part, once it is unpacked: zipfile reads no more than the length that it checks here.
_PART_MAX = 5_000_000
_BOOK = "xl/workbook.xml"
COLUMNS_MAX = 16_384  # of a spreadsheet: its last one is XFD
_CELL_MAX = 32_767  # signs that a spreadsheet keeps
# What reading one that is damaged raises.
_DAMAGED = (BadZipFile, zlib.error, etree.XMLSyntaxError, LookupError, ValueError, EOFError, NotImplementedError)
_REFERENCE = re.compile("([A-Z]{0,3})[0-9]{0,9}", re.IGNORECASE | re.ASCII)


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
    except (
        BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        LookupError,
        ValueError,
        EOFError,
        NotImplementedError,
    ) as cause:
        raise NotABook from cause


def _rows(book: ZipFile) -> Iterator[tuple[int, list[str]]]:
    shared = _shared(book)
    for place, row in enumerate(_elements(book, place_of_first_sheet(book), "row"), start=1):
        cells = list(islice(row.iter("{*}c"), COLUMNS_MAX + 1))
        if len(cells) > COLUMNS_MAX:
            raise NotABook
        yield int(row.get("r") or place), [words for cell in cells if (words := _value(cell, shared)).strip()]


def _shared(book: ZipFile) -> list[str]:
    """The texts that cells share; each may be asked for by a hundred thousand of them, so blanks are gone at once."""
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    return [words_of(each)[:_CELL_MAX].strip() for each in _elements(book, "xl/sharedStrings.xml", "si")]


def column_of(reference: str | None, place: int) -> int:
    """Of « C5 », 2; of a cell that does not say, its place in the row. Raises NotABook."""
    found = _REFERENCE.fullmatch(reference or "")
    if found is None:
        raise NotABook
    column = 0
    for sign in found[1].upper():
        column = column * 26 + ord(sign) - 64
    if column > COLUMNS_MAX:
        raise NotABook
    return column - 1 if column else place


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
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def place_of_first_sheet(book: ZipFile) -> str:
    """Where in the zip the first sheet that is shown stands. Raises NotABook."""
    shown = (each for each in _elements(book, _BOOK, "sheet") if each.get("state", "visible") == "visible")
    sheet = next(shown, None)
    if sheet is None:
        raise NotABook
    asked = next((value for name, value in sheet.items() if name.endswith("}id")), None)
    if asked is None:
        raise NotABook
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
