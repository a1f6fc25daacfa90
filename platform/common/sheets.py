"""Tables that people open in a spreadsheet. Rows are written as they come: a long table costs no more memory."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, TextIOWrapper
from typing import IO, Any
from unicodedata import normalize

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

# A cell that begins so is worked out by spreadsheets instead of shown; some read wide forms of the signs, too.
_FORMULAS = frozenset("=+-@\t\r\n")
# What one cell of a spreadsheet holds: a longer text is cut, and ends with the sign that says so.
_CELL_MAX = 32_767


def safe_cell(value: Any) -> Any:
    """The same, but shown as it is by every spreadsheet."""
    return f"'{value}" if isinstance(value, str) and _is_formula(value) else value


def unguarded(cell: str) -> str:
    """As it was before `safe_cell`."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    return normalize("NFKC", text[:1])[:1] in _FORMULAS


def write_csv(target: IO[bytes], head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> int:
    """As French spreadsheets read it: semicolons, UTF-8 with its mark. Moments in the city's zone. How many rows."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(each) for each in head])
    count = 0
    for row in rows:
        writer.writerow([_in_text(value) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _in_text(value: Any) -> Any:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else safe_cell(value)


def write_xlsx(target: IO[bytes], head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> int:
    """One sheet; texts stay texts, days and moments of the city's zone are dates. How many rows."""
    return write_book(target, [(None, head, rows)])


def write_book(target: IO[bytes], sheets: Iterable[tuple[str | None, Sequence[Any], Iterable[Sequence[Any]]]]) -> int:
    """Of each sheet its name, at most 31 signs, its head and its rows."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    count = sum(_write_sheet(book, *sheet) for sheet in sheets)
    book.close()
    return count


def _write_sheet(book: Any, name: str | None, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> int:
    sheet = book.add_worksheet(name)
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    as_typed = book.add_format({"quote_prefix": True})  # stays a text when somebody edits the cell
    sheet.freeze_panes(1, 0)
    for column, words in enumerate(head):
        sheet.write_string(0, column, str(words), bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(count, column, timezone.localtime(value).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(count, column, value, day)
            elif isinstance(value, int):
                sheet.write_number(count, column, value)
            elif value:
                text = value if len(value) <= _CELL_MAX else f"{value[: _CELL_MAX - 1]}…"
                sheet.write_string(count, column, text, as_typed if _is_formula(text) else None)
    return count


def csv_response(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A table that is short enough to be made in memory."""
    written = BytesIO()
    write_csv(written, head, rows)
    return HttpResponse(
        written.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
