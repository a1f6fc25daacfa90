"""What is wrong with a vote as it is set: all of it at once, for whoever types it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from common.refusals import Refusal
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.services.dates import on_the_minute
from consultations.outcomes.euros import AmountRefused, check_amount
from consultations.voting.enums import WITH_BUDGET, Method
from consultations.voting.services.refusals import (
    BudgetMissing,
    ClosesFirst,
    MostBelowLeast,
    MostMissing,
    NoPrioritising,
    OpensInPast,
    OutsidePhase,
    SeatsMissing,
)

# A market morning, a public meeting.
SHORTEST = timedelta(hours=1)


def mistakes(
    consultation: Consultation,
    *,
    at: datetime,
    method: str,
    budget: int | None,
    least: int,
    most: int | None,
    seats: int | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> Iterator[Refusal]:
    """AmountRefused, BudgetMissing, MostMissing, SeatsMissing, MostBelowLeast, and those of `wrong_dates`."""
    try:
        check_amount(budget)
    except AmountRefused as refusal:
        yield refusal
    if method in WITH_BUDGET and not budget:
        yield BudgetMissing()
    if method == Method.CHOICES and most is None:
        yield MostMissing()
    if method == Method.CHOICES and not seats:
        yield SeatsMissing()
    if most is not None and most < least:
        yield MostBelowLeast()
    if opens_at and closes_at:
        yield from wrong_dates(consultation, on_the_minute(opens_at), on_the_minute(closes_at), at=at)


def wrong_dates(
    consultation: Consultation, opens_at: datetime, closes_at: datetime, *, at: datetime
) -> Iterator[Refusal]:
    """NoPrioritising, OpensInPast, ClosesFirst, OutsidePhase."""
    phase = consultation.phases.filter(kind=PhaseKind.PRIORITISE).first()
    if phase is None or phase.opens_at is None or phase.closes_at is None:
        yield NoPrioritising()
        return
    if opens_at <= at:
        yield OpensInPast()
    elif not phase.opens_at <= opens_at < phase.closes_at:
        yield OutsidePhase("opens_at", phase)
    if closes_at - opens_at < SHORTEST:
        yield ClosesFirst()
    elif closes_at > phase.closes_at:
        yield OutsidePhase("closes_at", phase)
