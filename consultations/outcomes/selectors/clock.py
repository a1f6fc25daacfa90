"""The public clock: what the city has promised to answer, has answered, and owes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from common.templatetags.ui import last_day
from consultations.framing.enums import ConsultationState, PhaseKind, PhaseState
from consultations.framing.models import Consultation
from consultations.outcomes.models import AnswerVersion
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.models.proposals import ProposalQuerySet

# Of proposals: everybody reads an answer to it. One that moderation has hidden is owed again.
ANSWERED = Q(answer__current__isnull=False, answer__current__is_hidden=False)


def to_answer(consultation: Consultation) -> ProposalQuerySet:
    """The published proposals; those that a collective one brings together are answered with it."""
    return Proposal.objects.published().filter(challenge__consultation=consultation, merged_into=None)


def answered_or_due(consultation: Consultation) -> ProposalQuerySet:
    """What is counted: those to answer, and those that were answered before their authors took their words away."""
    kept = Q(status=Status.PUBLISHED) | Q(ANSWERED, status=Status.REMOVED)
    return Proposal.objects.filter(kept, challenge__consultation=consultation, merged_into=None)


def has_answers(consultation: Consultation) -> bool:
    """Asked once of the row that a page has: its menu and its panels want to know."""
    if not hasattr(consultation, "has_answers"):
        signed = AnswerVersion.objects.filter(answer__proposal__challenge__consultation=consultation.pk)
        consultation.has_answers = signed.exists()  # type: ignore[attr-defined]
    return bool(consultation.has_answers)  # type: ignore[attr-defined]


def answers_url(consultation: Consultation) -> str:
    """Where all of them are."""
    return reverse("answers") if consultation.is_current else reverse("answers_of", args=[consultation.slug])


@dataclass(frozen=True)
class Promise:
    """By when the city answers: the end of its phase for answering. Read from the phases alone, without a query."""

    at: datetime
    has_begun: bool
    opens_at: datetime | None
    until: datetime | None
    until_before: datetime | None  # as it had been announced, where it was moved

    @property
    def has_passed(self) -> bool:
        return self.until is not None and self.until <= self.at

    @property
    def days_late(self) -> int:
        """Whole days since the last one that was promised: 0 on the very day."""
        return (timezone.localtime(self.at).date() - last_day(self.until)).days if self.until else 0


def promise_of(consultation: Consultation, *, at: datetime) -> Promise:
    """Of a consultation that was read with its phases. Without a date, the city's turn comes once people's is over."""
    phase = next((each for each in consultation.phases.all() if each.kind == PhaseKind.ANSWER), None)
    if phase is None or not (phase.opens_at or phase.closes_at):
        over = {ConsultationState.CLOSED, ConsultationState.ARCHIVED}
        has_begun = consultation.import_ref is None and consultation.state(at) in over
        return Promise(at, has_begun, None, None, None)
    until, before = phase.closes_at, phase.former_closes_at
    moved = before if before != until else None
    return Promise(at, phase.state(at) != PhaseState.NEXT, phase.opens_at, until, moved)


def awaits_answers(consultation: Consultation, promise: Promise) -> bool:
    """Of what was held elsewhere nobody awaits an answer here, unless the city gives it a date for answers."""
    return consultation.import_ref is None or bool(promise.opens_at or promise.until)


@dataclass(frozen=True)
class Clock:
    consultation: Consultation
    promise: Promise
    total: int
    answered: int

    @property
    def left(self) -> int:
        return self.total - self.answered

    @property
    def is_late(self) -> bool:
        return self.left > 0 and self.promise.has_passed

    @property
    def is_shown(self) -> bool:
        """Whether there is something to say of it: the city's turn has come, or it has begun to answer."""
        return self.total > 0 and (self.promise.has_begun or self.answered > 0)


def clock_of(consultation: Consultation, *, at: datetime) -> Clock | None:
    """One query; None where nothing has opened."""
    if consultation.opened_at is None:
        return None
    counted = answered_or_due(consultation).aggregate(total=Count("pk"), answered=Count("pk", filter=ANSWERED))
    return Clock(consultation, promise_of(consultation, at=at), counted["total"], counted["answered"])
