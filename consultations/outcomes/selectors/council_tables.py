"""What the council's file says beside the answers: who supports what, what services think, what the projects cost."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.ui import figure, full_day
from consultations.framing.models import Consultation
from consultations.outcomes.enums import ProjectState
from consultations.outcomes.models import Milestone, Opinion, Project, ProjectSource
from consultations.outcomes.selectors.clock import answered_or_due
from consultations.outcomes.selectors.projects import public_projects
from consultations.participation.models import Proposal

# ── Supports ──────────────────────────────────────────────────────────────────


def supports(proposal: Proposal) -> tuple[int, int]:
    """In all, and for its present text: as everybody reads on its page."""
    return proposal.like_count, proposal.current_like_count


def supports_in_words(proposal: Proposal) -> str:
    whole, now = supports(proposal)
    if now == whole:
        return figure(whole)
    return _("%(all)s (present text: %(now)s)") % {"all": figure(whole), "now": figure(now)}


# ── Projects ──────────────────────────────────────────────────────────────────


def projects_to_print(consultation: Consultation) -> QuerySet[Project]:
    """Those that everybody reads, what moves first."""
    steps = Prefetch("milestones", Milestone.objects.filter(done_on=None).order_by("planned_on", "pk"), "to_come")
    return public_projects().filter(consultation=consultation).prefetch_related(steps)


def projects_by_proposal(consultation: Consultation) -> dict[int, list[Project]]:
    """Of each proposal, or of the collective one that it is part of. One query."""
    found: dict[int, list[Project]] = defaultdict(list)
    sources = ProjectSource.objects.filter(project__consultation=consultation, project__published_at__isnull=False)
    for source in sources.select_related("project", "proposal").only(
        "project__title", "project__state", "proposal__merged_into"
    ):
        of = found[source.proposal.merged_into_id or source.proposal_id]
        if source.project not in of:
            of.append(source.project)
    return found


def in_words(project: Project) -> str:
    return f"{project.title} ({str(project.get_state_display()).lower()})"


def projects_head() -> list[str]:
    return [
        pgettext("outcomes", "Project"),
        pgettext("of a project", "State"),
        pgettext("in charge", "Service"),
        _("Planned, in euros"),
        _("Spent, in euros"),
        _("Next step, or why it was given up"),
        _("Planned for"),
    ]


def projects_rows(projects: QuerySet[Project]) -> Iterator[list[Any]]:
    """For a spreadsheet: amounts are numbers, days are dates."""
    for project in projects:
        what, day = _next(project)
        amounts = [project.budget_planned, project.budget_spent]
        yield [project.title, str(project.get_state_display()), project.lead_service, *amounts, what, day]


def _next(project: Project) -> tuple[str, Any]:
    if project.state == ProjectState.ABANDONED:
        return project.state_reason, None
    to_come: list[Milestone] = project.to_come  # type: ignore[attr-defined]
    if project.state == ProjectState.DONE or not to_come:
        return "", None
    return to_come[0].title, to_come[0].planned_on


def projects_in_print(projects: QuerySet[Project]) -> list[list[str]]:
    rows = []
    for project in projects:
        what, day = _next(project)
        said = f"{project.title}\n{project.lead_service}".strip()
        amounts = [_euros(project.budget_planned), _euros(project.budget_spent)]
        rows.append([str(project.get_state_display()), said, *amounts, "\n".join(filter(None, (what, full_day(day))))])
    return rows


def _euros(amount: int | None) -> str:
    return pgettext("amount", "not said") if amount is None else f"{figure(amount)}\u00a0€"


def planned_in_all(projects: QuerySet[Project]) -> str:
    """Empty where no amount is known; says of how many it is the sum where others have none."""
    going_on = [each for each in projects if each.state != ProjectState.ABANDONED]
    known = [each.budget_planned for each in going_on if each.budget_planned is not None]
    if not known:
        return ""
    if len(known) == len(going_on):
        return _euros(sum(known))
    told = ngettext(
        "%(sum)s for the %(count)s whose budget is known",
        "%(sum)s for the %(count)s whose budget is known",
        len(known),
    )
    return told % {"sum": _euros(sum(known)), "count": figure(len(known))}


# ── Opinions of services ──────────────────────────────────────────────────────


def opinions_to_print(consultation: Consultation) -> QuerySet[Opinion]:
    """Those that were given, proposal by proposal."""
    given = Opinion.objects.filter(answer__proposal__in=answered_or_due(consultation), taken_back_at=None)
    given = given.exclude(given_at=None).select_related("answer__proposal")
    shown = "service_name stance words cost given_at proposal_version answer__proposal__title answer__proposal__version"
    return given.only(*shown.split()).order_by(
        "answer__proposal__submitted_at", "answer__proposal__pk", "given_at", "pk"
    )


def opinions_head() -> list[str]:
    return [
        _("Number"),
        _("Proposal"),
        pgettext("in charge", "Service"),
        _("What it thinks of it"),
        _("Why"),
        _("Estimated cost, in euros"),
        _("Given on"),
    ]


def opinions_rows(consultation: Consultation) -> Iterator[list[Any]]:
    for each in opinions_to_print(consultation):
        about = each.answer.proposal
        stance = str(each.get_stance_display())
        yield [about.pk, about.title, _who_said(each, about.version), stance, each.words, each.cost, each.given_at]


def _who_said(opinion: Opinion, version: int) -> str:
    """Of what has been rewritten since: of which text they spoke."""
    if opinion.proposal_version in (None, version):
        return opinion.service_name
    return _("%(service)s, on version %(number)s") % {
        "service": opinion.service_name,
        "number": opinion.proposal_version,
    }


def opinions_in_print(consultation: Consultation) -> list[list[str]]:
    return [
        [str(number), title, service, stance, words, "" if cost is None else _euros(cost), full_day(given_at)]
        for number, title, service, stance, words, cost, given_at in opinions_rows(consultation)
    ]
