"""Projects as everybody reads them: the list, and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
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
    """The steps of a project on one day."""

    milestones: Sequence[Milestone]
    today: date

    @property
    def to_come(self) -> list[Milestone]:
        return [each for each in self.milestones if each.done_on is None]

    @property
    def next(self) -> Milestone | None:
        return min(self.to_come, key=lambda each: (each.planned_on, each.pk), default=None)

    def is_late(self, milestone: Milestone) -> bool:
        return milestone.done_on is None and milestone.planned_on < self.today


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
class ProjectPage:
    """All that the page of one project shows to everyone, but for where it comes from (selectors.lineage)."""

    project: Project
    steps: Steps
    news: list[ProjectNews]
    changes: list[StateChange]

    @property
    def is_alive(self) -> bool:
        return self.project.state in ALIVE

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
        Steps(list(project.milestones.order_by("planned_on", "pk")), today),
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
