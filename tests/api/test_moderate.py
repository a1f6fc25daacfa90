"""moderation/cases/: what waits, its words, and deciding on it, by who decides there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Kind
from consultations.moderation.models import Decision
from consultations.moderation.services.opening import case_for
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.participation.factories import ProposalFactory


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
        found: Proposal = ProposalFactory()
        recount()
        return found


def test_a_moderator_reads_a_case_and_decides(
    program: Callable[..., Program], saran: Municipality, person: Any, proposal: Proposal
) -> None:
    moderator = program(saran, person(role=Role.MODERATOR), "moderate")
    with schema_context(saran.schema_name):
        case = case_for(kind=Kind.PROPOSAL, pk=proposal.pk, at=timezone.now())
    where = f"moderation/cases/{case.pk}/"
    answer = moderator.get(where)
    assert answer.status_code == 200, answer.content
    file = answer.json()
    assert {"name": "title", "text": proposal.title} in file["parts"]
    assert "HIDE" in file["acts"]
    sent = {"act": "HIDE", "ground": "ATTACK", "seen": file["seen"], "read": file["read"]}
    answer = moderator("POST", where + "decisions/", sent)
    assert answer.status_code == 201, answer.content
    with schema_context(saran.schema_name):
        decision = Decision.objects.get()
        assert answer.json() == {"decision": decision.pk, "waits_for_second": False}
        assert Proposal.objects.get(pk=proposal.pk).status == Status.HIDDEN
    problem(program(saran).get(f"proposals/{proposal.pk}/"), 404, "not_found")
    problem(moderator("POST", where + "decisions/", sent), 409, "decided_meanwhile")


def test_who_does_not_decide_there_sees_none(
    program: Callable[..., Program], saran: Municipality, person: Any, proposal: Proposal
) -> None:
    with schema_context(saran.schema_name):
        case = case_for(kind=Kind.PROPOSAL, pk=proposal.pk, at=timezone.now())
    problem(program(saran).get("moderation/cases/"), 401, "unauthenticated")
    participant = program(saran, person(), "propose")
    problem(participant.get(f"moderation/cases/{case.pk}/"), 403, "scope_missing")
    problem(participant("POST", f"moderation/cases/{case.pk}/decisions/", {}), 403, "scope_missing")
