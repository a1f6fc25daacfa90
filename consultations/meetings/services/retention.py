"""How long it is known who signed up for a meeting."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.selectors import counts

KEPT = timedelta(days=60)
ASKED_KEPT = timedelta(days=3)

_SIGN_UPS = keeps(
    83,
    _("Your sign-ups for meetings: name, and e-mail address or telephone number"),
    _("To keep you a seat, to remind you the day before, and to tell you of what changes. The team sees who comes."),
    format_lazy(
        _("{kept} after the meeting, or until you cancel; {asked} where you do not confirm. Then only how many came."),
        kept=span(KEPT),
        asked=span(ASKED_KEPT),
    ),
)


def _counted_first(rows: QuerySet[Attendee]) -> None:
    """Their meetings keep how many there were."""
    for meeting in Meeting.objects.filter(pk__in=rows.order_by().values("meeting"), figures={}):
        Meeting.objects.filter(pk=meeting.pk).update(figures=counts(meeting).kept())
    rows.delete()


@forgets("people of meetings", _SIGN_UPS, delete=_counted_first, in_read_only=True)
def people_over(*, at: datetime) -> QuerySet[Any]:
    return Attendee.objects.filter(meeting__ends_at__lt=at - KEPT)


@forgets("meeting sign-ups never confirmed", _SIGN_UPS, in_read_only=True)
def asked_over(*, at: datetime) -> QuerySet[Any]:
    return Attendee.objects.filter(place=Place.ASKED, asked_at__lt=at - ASKED_KEPT)
