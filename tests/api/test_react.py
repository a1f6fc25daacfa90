"""PUT and DELETE proposals/<id>/reaction/, arguments/<id>/useful/: what one thinks, and what helped."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context

from consultations.participation.models import Argument, Proposal, Reaction, UsefulMark
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.participation.factories import ArgumentFactory, ProposalFactory


@pytest.fixture
def argument(saran: Municipality) -> Argument:
    with schema_context(saran.schema_name):
        found: Argument = ArgumentFactory()
        return found


@pytest.fixture
def user(person: Any) -> Any:
    return person()


@pytest.fixture
def reactor(program: Callable[..., Program], saran: Municipality, user: Any) -> Program:
    return program(saran, user, "react")


def test_a_reaction_counts_once_changes_and_goes(
    reactor: Program, saran: Municipality, user: Any, argument: Argument
) -> None:
    where = f"proposals/{argument.proposal_id}/reaction/"
    for value in ("LIKE", "LIKE", "MIXED"):
        answer = reactor("PUT", where, {"value": value})
        assert (answer.status_code, answer.json()) == (200, {"value": value, "version": 1})
    given = reactor.get(f"proposals/{argument.proposal_id}/").json()
    assert given["reactions"] == given["reactions_to_version"] == {"like": 0, "mixed": 1, "dislike": 0}
    assert [reactor("DELETE", where).status_code for _number in range(2)] == [204, 204]
    with schema_context(saran.schema_name):
        assert not Reaction.objects.filter(user=user).exists()


def test_what_is_refused_says_why(
    program: Callable[..., Program], reactor: Program, saran: Municipality, user: Any, argument: Argument
) -> None:
    where = f"proposals/{argument.proposal_id}/reaction/"
    said = problem(reactor("PUT", where, {"value": "LOVE"}), 422, "invalid")
    assert said["errors"][0]["pointer"] == "#/value"
    assert "n'est pas un choix valide" in said["errors"][0]["detail"].replace("’", "'")
    with schema_context(saran.schema_name):
        Proposal.objects.filter(pk=argument.proposal_id).update(version=2)
        own = ProposalFactory(author=user)
    problem(reactor("PUT", where, {"value": "LIKE", "seen_version": 1}), 409, "text_renewed")
    problem(reactor("PUT", f"proposals/{own.pk}/reaction/", {"value": "LIKE"}), 409, "own_proposal")
    problem(reactor("PUT", "proposals/4711/reaction/", {"value": "LIKE"}), 404, "not_found")
    problem(program(saran)("PUT", where, {"value": "LIKE"}), 401, "unauthenticated")


def test_an_argument_is_useful_once_and_no_longer(
    reactor: Program, saran: Municipality, user: Any, argument: Argument
) -> None:
    where = f"arguments/{argument.pk}/useful/"
    assert [reactor("PUT", where).status_code for _number in range(2)] == [204, 204]
    assert reactor.get(f"arguments/{argument.pk}/").json()["useful_count"] == 1
    assert reactor("DELETE", where).status_code == 204
    with schema_context(saran.schema_name):
        assert not UsefulMark.objects.exists()
        own = ArgumentFactory(author=user)
    problem(reactor("PUT", f"arguments/{own.pk}/useful/"), 409, "own_argument")


def test_half_a_sign_is_no_text(reactor: Program, argument: Argument) -> None:
    problem(reactor("PUT", f"proposals/{argument.proposal_id}/reaction/", '{"value":"\\ud800"}'), 400, "bad_request")
