"""What open data shows on the pages of others (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel
from consultations.framing.selectors import phase_line
from consultations.opendata.registry import feeds


@panel("home", "opendata/resident/_take_along.html", order=22)
def take_along(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Below the dates: the calendar where one is to come, the feeds and the files of what has opened."""
    consultation = shown.get("consultation")
    if consultation is None or not consultation.opened_at:
        return None
    calendar = shown["calendar"]
    dates = [each[name] for each in phase_line(calendar) for name in ("opens_at", "closes_at")]
    return {
        "has_dates": any(each and each > calendar.at for each in dates),
        "feeds": [(each.label, each.path(consultation)) for each in feeds],
    }
