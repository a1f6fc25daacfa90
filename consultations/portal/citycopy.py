"""What a city takes with it of its desk's week (common.citycopy)."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.portal.models import WorkItem

in_city_copies(
    WorkItem,
    title=_("What the team said of the lines of its week"),
    complete="id consultation_id key title assigned_to_id assigned_at until when amount done_at sent handled_by_id "
    "handled_at",
)
in_words(
    {
        "portal_workitem.key": _("which line it is"),
        "portal_workitem.title": _("the line in words, as it was then"),
        "portal_workitem.until": _("until when it was put off"),
        "portal_workitem.when": _("how much it pressed when it was put off"),
        "portal_workitem.amount": _("how many things it stood for then"),
        "portal_workitem.sent": _("how many were written to by it"),
        "assigned_to_id": _("who has it"),
        "assigned_at": _("since when they have it"),
        "done_at": _("when it was done"),
        "handled_by_id": _("who put it off, did it or took it up again"),
        "handled_at": _("when they did"),
    }
)
