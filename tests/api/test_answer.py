"""GET and PUT proposals/<id>/answer/: the team prepares what the city answers; its signer signs on the platform."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from consultations.outcomes.models import Answer
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.participation.factories import ProposalFactory

REASONS = "Les bancs sont inscrits au budget de l’année prochaine, et le mail sera replanté."


@pytest.fixture
def where(saran: Municipality) -> str:
    with schema_context(saran.schema_name):
        return f"proposals/{ProposalFactory().pk}/answer/"


def test_a_draft_is_written_and_two_writers_see_each_other(
    program: Callable[..., Program], saran: Municipality, person: Any, where: str
) -> None:
    writer = program(saran, person(role=Role.FACILITATOR), "answer")
    problem(writer.get(where), 404, "not_found")
    sent = {"revision": 0, "decision": "ADOPTED", "reasons": REASONS}
    first = writer("PUT", where, sent)
    assert (first.status_code, first.json()["state"]) == (200, "WRITING")
    assert writer.get(where).json()["reasons"] == REASONS
    said = problem(writer("PUT", where, {**sent, "reasons": REASONS + " Autrement."}), 409, "saved_meanwhile")
    assert "`revision`" in said["detail"]
    assert said["type"] == "/api/#saved_meanwhile"
    problem(program(saran).get(where), 401, "unauthenticated")
    assert program(saran).get("answers/").json()["results"] == []


def test_who_may_sign_is_named_and_nobody_else_is_taken(
    program: Callable[..., Program], saran: Municipality, person: Any, where: str
) -> None:
    writer = program(saran, person(role=Role.FACILITATOR), "answer")
    signer = person(role=Role.ADMINISTRATOR, public_name="Anne Roy", function="Maire")
    sent = {"revision": 0, "decision": "ADOPTED", "reasons": REASONS}
    assert writer("PUT", where, sent).status_code == 200
    given = writer.get(where).json()
    assert {"id": signer.pk, "name": "Anne Roy", "function": "Maire"} in given["signers"]
    sent["revision"] = given["revision"]
    said = problem(writer("PUT", where, {**sent, "signer": 10**9}), 422, "person_not_able")
    assert "ne peut pas" in said["detail"]
    assert writer("PUT", where, {**sent, "signer": signer.pk}).json()["state"] == "TO_SIGN"


def test_who_lost_the_role_writes_no_more(
    program: Callable[..., Program], saran: Municipality, person: Any, where: str
) -> None:
    user = person(role=Role.FACILITATOR)
    writer = program(saran, user, "answer")
    with schema_context(saran.schema_name):
        User.objects.filter(pk=user.pk).update(role=Role.OBSERVER)
    problem(writer("PUT", where, {"revision": 0, "reasons": REASONS}), 403, "scope_missing")
    with schema_context(saran.schema_name):
        assert not Answer.objects.exists()
