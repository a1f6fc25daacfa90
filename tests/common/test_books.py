"""Spreadsheets that somebody made to do harm: refused at once, in a memory that does not grow."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from common import long_books
from common.books import NotABook, rows_of_book
from common.long_books import LongBook, TooWide

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
ONE = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
READERS: list[Callable[[bytes], Any]] = [
    lambda content: list(rows_of_book(content)),
    lambda content: list(LongBook(io.BytesIO(content)).rows()),
]


def zipped(rows: str = ONE, *, book: str = BOOK, shared: str = "mot", styles: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", book)
        made.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
        )
        made.writestr("xl/worksheets/s.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')
        made.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>{shared}</t></si></sst>')
        if styles:
            made.writestr("xl/styles.xml", styles)
    return content.getvalue()


def test_a_book_as_they_are_is_read_by_all() -> None:
    assert [read(zipped()) for read in READERS] == [[(1, ["mot"])], [(1, {0: "mot"})]]


@pytest.mark.parametrize("reference", ["A" * 100_000 + "2", "AAAA1", "XFE1", "É1", "A1:B2", "²"])
def test_a_cell_that_stands_nowhere_is_in_no_table(reference: str) -> None:
    with pytest.raises(NotABook):
        READERS[-1](zipped(f'<row r="1"><c r="{reference}"><v>1</v></c></row>'))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "book", [BOOK.replace(' r:id="r1"', ""), BOOK.replace("r1", "r2"), '<?xml version="1.0" encoding="no"?>' + BOOK]
)
def test_a_book_that_does_not_say_where_its_sheet_stands_is_refused(read: Callable[[bytes], Any], book: str) -> None:
    with pytest.raises(NotABook):
        read(zipped(book=book))


def test_where_somebody_waits_a_book_unpacks_to_no_more_than_its_reader_takes() -> None:
    content = zipped("<row/>" * 1000)
    assert peak_of(content, part_max=10_000)[1] is None
    assert peak_of(content, part_max=5_000)[1] is NotABook


@pytest.mark.parametrize("read", READERS)
def test_a_row_has_no_more_cells_than_a_spreadsheet(read: Callable[[bytes], Any]) -> None:
    with pytest.raises(NotABook):
        read(zipped('<row r="1">' + "<c/>" * 16_385 + "</row>"))


def peak_of(content: bytes, **options: Any) -> tuple[int, type[BaseException] | None]:
    """Megabytes, and how it ended."""
    ended: type[BaseException] | None = None
    tracemalloc.start()
    try:
        for _unused in LongBook(io.BytesIO(content), **options).rows():
            pass
    except NotABook as refusal:
        ended = type(refusal)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak >> 20, ended


@pytest.mark.parametrize(("rows", "limit"), [("<row/>" * 12, "_ROWS_MAX"), ("<row><c/><c/></row>" * 7, "_CELLS_MAX")])
def test_rows_and_cells_that_say_nothing_are_counted_too(
    monkeypatch: pytest.MonkeyPatch, rows: str, limit: str
) -> None:
    monkeypatch.setattr(long_books, limit, 11)
    with pytest.raises(NotABook):
        READERS[-1](zipped(rows))


def test_a_text_that_many_cells_share_is_not_made_anew_for_each() -> None:
    cell = '<c t="s"><v>0</v></c>'
    content = zipped('<row r="1">' + cell * 400 + "</row>", shared="x" * 900_000)
    assert len(content) < 5000
    peak, ended = peak_of(content)
    assert ended is NotABook
    assert peak < 12
    peak, ended = peak_of(zipped(f"<row>{cell}</row>" * 400, shared="x" * 900_000))
    assert ended is None
    assert peak < 12


def test_a_table_that_is_too_wide_is_left_at_its_first_column_too_many() -> None:
    assert peak_of(zipped("<row>" + "<c><v>1</v></c>" * 501 + "</row>"), columns_max=500)[1] is TooWide
    # Cells that say nothing are no columns.
    assert peak_of(zipped("<row>" + "<c><v>1</v></c>" * 500 + "<c/>" * 20 + "</row>"), columns_max=500)[1] is None


def test_styles_are_counted_as_they_come() -> None:
    peak, ended = peak_of(
        zipped(styles="<styleSheet><cellXfs>" + '<xf numFmtId="0"/>' * 150_000 + "</cellXfs></styleSheet>")
    )
    assert ended is NotABook
    assert peak < 20


@pytest.mark.parametrize("rows", ["<!--{}-->", '<row a="{}"/>'])
def test_a_tag_that_does_not_end_is_not_waited_for(rows: str) -> None:
    peak, ended = peak_of(zipped(rows.format("x" * 20_000_000)))
    assert ended is NotABook
    assert peak < 12
