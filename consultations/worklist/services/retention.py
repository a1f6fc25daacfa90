"""How long the lists of the week are kept: for as long as they must not repeat themselves, and a while."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.worklist.models import MondayList

_KEPT = timedelta(days=180)

_LISTS = keeps(
    128,
    _("Of the city’s team: the lists of what keeps the dialogue alive, week by week"),
    _("So that they do not repeat themselves. They name nobody of the public."),
    format_lazy(_("{kept} after their Monday."), kept=span(_KEPT)),
)


@forgets("lists of the week", _LISTS)
def lists_over(*, at: datetime) -> QuerySet[MondayList]:
    return MondayList.objects.filter(monday__lt=(at - _KEPT).date())
