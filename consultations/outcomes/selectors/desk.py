"""The desk of answers: where each one is, what it is made of, and what waits for a signature."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, AnswerVersion, Opinion, Project
from consultations.outcomes.selectors.clock import (
    ANSWERED,
    Clock,
    answered_or_due,
    awaits_answers,
    promise_of,
    to_answer,
)
from consultations.participation.enums import Status
from consultations.participation.models import BEYOND_TITLE, NEVER_PUBLIC, Argument, Proposal

PER_PAGE = 25
ARGUMENTS_SHOWN = 12
SIGNERS_NAMED = 2
_LETTERS_A_MINUTE = 1_200  # as one reads what one is going to sign
# Of so few answers, or days, no pace is told.
_PACE_FROM, _PACE_AFTER = 5, timedelta(days=5)

TO_ASSIGN, WRITING, TO_SIGN, PUBLISHED = "a-confier", "redaction", "a-signer", "publiees"
# Of proposals: at which of the four stations their answer is. Each is at one.
STATIONS: dict[str, Q] = {
    TO_ASSIGN: Q(answer=None) | Q(answer__state=AnswerState.WRITING, answer__writer=None),
    WRITING: Q(answer__state=AnswerState.WRITING, answer__writer__isnull=False),
    TO_SIGN: Q(answer__state=AnswerState.TO_SIGN),
    PUBLISHED: Q(answer__state=AnswerState.PUBLISHED),
}
_STANDING = Prefetch(
    "answer__opinions",
    Opinion.objects.filter(taken_back_at=None).order_by("asked_at", "pk"),
    to_attr="standing",
)


@dataclass(frozen=True)
class Row:
    """`answer`: None where nobody has taken it in hand; `opinions`: those that are asked for."""

    proposal: Proposal
    answer: Answer | None
    opinions: list[Opinion]


@dataclass(frozen=True)
class Desk:
    """`counts`: by station. `last_on`: the day of the last answer, as fast as they came until now. `is_awaited`: not of
    what was held elsewhere, of which only those that somebody has begun to answer are here.
    """

    clock: Clock
    counts: dict[str, int]
    late_opinions: int
    signers: list[str]
    last_on: date | None
    station: str
    page: Page[Any]
    rows: list[Row]
    is_awaited: bool


def desk_of(
    consultation: Consultation, *, at: datetime, station: str = "", challenge: int | None = None, page: str = "1"
) -> Desk:
    """A page of one station; without one, of the first at which something is to be done. Six queries."""
    every, promise = answered_or_due(consultation), promise_of(consultation, at=at)
    if not (is_awaited := awaits_answers(consultation, promise)):
        every = every.filter(answer__isnull=False)
    counted = every.aggregate(
        total=Count("pk"),
        answered=Count("pk", filter=ANSWERED),
        first=Min("answer__current__signed_at"),
        **{f"at_{name.replace('-', '_')}": Count("pk", filter=where) for name, where in STATIONS.items()},
    )
    counts = {name: counted[f"at_{name.replace('-', '_')}"] for name in STATIONS}
    if station not in STATIONS:
        station = next((name for name in (WRITING, TO_ASSIGN, TO_SIGN) if counts[name]), PUBLISHED)
    clock = Clock(consultation, promise, counted["total"], counted["answered"])
    rows = every.filter(STATIONS[station])
    rows = rows.filter(challenge=challenge) if challenge else rows
    found = Paginator(_in_order(rows, station), PER_PAGE).get_page(page)
    return Desk(
        clock=clock,
        counts=counts,
        late_opinions=late_opinions(consultation, at=at).count(),
        signers=_signers(consultation) if counts[TO_SIGN] else [],
        last_on=_last_on(clock, counted["first"], at=at),
        station=station,
        page=found,
        rows=[_row(each) for each in found],
        is_awaited=is_awaited,
    )


def _row(proposal: Proposal) -> Row:
    answer: Any = getattr(proposal, "answer", None)
    return Row(proposal, answer, answer.standing if answer else [])


def _in_order(rows: QuerySet[Proposal], station: str) -> QuerySet[Proposal]:
    """What is due first; then what most people support."""
    rows = rows.select_related("challenge", "answer__writer", "answer__signer", "answer__current")
    rows = rows.prefetch_related(_STANDING).defer(*BEYOND_TITLE)
    if station == PUBLISHED:
        return rows.order_by("-answer__current__signed_at", "-pk")
    return rows.order_by(F("answer__due_on").asc(nulls_last=True), "-like_count", "pk")


def late_opinions(consultation: Consultation, *, at: datetime) -> QuerySet[Opinion]:
    """Asked for, due before today, and still awaited."""
    return Opinion.objects.filter(
        answer__proposal__in=to_answer(consultation),
        answer__state=AnswerState.WRITING,
        due_on__lt=timezone.localdate(at),
        taken_back_at=None,
        given_at=None,
    ).order_by("due_on", "pk")


def _signers(consultation: Consultation) -> list[str]:
    waiting = Answer.objects.filter(state=AnswerState.TO_SIGN, proposal__in=to_answer(consultation))
    people = User.objects.filter(pk__in=waiting.values("signer")).order_by("public_name", "pk")
    return [each.own_name for each in people[: SIGNERS_NAMED + 1]]


def _last_on(clock: Clock, first: datetime | None, *, at: datetime) -> date | None:
    """As fast as they came since the first one."""
    if first is None or at - first < _PACE_AFTER or clock.answered < _PACE_FROM or not clock.left:
        return None
    ahead = min((at - first) * clock.left / clock.answered, timedelta(days=3_650))
    return timezone.localdate(at + ahead)


# ── One, or several ──────────────────────────────────────────────────────────


def chosen_for(consultation: Consultation, keys: Iterable[int]) -> list[Row]:
    """Those of them that are to be answered, with their answer and the opinions on them."""
    rows = to_answer(consultation).filter(pk__in=list(keys))
    rows = rows.select_related("challenge", "answer__writer", "answer__current").prefetch_related(_STANDING)
    return [_row(each) for each in rows.defer(*BEYOND_TITLE).order_by("pk")]


@dataclass
class AnswerPage:
    """`why_not`: its present state, where it is no longer to be answered; its text is then not shown here."""

    proposal: Proposal
    answer: Answer | None
    opinions: list[Opinion] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    versions: list[AnswerVersion] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)

    @property
    def is_answerable(self) -> bool:
        return self.proposal.status == Status.PUBLISHED and self.proposal.merged_into_id is None

    @property
    def is_correction(self) -> bool:
        return bool(self.answer and self.answer.current_id and self.answer.state != AnswerState.PUBLISHED)


def answer_page(consultation: Consultation, pk: int) -> AnswerPage | None:
    """Of a proposal that was ever public. Six queries."""
    found = Proposal.objects.filter(challenge__consultation=consultation, pk=pk).exclude(NEVER_PUBLIC)
    found = found.select_related("author", "challenge", "merged_into").defer("search", "merged_into__search")
    proposal = found.first()
    if proposal is None:
        return None
    answers = Answer.objects.filter(proposal=proposal).select_related("writer", "signer", "given_by", "current")
    answer = answers.first()
    page = AnswerPage(proposal, answer)
    if page.is_answerable:
        page.arguments = _most_useful(proposal)
    if answer is not None:
        page.opinions = list(answer.opinions.select_related("service", "asked_by").order_by("asked_at", "pk"))
        page.versions = list(answer.versions.order_by("-number")) if answer.current_id else []
        page.projects = list(Project.objects.filter(sources__proposal=pk).order_by("pk")) if answer.current_id else []
    return page


def _most_useful(proposal: Proposal) -> list[Argument]:
    found = proposal.arguments.filter(status=Status.PUBLISHED).select_related("author")
    return list(found.order_by("-useful_count", "submitted_at", "pk")[:ARGUMENTS_SHOWN])


# ── What waits for a signature ───────────────────────────────────────────────


def to_sign_by(user: User, consultation: Consultation, *, most: int) -> list[Answer]:
    """What waits for this person, as it will be read; the longest waiting first."""
    found = Answer.objects.filter(signer=user, state=AnswerState.TO_SIGN, proposal__in=to_answer(consultation))
    given = Opinion.objects.filter(taken_back_at=None, given_at__isnull=False).order_by("given_at", "pk")
    found = found.select_related("proposal", "writer", "current").defer(*(f"proposal__{each}" for each in BEYOND_TITLE))
    found = found.prefetch_related(Prefetch("opinions", given, to_attr="given"))
    return list(found.order_by("given_at", "pk")[:most])


def reading_minutes(letters: int) -> int:
    """Of what one is going to sign."""
    return max(1, round(letters / _LETTERS_A_MINUTE))


def waits_for(user: User) -> int:
    """How many wait for their signature, in all consultations."""
    readable: dict[str, Any] = {"proposal__status": Status.PUBLISHED, "proposal__merged_into": None}
    readable["proposal__challenge__consultation__archived_at"] = None
    return Answer.objects.filter(signer=user, state=AnswerState.TO_SIGN, **readable).count()
