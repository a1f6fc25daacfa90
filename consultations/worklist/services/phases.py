"""Those of a consultation hear that a phase begins, and that one in which they can still write ends soon: once each."""

from datetime import datetime, timedelta

from django.db import transaction

from common.city import present_city
from common.outbox import announce_later
from consultations.framing.enums import WRITING
from consultations.framing.models import Phase
from consultations.worklist.events import phase_told
from consultations.worklist.models import PhaseTold

# What nobody could tell within that is no news any more.
LATE = timedelta(hours=24)
SOON = timedelta(days=3)
# Of a phase that is shorter nobody is told twice in one week.
_SHORTEST = timedelta(days=7)


def tell_of_phases(*, at: datetime) -> int:
    """How many there were to tell of. Run twice, or by two at once, each is told once."""
    city = present_city()
    if city is None or not (city.is_public and city.takes_writing):
        return 0
    told = 0
    open_ones = Phase.objects.filter(consultation__opened_at__isnull=False, consultation__archived_at=None)
    for phase in (
        open_ones.filter(opens_at__gt=at - LATE, opens_at__lte=at).select_related("consultation").order_by("pk")
    ):
        opened = phase.consultation.opened_at
        if opened and phase.opens_at and opened < phase.opens_at:
            told += _tell(phase, phase.opens_at, begins=True, at=at)
    ending = open_ones.filter(closes_at__gt=at, closes_at__lte=at + SOON, kind__in=WRITING, opens_at__lt=at - SOON)
    for phase in ending.order_by("pk"):
        if phase.closes_at and phase.opens_at and phase.closes_at - phase.opens_at >= _SHORTEST:
            told += _tell(phase, phase.closes_at, begins=False, at=at)
    return told


def _tell(phase: Phase, moment: datetime, *, begins: bool, at: datetime) -> bool:
    with transaction.atomic():
        said, is_new = PhaseTold.objects.get_or_create(
            consultation_id=phase.consultation_id,
            kind=phase.kind,
            begins=begins,
            moment=moment,
            defaults={"told_at": at},
        )
        if is_new:
            announce_later(phase_told, told_id=said.pk)
    return is_new
