"""What the trail keeps of the desk's week, in words (common.trail)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import full_day
from common.trail import concerns, records, tells
from consultations.portal.models import WorkItem

records(
    {
        "line_assigned": _("Line of the week assigned"),
        "line_given_back": _("Line of the week given back to everybody"),
        "line_put_off": _("Line of the week put off"),
        "line_done": _("Line of the week done"),
        "line_sent": _("Message of a line of the week sent"),
        "line_resumed": _("Line of the week taken up again"),
    }
)
concerns(WorkItem, _("Line of the week"), title=lambda item: item.title)


@tells("line_assigned")
def to_whom(details: dict[str, Any]) -> str:
    return gettext("To: %(name)s") % {"name": details["to"]} if details.get("to") else ""


@tells("line_put_off")
def until_when(details: dict[str, Any]) -> str:
    until = details.get("until")
    return gettext("Until %(day)s") % {"day": full_day(date.fromisoformat(until))} if until else ""
