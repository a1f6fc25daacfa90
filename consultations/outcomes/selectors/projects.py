"""Projects as everybody reads them: the list, and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import pgettext_lazy

from accounts.neighbourhoods import key_of_place
from consultations.framing.models import Consultation
from consultations.outcomes.enums import ALIVE, ProjectState
from consultations.outcomes.models import Milestone, Project, ProjectNews, StateChange
from consultations.participation.models import Picture

PER_PAGE = 30
NEWS_SHOWN = 20
# What moves comes first; with what many of them stand under.
GROUPS = {
    ProjectState.UNDERWAY: pgettext_lazy("several projects", "Underway"),
    ProjectState.DECIDED: pgettext_lazy("several projects", "Decided"),
    ProjectState.STUDIED: pgettext_lazy("several projects", "Under study"),
    ProjectState.DONE: pgettext_lazy("several projects", "Done"),
    ProjectState.ABANDONED: pgettext_lazy("several projects", "Given up"),
}


@dataclass(frozen=True)
class Steps:
    """The steps of a project on one day. `is_over`: it is done or given up, and no step is to come."""

    milestones: Sequence[Milestone]
    today: date
    is_over: bool = False

    @property
    def next(self) -> Milestone | None:
        to_come = [] if self.is_over else [each for each in self.milestones if each.done_on is None]
        return min(to_come, key=lambda each: (each.planned_on, each.pk), default=None)

    def is_late(self, milestone: Milestone) -> bool:
        return not self.is_over and milestone.done_on is None and milestone.planned_on < self.today


def steps_of(project: Project, milestones: Sequence[Milestone], *, today: date) -> Steps:
    return Steps(milestones, today, is_over=project.state not in ALIVE)


def public_projects() -> QuerySet[Project]:
    """With what a line of a list shows, beside its steps: no picture's content."""
    rank = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(GROUPS)), output_field=IntegerField()
    )
    found = Project.objects.exclude(published_at=None).select_related("consultation", "picture").annotate(rank=rank)
    return found.defer("picture__content").order_by("rank", "-published_at", "-pk")


def with_steps(projects: QuerySet[Project]) -> QuerySet[Project]:
    return projects.prefetch_related(Prefetch("milestones", Milestone.objects.order_by("planned_on", "pk")))


@dataclass(frozen=True)
class ProjectList:
    """A page of projects, and what one may choose by."""

    page: Page[Project]
    consultations: list[Consultation]
    places: list[str]
    states: list[tuple[str, Any]]
    of: Consultation | None
    is_filtered: bool


def project_list(*, slug: str = "", state: str = "", place: str = "", page: int | str = 1) -> ProjectList:
    """Those of the consultation `slug`, in `state`, in the neighbourhood `place`; what is none chooses all."""
    every = public_projects()
    known = list(every.order_by().values_list("state", "neighbourhood").distinct())
    places = sorted({name for _state, name in known if name}, key=key_of_place)
    states = [(each.value, label) for each, label in GROUPS.items() if each in {state for state, _name in known}]
    consultations = list(
        Consultation.objects.shown()
        .filter(pk__in=Project.objects.exclude(published_at=None).values("consultation"))
        .order_by("-opened_at", "-pk")
    )
    of = next((each for each in consultations if each.slug == slug), None)
    chosen = Q()
    if of is not None:
        chosen &= Q(consultation=of)
    if state in dict(states):
        chosen &= Q(state=state)
    if place in places:
        chosen &= Q(neighbourhood=place)
    found = Paginator(with_steps(every.filter(chosen)), PER_PAGE).get_page(page)
    return ProjectList(found, consultations, places, states, of, bool(chosen))


@dataclass(frozen=True)
class Stop:
    """One of the steps of a project as it is shown: planned or done, or a turn that its state took."""

    day: date
    milestone: Milestone | None = None
    change: StateChange | None = None
    resumes: bool = False  # it goes on, after it was given up or done


@dataclass(frozen=True)
class ProjectPage:
    """All that the page of one project shows to everyone, but for where it comes from (selectors.lineage)."""

    project: Project
    steps: Steps
    news: list[ProjectNews]
    changes: list[StateChange]

    @cached_property
    def turns(self) -> list[Stop]:
        """When it was given up, taken up again, done: since it is public."""
        found = []
        for before, after in zip([None, *self.changes], self.changes, strict=False):
            resumes = before is not None and before.state not in ALIVE and after.state in ALIVE
            if resumes or after.state not in ALIVE:
                found.append(Stop(timezone.localdate(after.changed_at), change=after, resumes=resumes))
        return found

    @property
    def way(self) -> list[Stop]:
        """Its steps as they came, or are to come, with its turns; of what is over, those left undone last."""
        done = [Stop(each.done_on or each.planned_on, milestone=each) for each in self.steps.milestones]
        return sorted([*done, *self.turns], key=lambda stop: (self._is_left(stop), stop.day))

    def _is_left(self, stop: Stop) -> bool:
        return self.steps.is_over and stop.milestone is not None and stop.milestone.done_on is None

    @cached_property
    def taken_up_again(self) -> StateChange | None:
        """Why, where it had been given up once and goes on."""
        if self.project.state == ProjectState.ABANDONED:
            return None
        for before, after in zip(self.changes, self.changes[1:], strict=False):
            if before.state == ProjectState.ABANDONED and after.reason:
                return after
        return None


def project_page(project: Project, *, today: date) -> ProjectPage:
    """Three queries."""
    news = project.news.filter(is_hidden=False).select_related("picture").defer("picture__content")
    return ProjectPage(
        project,
        steps_of(project, list(project.milestones.order_by("planned_on", "pk")), today=today),
        list(news.order_by("-published_at", "-pk")[:NEWS_SHOWN]),
        list(project.changes.order_by("changed_at", "pk")),
    )


def published_project_picture(digest: str) -> bytes | None:
    """The picture with that digest, if a published project, or its news, shows it to everyone."""
    shown = public_projects().order_by().filter(picture=OuterRef("pk"))
    told = ProjectNews.objects.filter(picture=OuterRef("pk"), is_hidden=False).exclude(project__published_at=None)
    found = Picture.objects.filter(Exists(shown) | Exists(told), digest=digest)
    content = found.order_by("pk").values_list("content", flat=True).first()
    return None if content is None else bytes(content)
