"""What everybody reads of the city's answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from accounts.models import User
from common.templatetags.ui import first_day, last_day
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import shown_challenges_of
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision as ModerationDecision
from consultations.moderation.selectors.places import restrictions_among
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.clock import ANSWERED, Clock, Promise, answered_or_due, promise_of, to_answer
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import BEYOND_TITLE, Argument, Proposal, Reaction, worked_on_by

PER_PAGE = 20
_TWICE = [f"merged_into__{part}" for part in BEYOND_TITLE]
LATE_SHOWN = 5
# Signs in a row of the drawing, and how far apart.
_A_ROW, _STEP = 14, 25


# ── Of one proposal ───────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownAnswer:
    """The answer that counts for a proposal, and those that it has replaced, the newest first."""

    answer: Answer
    current: AnswerVersion
    # The proposal to which it was given: this one, or the collective one that it is part of.
    about: Proposal
    earlier: list[AnswerVersion] = field(default_factory=list)
    to_collective: bool = False


def answers_about(proposal: Proposal) -> dict[int, Answer]:
    """Of a proposal, and of the collective one that it is part of: by proposal, with what was published. One query."""
    about = [pk for pk in (proposal.pk, proposal.merged_into_id) if pk]
    return {each.proposal_id: each for each in Answer.objects.filter(proposal__in=about).select_related("current")}


def shown_answer(proposal: Proposal, answers: dict[int, Answer]) -> ShownAnswer | None:
    """What its page shows, of what `answers_about` read; a query more where the answer has changed.

    That of the collective proposal counts for each of its sources; one that was given before stays until then.
    """
    collective = proposal.merged_into
    of_collective = answers.get(collective.pk) if collective and not collective.is_hidden else None
    for about, answer in ((collective, of_collective), (proposal, answers.get(proposal.pk))):
        if about and answer and answer.current and not answer.current.is_hidden:
            earlier = answer.versions.exclude(pk=answer.current.pk).order_by("-number")
            versions = list(earlier) if answer.current.number > 1 else []
            answer.current.answer = answer
            return ShownAnswer(answer, answer.current, about, versions, to_collective=answer is of_collective)
    return None


@dataclass(frozen=True)
class Decided:
    """What was decided; of which version and title, where the proposal has others since."""

    decision: str
    earlier_version: int = 0
    earlier_title: str = ""


def decisions_on(proposals: Iterable[Proposal]) -> dict[int, Decided]:
    """By proposal, of these and of the collective ones that they are part of: what was decided. One query."""
    about = {pk for each in proposals for pk in (each.pk, each.merged_into_id) if pk}
    found = Answer.objects.filter(proposal__in=about, current__is_hidden=False)
    found = found.exclude(proposal__status=Status.HIDDEN)
    of_version = ("current__decision", "current__proposal_version", "current__proposal_title")
    rows = found.values_list("proposal_id", *of_version, "proposal__version", "proposal__title")
    return {
        pk: Decided(decision, number if number != last else 0, title if title != now else "")
        for pk, decision, number, title, last, now in rows
    }


@dataclass(frozen=True)
class AnswerToOne:
    """An answer, and the proposal to which it is given, itself or as part of a collective one: that of somebody, or
    one on which they argued, or which they support.
    """

    proposal: Proposal
    current: AnswerVersion
    to_collective: bool
    is_theirs: bool = False
    is_argued: bool = False  # they gave an argument there

    @property
    def title(self) -> str:
        """As it was answered; with others, it keeps its own."""
        return self.proposal.title if self.to_collective else self.current.proposal_title


def answers_to(user: User, *, most: int) -> list[AnswerToOne]:
    """To the proposals that a person works on, then to those on which they argued or which they support; the newest
    first. One query.
    """
    of_one = {"proposal": OuterRef("pk")}
    argued = Argument.objects.filter(author=user, status=Status.PUBLISHED, **of_one)
    liked = Reaction.objects.filter(user=user, value=ReactionValue.LIKE, **of_one)
    found = Proposal.objects.published().annotate(
        is_theirs=ExpressionWrapper(worked_on_by(user), output_field=BooleanField()),
        is_argued=Exists(argued),
        newest=Greatest("answer__current__signed_at", "merged_into__answer__current__signed_at"),
    )
    found = found.filter(Q(is_theirs=True) | Q(is_argued=True) | Exists(liked), newest__isnull=False)
    found = found.select_related("answer__current", "merged_into__answer__current").defer(*BEYOND_TITLE, *_TWICE)
    # Some of them may be hidden: a few more are read.
    given = (_counts_for(each) for each in found.order_by("-is_theirs", "-newest", "-pk")[: 2 * most])
    return [each for each in given if each][:most]


def _counts_for(proposal: Proposal) -> AnswerToOne | None:
    """Of one that was read with its answer and that of its collective proposal (shown_answer says which counts)."""
    collective = proposal.merged_into if proposal.merged_into and not proposal.merged_into.is_hidden else None
    for about in (collective, proposal):
        answer = getattr(about, "answer", None)
        if answer and answer.current and not answer.current.is_hidden:
            answer.current.answer = answer
            ties: Any = proposal
            return AnswerToOne(proposal, answer.current, about is collective, ties.is_theirs, ties.is_argued)
    return None


# ── Of a consultation ─────────────────────────────────────────────────────────


@dataclass
class ChallengeFigures:
    """How many proposals of a challenge got which answer; "" for none yet."""

    challenge: Challenge
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        return self.total - self.counts[""]

    @property
    def height(self) -> int:
        return _STEP * -(-self.total // _A_ROW)

    @property
    def signs(self) -> list[tuple[str, int, int]]:
        """Each proposal's sign and where it stands in the drawing."""
        codes = [code for code, count in self.counts.items() for _each in range(count)]
        return [(code, _STEP * (place % _A_ROW), _STEP * (place // _A_ROW)) for place, code in enumerate(codes)]


@dataclass(frozen=True)
class Curve:
    """Answers given, day after day: drawn one unit a day, one unit an answer."""

    begins: date
    ends: date  # today, or the day of the last one that was owed
    days: int
    end: int
    promised: int | None
    promised_on: date | None
    path: str
    # By the Monday of their week: how many were given.
    weeks: list[tuple[date, int]]

    @property
    def captions(self) -> list[str]:
        """Its days in their order: where it begins, what was promised, where it ends."""
        days = {"begins": self.begins, "promised": self.promised_on, "ends": self.ends}
        known = {name: day for name, day in days.items() if day is not None}
        return sorted(known, key=lambda name: known[name])


@dataclass(frozen=True)
class AnswersPage:
    clock: Clock
    challenges: list[ChallengeFigures]
    counts: dict[str, int]
    curve: Curve | None
    late: "list[Awaited]"


@dataclass(frozen=True)
class Awaited:
    """A proposal without an answer; with what is being prepared, if somebody has taken it in hand."""

    proposal: Proposal
    answer: Answer | None
    hidden: ModerationDecision | None = None  # why the answer that it had is hidden


def answers_summary(consultation: Consultation, *, at: Any) -> AnswersPage:
    """All that the page says of a consultation's answers but the texts: four queries, however many there are."""
    challenges = _figures(consultation)
    counts = {code: sum(each.counts[code] for each in challenges) for code in _CODES}
    total = sum(counts.values())
    clock = Clock(consultation, promise_of(consultation, at=at), total, total - counts[""])
    return AnswersPage(
        clock=clock,
        challenges=challenges,
        counts=counts,
        curve=_curve(clock),
        late=_late(clock),
    )


def _late(clock: Clock) -> list[Awaited]:
    """What is missing; before the promised day, what is told to come after it."""
    awaited = _awaited(clock.consultation)
    if not clock.is_late:
        return _with_answers(awaited.filter(answer__late_until__isnull=False)[:PER_PAGE])
    return _with_answers(awaited[:LATE_SHOWN])


def published_answers(consultation: Consultation, *, decision: str = "", page: int | str) -> Page[AnswerVersion]:
    """Those that count, the newest first: two queries."""
    found = AnswerVersion.objects.filter(
        is_hidden=False, answer__current=F("pk"), answer__proposal__in=answered_or_due(consultation)
    )
    if decision:
        found = found.filter(decision=decision)
    found = found.select_related("answer__proposal__challenge").only(
        "decision",
        "own_words",
        "reasons",
        "signed_name",
        "signed_function",
        "signed_at",
        "number",
        "proposal_version",
        "proposal_title",
        "answer__answered_at",
        "answer__proposal__title",
        "answer__proposal__status",
        "answer__proposal__version",
        "answer__proposal__challenge__theme",
    )
    return Paginator(found.order_by("-signed_at", "-pk"), PER_PAGE).get_page(page)


def awaited_answers(consultation: Consultation, *, page: int | str) -> Page[Awaited]:
    """The proposals that wait for their answer, those with a new date first: two queries."""
    found: Page[Any] = Paginator(_awaited(consultation), PER_PAGE).get_page(page)
    found.object_list = _with_answers(found.object_list)
    return found


def _with_answers(proposals: Iterable[Proposal]) -> list[Awaited]:
    """And why moderation hid the one that they had: a query where it hid one."""
    found = [Awaited(each, getattr(each, "answer", None)) for each in proposals]
    hidden = [each.answer.current_id for each in found if each.answer and each.answer.current_id]
    why = restrictions_among(Kind.OFFICIAL, hidden) if hidden else {}
    return [
        replace(each, hidden=why.get((Kind.OFFICIAL, each.answer.current_id or 0, Act.HIDE)) if each.answer else None)
        for each in found
    ]


def _awaited(consultation: Consultation) -> QuerySet[Proposal]:
    found = to_answer(consultation).exclude(ANSWERED).select_related("challenge", "answer__signer")
    return found.defer(*BEYOND_TITLE).order_by(F("answer__late_until").asc(nulls_last=True), "submitted_at", "pk")


_CODES = [*Decision.values, ""]


def _figures(consultation: Consultation) -> list[ChallengeFigures]:
    """Challenge by challenge, those with proposals: two queries."""
    answer = Case(
        When(ANSWERED, then=F("answer__current__decision")), default=Value(""), output_field=CharField(max_length=10)
    )
    rows = answered_or_due(consultation).order_by().values("challenge").annotate(given=answer, count=Count("pk"))
    counted: dict[int, dict[str, int]] = {}
    for row in rows.values_list("challenge", "given", "count"):
        counted.setdefault(row[0], dict.fromkeys(_CODES, 0))[row[1]] = row[2]
    return [
        ChallengeFigures(each, counted[each.pk]) for each in shown_challenges_of(consultation) if each.pk in counted
    ]


def _curve(clock: Clock) -> Curve | None:
    """From the city's first day or first answer, to the last or what it promised; None before its turn has come, and
    where all came on the first day: there is nothing to draw.
    """
    given = _given_by_day(clock.consultation) if clock.answered else []
    begins = _first_day(clock.promise, given)
    if begins is None or not clock.total:
        return None
    ends = timezone.localtime(clock.promise.at).date() if clock.left else given[-1][0]
    if ends == begins and not clock.left:
        return None
    promised = last_day(clock.promise.until) if clock.promise.until else None
    height, path, weeks = clock.total, f"M0 {clock.total}", dict[date, int]()
    for day, count in given:
        height -= count
        path += f"H{_place(day, begins)}V{max(height, 0)}"
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + count
    return Curve(
        begins=begins,
        ends=ends,
        days=max(_place(day, begins) for day in (ends, promised or ends)),
        end=_place(ends, begins),
        promised=max(0, _place(promised, begins)) if promised else None,
        promised_on=promised,
        path=f"{path}H{_place(ends, begins)}",
        weeks=list(weeks.items()),
    )


def _given_by_day(consultation: Consultation) -> list[tuple[date, int]]:
    """How many proposals got their first answer on which day."""
    answered = Answer.objects.filter(proposal__in=answered_or_due(consultation).filter(ANSWERED))
    first = answered.annotate(day=TruncDate("answered_at"))
    return list(first.order_by("day").values("day").annotate(count=Count("pk")).values_list("day", "count"))


def _first_day(promise: Promise, given: Iterable[tuple[date, int]]) -> date | None:
    days = [day for day, _count in given][:1]
    if promise.has_begun and promise.opens_at:
        days.append(first_day(promise.opens_at))
    return min(days, default=None)


def _place(day: date, begins: date) -> int:
    """The end of a day: what was promised for it may come on it."""
    return (day - begins).days + 1
