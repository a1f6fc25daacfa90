"""The public register of moderation: figures by month, decisions without a name and without a text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pagecache import cached_page
from common.requests import Request
from common.sheets import csv_response
from consultations.moderation.rules import DELAY
from consultations.moderation.selectors.register import register_of, registered
from consultations.moderation.words import found_by, line_of


@cached_page
def register(request: Request) -> HttpResponse:
    asked = request.GET
    found = register_of(
        month=asked.get("mois", ""),
        decision=asked.get("decision", ""),
        page=asked.get("page", ""),
        at=timezone.now(),
    )
    context = {
        "register": found,
        "figures": found.figures,
        "lines": [line_of(each) for each in found.page.object_list],
        "promise": int(DELAY.total_seconds()) // 3600,
        # Of a decision that was asked for: the other pages are those of its month.
        "page_keeps": {"mois": f"{found.month:%Y-%m}", "decision": ""},
    }
    return render(request, "moderation/resident/register.html", context)


def register_csv(request: HttpRequest) -> HttpResponse:
    """All of it, for a spreadsheet."""
    head = (
        _("number"),
        _("decided on"),
        _("decision"),
        _("rule"),
        _("article of law or clause of the charter"),
        _("found by"),
        _("waited, in minutes"),
        _("contested"),
    )
    rows = (
        (
            each.number,
            timezone.localtime(each.decided_at).date().isoformat(),
            line_of(each).title,
            each.rule,
            each.reference,
            found_by(each),
            int((each.decided_at - each.opened_at).total_seconds() // 60),
            each.appeal.get_state_display() if hasattr(each, "appeal") else "",
        )
        for each in registered().select_related("appeal", "answers__decision").order_by("pk")
    )
    return csv_response("registre-moderation.csv", head, rows)
