"""Answers and projects of a consultation that was held elsewhere (participation.importing, docs/import.md)."""

from typing import Any

from django.utils.translation import gettext

from accounts.models import NAME_MAX
from consultations.outcomes.abilities import RUN_PROJECTS, SIGN_ANSWERS
from consultations.outcomes.enums import AnswerState, Decision, ProjectState
from consultations.outcomes.models import (
    Answer,
    AnswerVersion,
    Milestone,
    Project,
    ProjectNews,
    ProjectSource,
    StateChange,
)
from consultations.outcomes.services.projects import free_slug
from consultations.participation.enums import Stage
from consultations.participation.import_lines import Line, Refused
from consultations.participation.importing import reads_lines
from consultations.participation.models import IMPORTED_MAX, Proposal


def _long(line: Line, name: str) -> str:
    return line.text(name, IMPORTED_MAX, one_line=False, optional=True)


@reads_lines(
    "answer",
    required={"proposal", "number", "decision", "signed_name", "signed_at"},
    optional={"own_words", "reasons", "competent", "expected_on", "change"}
    | {"proposal_version", "proposal_title", "signed_function"},
    asks=SIGN_ANSWERS,
)
def answer(reader: Any, line: Line) -> None:
    """Several to one proposal, each with its number: the last one counts."""
    proposal = reader.proposal_of(line)
    number = line.count("number")
    version = AnswerVersion(
        number=number,
        decision=line.code("decision", Decision),
        own_words=_long(line, "own_words"),
        reasons=_long(line, "reasons"),
        competent=line.text("competent", 200, optional=True),
        expected_on=line.day("expected_on"),
        change=_long(line, "change"),
        proposal_version=max(1, line.count("proposal_version")),
        proposal_title=line.text("proposal_title", 300, optional=True),
        signed_name=line.text("signed_name", NAME_MAX),
        signed_function=line.text("signed_function", 120, optional=True),
        signed_at=line.past_moment("signed_at"),
    )
    found, _new = Answer.objects.get_or_create(proposal_id=proposal, defaults={"state": AnswerState.PUBLISHED})
    there = {each.number: each for each in found.versions.order_by("number")}
    if number in there:
        reader.report.existing["answer"] += 1
        return
    if there and number < max(there):
        raise Refused(gettext("A line before it has a later answer to this proposal."))
    if not version.proposal_title:
        version.proposal_title = Proposal.objects.values_list("title", flat=True).get(pk=proposal)
    version.answer = found
    version.save()
    texts = ("decision", "own_words", "reasons", "competent", "expected_on", "change")
    for name in texts:
        setattr(found, name, getattr(version, name))
    found.current, found.answered_at = version, found.answered_at or version.signed_at
    found.proposal_version = version.proposal_version
    found.save()
    reader.report.created["answer"] += 1


@reads_lines(
    "project",
    required={"ref", "title", "summary", "state", "published_at"},
    optional={"state_reason", "decided_on", "lead_service", "elected", "location", "place"}
    | {"budget_planned", "budget_spent", "proposals", "milestones", "news"},
    asks=RUN_PROJECTS,
    parts={
        "milestone": ({"title", "planned_on"}, {"first_planned_on", "late_why", "done_on"}),
        "project_news": ({"title", "text", "published_at"}, set()),
    },
)
def project(reader: Any, line: Line) -> None:
    """With its steps, its news and where it comes from."""
    ref = line.ref()
    sources = [reader.proposal_named(each) for each in dict.fromkeys(line.refs("proposals"))]
    made = Project(
        consultation=reader.consultation,
        import_ref=ref,
        title=line.text("title", 120),
        summary=line.text("summary", IMPORTED_MAX, one_line=False),
        state=line.code("state", ProjectState),
        state_reason=_long(line, "state_reason"),
        decided_on=line.day("decided_on"),
        lead_service=line.text("lead_service", 120, optional=True),
        elected=line.text("elected", 160, optional=True),
        location=line.text("location", 200, optional=True),
        neighbourhood=line.text("place", 60, optional=True),
        budget_planned=line.count("budget_planned") if "budget_planned" in line.entry else None,
        budget_spent=line.count("budget_spent") if "budget_spent" in line.entry else None,
        published_at=line.past_moment("published_at"),
    )
    steps = [_step(each) for each in line.lines("milestones", "milestone")]
    news = [_news(each) for each in line.lines("news", "project_news")]
    there = Project.objects.filter(import_ref=ref).first()
    if there is not None:
        if there.consultation_id != reader.consultation.pk:
            raise Refused(gettext("Another imported consultation has this ref: “%(ref)s”.") % {"ref": ref})
        reader.report.existing["project"] += 1
        return
    assert made.published_at is not None
    made.slug = free_slug(made.title)
    made.created_at = made.published_at
    made.last_said_at = max([made.published_at, *(each.published_at for each in news)])
    made.save()
    _save_with(made, [*steps, *news])
    ProjectSource.objects.bulk_create(ProjectSource(project=made, proposal_id=each) for each in sources)
    Proposal.objects.filter(pk__in=sources).update(stage=Stage.PROJECT)
    reader.report.created["project"] += 1


def _save_with(made: Project, rows: list[Milestone | ProjectNews]) -> None:
    StateChange.objects.create(
        project=made, state=made.state, reason=made.state_reason, changed_at=made.published_at or made.created_at
    )
    for each in rows:
        each.project = made
        each.save()


def _step(line: Line) -> Milestone:
    planned = line.day("planned_on")
    assert planned is not None
    return Milestone(
        title=line.text("title", 120),
        planned_on=planned,
        first_planned_on=line.day("first_planned_on"),
        late_why=line.text("late_why", 300, optional=True),
        done_on=line.day("done_on"),
    )


def _news(line: Line) -> ProjectNews:
    return ProjectNews(
        title=line.text("title", 120),
        text=line.text("text", IMPORTED_MAX, one_line=False),
        published_at=line.past_moment("published_at"),
    )
