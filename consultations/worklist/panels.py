"""The list of this Monday on the desk's week (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel
from consultations.worklist.selectors import of_this_week


@panel("week.chosen", "worklist/backoffice/_this_monday.html", order=10, queries=1)
def this_monday(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is left of it, and what is done: each leads to its line below."""
    lines = [row.line for row in shown["week"].rows]
    rows = of_this_week(shown["consultation"], lines, at=shown["at"])
    return {"listed": rows, "left": sum(row.line is not None for row in rows)} if rows else None
