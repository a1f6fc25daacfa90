"""What the trail keeps of the desk's week, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.portal.models import WorkItem

records(
    {
        "line_assigned": _("Line of the week assigned"),
        "line_given_back": _("Line of the week given back to everybody"),
        "line_put_off": _("Line of the week put off"),
        "line_done": _("Line of the week done"),
        "line_resumed": _("Line of the week taken up again"),
    }
)
concerns(WorkItem, _("Line of the week"))
