"""What came of a consultation: what was asked, who took part, what the city answered, what it does."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from consultations.framing.enums import ConsultationState, PhaseKind
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import consultations_to_read, shown_challenges_of
from consultations.outcomes.enums import ACCEPTED, Decision, ProjectState
from consultations.outcomes.models import Milestone, Project, ProjectSource, StateChange, Takeaways
from consultations.outcomes.results_words import headline, lateness, stair
from consultations.outcomes.selectors.clock import ANSWERED, Promise, answered_or_due, awaits_answers, promise_of
from consultations.outcomes.selectors.participants import Participants, participants_of
from consultations.participation.models import Proposal

OVER = frozenset({ConsultationState.CLOSED, ConsultationState.ARCHIVED})
# What the printed sheet has room for; the others are a link away.
PROJECTS_SHOWN = 6
# What people can see first.
_ORDER = (
    ProjectState.DONE,
    ProjectState.UNDERWAY,
    ProjectState.DECIDED,
    ProjectState.STUDIED,
    ProjectState.ABANDONED,
)


def consultation_with_results(*, at: datetime) -> Consultation | None:
    """The one that the city puts forward, once it is over; else the last that is over; else the former, as it is."""
    every = list(consultations_to_read().exclude(opened_at=None))
    current = next((each for each in every if each.is_current), None)
    if current is not None and current.state(at) in OVER:
        return current
    over = [each for each in every if each.state(at) in OVER]
    return max(over, key=lambda each: each.closed_at() or each.opened_at or each.created_at, default=current)


@dataclass(frozen=True)
class Answered:
    """What was answered to the proposals of a consultation, by decision; a collective one counts once."""

    total: int
    counts: dict[str, int]
    late: int  # given after the day that was promised
    from_projects: int  # proposals at the origin of a project that goes on, or is done
    done: int

    @property
    def given(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        return self.total - self.given

    @property
    def accepted(self) -> int:
        return sum(self.counts[each] for each in ACCEPTED)


@dataclass(frozen=True)
class ProjectLine:
    """A project, with its next step or since when it is what it is."""

    project: Project
    next: Milestone | None
    since: datetime | None

    @property
    def is_done(self) -> bool:
        return self.project.state == ProjectState.DONE

    @property
    def is_given_up(self) -> bool:
        return self.project.state == ProjectState.ABANDONED


@dataclass(frozen=True)
class Stair:
    """How many proposals came so far, of all."""

    name: str
    count: int
    total: int

    @property
    def label(self) -> str:
        return stair(self.name)

    @property
    def width(self) -> str:
        """Of its bar: with a point, in whatever language."""
        return f"{100 * self.count / self.total:.2f}%"


@dataclass(frozen=True)
class Results:
    consultation: Consultation
    promise: Promise
    opens_at: datetime | None
    closes_at: datetime | None
    takeaways: str
    challenges: list[Challenge]
    participants: Participants
    proposals: int
    reworked: int
    arguments: int
    answered: Answered
    projects: list[ProjectLine]
    project_count: int  # without those that were given up
    done_count: int
    given_up_count: int

    @property
    def gathered(self) -> int:
        """Proposals that collective ones bring together: answered with them."""
        return self.proposals - self.answered.total

    @property
    def is_awaited(self) -> bool:
        """Whether answers are still to come, of those that nobody has given yet."""
        return awaits_answers(self.consultation, self.promise)

    @property
    def tells_answers(self) -> bool:
        """Not of what was held elsewhere, unless something of it was answered or is done here."""
        return self.is_awaited or bool(self.answered.given or self.project_count or self.given_up_count)

    @property
    def headline(self) -> str:
        return headline(self)

    @property
    def lateness(self) -> str:
        return lateness(self)

    @property
    def stairs(self) -> list[Stair]:
        """Of all proposals to answer: how many came how far."""
        answered = self.answered
        counts = [
            ("WRITTEN", answered.total),
            ("ANSWERED", answered.given),
            ("ACCEPTED", answered.accepted),
            ("PROJECT", answered.from_projects),
            ("DONE", answered.done),
        ]
        if not answered.total or not self.tells_answers:
            return []
        if answered.given == answered.total:
            counts[:2] = [("WRITTEN_ANSWERED", answered.total)]
        return [Stair(name, count, answered.total) for name, count in counts]


def results_of(consultation: Consultation, *, at: datetime) -> Results:
    """Of one that was read with its phases: ten queries, however much there is."""
    promise = promise_of(consultation, at=at)
    projects = Project.objects.filter(consultation=consultation).exclude(published_at=None)
    states = dict(projects.order_by().values_list("state").annotate(count=Count("pk")))
    note = Takeaways.objects.filter(consultation=consultation).first()
    every = Proposal.objects.published().filter(challenge__consultation=consultation) | answered_or_due(consultation)
    written = every.aggregate(all=Count("pk"), reworked=Count("pk", filter=Q(version__gt=1)))
    proposes = next((each for each in consultation.phases.all() if each.kind == PhaseKind.PROPOSE), None)
    return Results(
        consultation=consultation,
        promise=promise,
        opens_at=proposes.opens_at if proposes else None,
        closes_at=consultation.closed_at(),
        takeaways=note.text if note else "",
        challenges=shown_challenges_of(consultation),
        participants=participants_of(consultation),
        proposals=written["all"],
        reworked=written["reworked"],
        arguments=consultation.argument_count,
        answered=_answered(consultation, promise),
        projects=_lines(projects),
        project_count=sum(count for state, count in states.items() if state != ProjectState.ABANDONED),
        done_count=states.get(ProjectState.DONE, 0),
        given_up_count=states.get(ProjectState.ABANDONED, 0),
    )


def _answered(consultation: Consultation, promise: Promise) -> Answered:
    """One query. An answer was late if the first one was: what is corrected later was given before."""
    proposals = answered_or_due(consultation).annotate(
        becomes=Exists(_sources().exclude(project__state=ProjectState.ABANDONED)),
        is_made=Exists(_sources().filter(project__state=ProjectState.DONE)),
    )
    late = ANSWERED & Q(answer__answered_at__gte=promise.until)
    found = proposals.aggregate(
        total=Count("pk"),
        # A filter that nothing can pass would make Django leave the whole question out.
        **({"late": Count("pk", filter=late)} if promise.until else {}),
        from_projects=Count("pk", filter=Q(becomes=True)),
        done=Count("pk", filter=Q(is_made=True)),
        **{each.value: Count("pk", filter=ANSWERED & Q(answer__current__decision=each)) for each in Decision},
    )
    return Answered(
        total=found["total"],
        counts={each.value: found[each.value] for each in Decision},
        late=found.get("late", 0),
        from_projects=found["from_projects"],
        done=found["done"],
    )


def _sources() -> QuerySet[ProjectSource]:
    """Of published projects: a collective proposal is a source with those that it brings together."""
    about = Q(proposal=OuterRef("pk")) | Q(proposal__merged_into=OuterRef("pk"))
    return ProjectSource.objects.filter(about, project__published_at__isnull=False)


def _lines(projects: QuerySet[Project]) -> list[ProjectLine]:
    """What is done first. Two queries."""
    rank = {state: place for place, state in enumerate(_ORDER)}
    every = sorted(projects.order_by("-published_at", "-pk"), key=lambda each: rank[ProjectState(each.state)])
    shown = every[:PROJECTS_SHOWN]
    steps = Milestone.objects.filter(project__in=shown, done_on=None).order_by("-planned_on", "-pk")
    changes = StateChange.objects.filter(project__in=shown).order_by("changed_at", "pk")
    following = {each.project_id: each for each in steps}
    since = {(each.project_id, each.state): each.changed_at for each in changes}
    return [ProjectLine(each, following.get(each.pk), since.get((each.pk, each.state))) for each in shown]
