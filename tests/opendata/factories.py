"""A consultation with something of everything that is open."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.outcomes.models import Project
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Proposal, ProposalVersion, Reply
from tests.outcomes.factories import published_answer
from tests.outcomes.project_factories import MilestoneFactory, ProjectNewsFactory, project_from
from tests.participation.factories import ArgumentFactory, ReplyFactory, VersionedProposalFactory


def the_consultation() -> Consultation:
    """Open for a month, whatever the tests found."""
    found = Consultation.objects.get(is_current=True)
    if found.opened_at is None:
        found.opened_at = timezone.now() - timedelta(days=30)
        found.save(update_fields=["opened_at"])
    found.challenges.filter(published_at=None).update(published_at=found.opened_at)
    return found


def reworked(**more: Any) -> Proposal:
    """With two versions: the first as it was, the second with another title."""
    proposal: Proposal = VersionedProposalFactory(**more)  # type: ignore[assignment]
    proposal.title, proposal.version, proposal.reworked_at = "Une idée réécrite", 2, timezone.now()
    proposal.save()
    note = "Les horaires ont changé."
    ProposalVersion.objects.create(proposal=proposal, number=2, note=note, made_by=proposal.author, **proposal.texts)
    return proposal


def something_of_everything() -> dict[str, Any]:
    the_consultation()
    proposal = reworked()
    argument: Argument = ArgumentFactory(  # type: ignore[assignment]
        proposal=proposal, kind="EVIDENCE", part="SOLUTION", verdict="TAKEN", verdict_reason="C’est juste.", taken_in=2
    )
    reply: Reply = ReplyFactory(argument=argument, author=proposal.author)  # type: ignore[assignment]
    accepted = published_answer(proposal=VersionedProposalFactory(), decision="ADOPTED").proposal
    project: Project = project_from(accepted, budget_planned=12_000)
    MilestoneFactory(project=project)
    ProjectNewsFactory(project=project)
    recount()
    return {"proposal": proposal, "argument": argument, "reply": reply, "accepted": accepted, "project": project}
