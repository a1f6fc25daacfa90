"""Projects as the team runs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.outcomes.enums import ACCEPTED, ALIVE, AnswerState
from consultations.outcomes.models import Answer, AnswerVersion, Milestone, Project, ProjectSource
from consultations.outcomes.selectors.projects import Steps, steps_of
from consultations.participation.models import Proposal
from consultations.participation.models.proposals import ProposalQuerySet

# After so long people think that nothing happens any more.
SILENCE = timedelta(days=60)


@dataclass(frozen=True)
class Row:
    """A project in the team's list. `silent_for`: days, where that is too long."""

    project: Project
    steps: Steps
    silent_for: int

    @property
    def late(self) -> list[Milestone]:
        return [each for each in self.steps.milestones if self.steps.is_late(each)]


def project_rows(consultation: Consultation, *, at: datetime) -> list[Row]:
    """Those that are prepared first, then what moves. Two queries."""
    found = consultation.projects.defer("picture__content").prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("planned_on", "pk"))
    )
    today = timezone.localtime(at).date()
    rows = [_row(each, today, at) for each in found.order_by("-published_at", "-pk")]
    return sorted(rows, key=lambda row: (row.project.published_at is not None, row.project.state not in ALIVE))


def _row(project: Project, today: date, at: datetime) -> Row:
    milestones: Sequence[Milestone] = list(project.milestones.all())
    silent = (at - project.last_said_at).days if project.last_said_at and project.state in ALIVE else 0
    return Row(project, steps_of(project, milestones, today=today), silent if silent >= SILENCE.days else 0)


def accepted(consultation: Consultation) -> ProposalQuerySet:
    """Its proposals out of which a project may grow: what everybody reads of their answer says so."""
    said = AnswerVersion.objects.filter(
        pk=OuterRef("answer__current"), is_hidden=False, decision__in=[each.value for each in ACCEPTED]
    )
    return Proposal.objects.published().filter(Exists(said), challenge__consultation=consultation, merged_into=None)


def doubted(project: Project) -> list[Answer]:
    """Of what nobody reads yet: the answers to its proposals that are being changed into something else than a yes."""
    if project.published_at is not None:
        return []
    found = Answer.objects.filter(proposal__project_sources__project=project).exclude(state=AnswerState.PUBLISHED)
    found = found.exclude(decision__in=["", *(each.value for each in ACCEPTED)])
    return list(found.select_related("proposal").defer("proposal__search").order_by("pk"))


def without_project(consultation: Consultation) -> ProposalQuerySet:
    """Those of them that nobody has made a project of."""
    made = ProjectSource.objects.filter(proposal=OuterRef("pk"))
    return accepted(consultation).filter(~Exists(made))


def silent_projects(consultation: Consultation, *, at: datetime) -> QuerySet[Project]:
    alive = consultation.projects.filter(state__in=[each.value for each in ALIVE])
    return alive.filter(published_at__isnull=False, last_said_at__lt=at - SILENCE).order_by("last_said_at", "pk")


def late_milestones(consultation: Consultation, *, today: date) -> QuerySet[Milestone]:
    alive = {"project__state__in": [each.value for each in ALIVE], "project__published_at__isnull": False}
    found = Milestone.objects.filter(project__consultation=consultation, done_on=None, planned_on__lt=today, **alive)
    return found.select_related("project").order_by("planned_on", "pk")
