"""Answers and projects for programs: all that everybody may read, whole."""

from django.db.models import F, Prefetch, QuerySet

from consultations.outcomes.models import Answer, AnswerVersion, Milestone, Project, ProjectSource
from consultations.outcomes.selectors.projects import public_projects
from consultations.participation.selectors.given import given_proposals


def given_answers(*, consultation: str = "", decision: str = "", proposal: int = 0) -> QuerySet[AnswerVersion]:
    """Those that count. One query for all of them."""
    proposals = given_proposals()
    if consultation:
        proposals = proposals.filter(challenge__consultation__slug=consultation)
    found = AnswerVersion.objects.filter(is_hidden=False, answer__current=F("pk"))
    found = found.filter(answer__proposal__in=proposals.order_by().values("pk"))
    if decision:
        found = found.filter(decision=decision)
    if proposal:
        found = found.filter(answer__proposal=proposal)
    return found.select_related("answer__proposal").defer("answer__proposal__search")


def given_projects(*, consultation: str = "", state: str = "") -> QuerySet[Project]:
    """With their steps, and with those of their proposals that everybody reads: three queries for all of them."""
    found = public_projects()
    if consultation:
        found = found.filter(consultation__slug=consultation)
    if state:
        found = found.filter(state=state)
    readable = ProjectSource.objects.filter(proposal__in=given_proposals().order_by().values("pk")).order_by("pk")
    return found.prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("planned_on", "pk")),
        Prefetch("sources", readable),
    )


def draft_of(proposal: int) -> Answer | None:
    """What is being prepared; None where nobody has taken the proposal in hand."""
    return Answer.objects.filter(proposal=proposal).first()
