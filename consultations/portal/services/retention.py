"""What of the desk's week is of no more use (common.retention)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.portal.models import WorkItem

_KEPT = timedelta(days=365)

_ITEMS = keeps(
    127,
    _("Of the city’s team: who has which work, who put it off or did it"),
    _("To share out the work of the team."),
    format_lazy(_("{kept} after it was last touched."), kept=span(_KEPT)),
)


@forgets("lines of the week", _ITEMS)
def work_items_over(*, at: datetime) -> QuerySet[WorkItem]:
    """By then no line has lasted that long."""
    touched = Greatest("handled_at", Coalesce("assigned_at", "handled_at"))
    return WorkItem.objects.annotate(touched=touched).filter(touched__lt=at - _KEPT)
