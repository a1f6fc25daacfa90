"""The list of this Monday on the desk's week (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel
from consultations.worklist.selectors import of_this_week


@panel("week.chosen", "worklist/backoffice/_this_monday.html", order=10, queries=1)
def this_monday(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is left of it, which leads to its line below; what is put off, and what is done."""
    week = shown["week"]
    put_off = {row.line.key: row.item.until for row in week.later}
    rows = of_this_week(shown["consultation"], [row.line for row in week.rows], put_off, at=shown["at"])
    left = sum(row.line is not None for row in rows)
    return {"listed": rows, "left": left, "waits": any(row.put_off for row in rows)} if rows else None
