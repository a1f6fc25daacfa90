"""What ties projects to proposals and people: what a proposal became, what changed thanks to somebody."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from consultations.cocreation.selectors.versions import THANKED
from consultations.framing.models import Consultation
from consultations.outcomes.enums import ProjectState
from consultations.outcomes.models import Project, ProjectFollow, ProjectNews, ProjectSource
from consultations.outcomes.selectors.projects import public_projects
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import Argument, Proposal, Reaction, worked_on_by

SHOWN, MINE_MAX = 3, 10


def project_from(proposal: Proposal) -> Project | None:
    """The last one that grew from a proposal, or from the collective one that it is part of."""
    sources = ProjectSource.objects.filter(
        Q(proposal=proposal.pk) | Q(proposal=proposal.merged_into_id), project=OuterRef("pk")
    )
    return public_projects().filter(Exists(sources)).order_by("-published_at", "-pk").first()


@dataclass(frozen=True)
class Achievement:
    project: Project
    news: ProjectNews | None


def achievements(consultation: Consultation | None) -> list[Achievement]:
    """The projects that move or are done, the last heard of first, each with its last news. Two queries."""
    found = public_projects().filter(state__in=[ProjectState.UNDERWAY.value, ProjectState.DONE.value])
    if consultation is not None:
        found = found.filter(consultation=consultation)
    projects = list(found.order_by("-last_said_at", "-pk")[:SHOWN])
    if not projects:
        return []
    told = ProjectNews.objects.filter(project__in=projects, is_hidden=False)
    last = {each.project_id: each for each in told.order_by("published_at", "pk").defer("text")}
    return [Achievement(each, last.get(each.pk)) for each in projects]


def my_projects(user: User) -> QuerySet[Project]:
    """With what ties each to this person: `wrote`, `taken` (an argument was taken up), `argued`, `supports`,
    `follows_it`.
    """
    own = ProjectSource.objects.filter(project=OuterRef(OuterRef("pk"))).values("proposal")
    theirs = Proposal.objects.filter(Q(pk__in=own) | Q(merged_into__in=own))
    deeper = ProjectSource.objects.filter(project=OuterRef(OuterRef("pk"))).values("proposal")
    there = Q(proposal__in=deeper) | Q(proposal__merged_into__in=deeper)
    argued = Argument.objects.filter(there, author=user, status=Status.PUBLISHED)
    liked = Reaction.objects.filter(there, user=user, value=ReactionValue.LIKE)
    found = public_projects().annotate(
        wrote=Exists(theirs.filter(worked_on_by(user), status=Status.PUBLISHED)),
        taken=Exists(argued.filter(verdict__in=THANKED)),
        argued=Exists(argued),
        supports=Exists(liked),
        follows_it=Exists(ProjectFollow.objects.filter(project=OuterRef("pk"), user=user)),
    )
    return found.filter(Q(wrote=True) | Q(argued=True) | Q(supports=True) | Q(follows_it=True)).order_by(
        "-last_said_at", "-pk"
    )


def changes_thanks_to(project: Project) -> bool:
    """Of one of `my_projects`: it goes on, or is done, and comes from what they wrote, argued or support."""
    ties: Any = project
    return project.state != ProjectState.ABANDONED and (ties.wrote or ties.argued or ties.supports)
