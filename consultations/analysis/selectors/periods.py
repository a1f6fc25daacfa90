"""The part of a consultation that somebody looks at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ui import first_day, last_day
from common.templatetags.ui import period as in_words
from consultations.framing.enums import WRITING
from consultations.framing.models import Consultation

LAST_DAYS = 30


@dataclass(frozen=True)
class Period:
    """Whole days of the city, the first and the last of them; None: without a bound."""

    code: str
    label: str
    begins: date | None = None
    ends: date | None = None

    def has(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


def periods_of(consultation: Consultation, *, at: datetime) -> list[Period]:
    """All of it, its last days, and the phases in which people write that have begun. Read with its phases."""
    today = timezone.localdate(at)
    found = [Period("", _("The whole consultation"))]
    opened, closed = consultation.opened_at, consultation.closed_at()
    if opened and opened < at - timedelta(days=LAST_DAYS) and not (closed and closed <= at):
        label = _("The last %(count)s days") % {"count": LAST_DAYS}
        found.append(Period("30", label, today - timedelta(days=LAST_DAYS - 1), today))
    for phase in consultation.phases.all():
        if phase.kind in WRITING and phase.opens_at and phase.closes_at and phase.opens_at <= at:
            said = {"phase": phase.get_kind_display(), "period": in_words(phase.opens_at, phase.closes_at)}
            label = pgettext("phase, period", "%(phase)s, %(period)s") % said
            found.append(Period(phase.kind.lower(), label, first_day(phase.opens_at), last_day(phase.closes_at)))
    return found
