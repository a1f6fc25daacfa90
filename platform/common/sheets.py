"""Tables that people open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from django.http import HttpResponse

# A cell that begins so is worked out by spreadsheets instead of shown.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: Any) -> Any:
    """The same, but shown as it is by every spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value


def csv_response(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """As French spreadsheets read it: semicolons, UTF-8 with its mark."""
    written = StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(each) for each in head])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return HttpResponse(
        written.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
