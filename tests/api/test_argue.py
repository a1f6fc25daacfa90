"""POST proposals/<id>/arguments/ and arguments/<id>/replies/, PATCH of both: saying why, and answering."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context

from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.api.conftest import Program, problem
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

TEXT = "Ma mère a 84 ans et pas de balcon : un banc à l’ombre change sa journée."
REPLY = "Et le trajet jusqu’à la gare en devient possible."


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        found: Proposal = ProposalFactory()
        return found


@pytest.fixture
def arguer(program: Callable[..., Program], saran: Municipality, person: Any) -> Program:
    return program(saran, person(), "argue")


def test_an_argument_is_read_where_it_was_given(arguer: Program, saran: Municipality, proposal: Proposal) -> None:
    where = f"proposals/{proposal.pk}/arguments/"
    sent = {"stance": "FOR", "text": TEXT, "kind": "EXPERIENCE", "part": "SOLUTION"}
    answer = arguer("POST", where, sent)
    assert answer.status_code == 201
    again = arguer("POST", where, sent)  # sent again it is the one that is there
    assert again.json()["id"] == answer.json()["id"]
    (given,) = arguer.get(f"{where}?stance=FOR").json()["results"]
    assert {name: given[name] for name in sent} == sent
    assert arguer.get(f"{where}?stance=AGAINST").json()["results"] == []
    assert arguer.get(f"proposals/{proposal.pk}/").json()["arguments"]["for_count"] == 1


def test_a_source_is_an_address(arguer: Program, proposal: Proposal) -> None:
    sent = {"stance": "FOR", "text": TEXT, "source_url": "javascript:alert(1)"}
    said = problem(arguer("POST", f"proposals/{proposal.pk}/arguments/", sent), 422, "no_web_address")
    assert said["errors"][0]["pointer"] == "#/source_url"


def test_ones_own_is_corrected_and_nobody_elses(arguer: Program, saran: Municipality, proposal: Proposal) -> None:
    made = arguer("POST", f"proposals/{proposal.pk}/arguments/", {"stance": "FOR", "text": TEXT}).json()
    better = {"stance": "IMPROVE", "text": TEXT + " Avec un dossier."}
    assert arguer("PATCH", f"arguments/{made['id']}/", better).status_code == 200
    assert arguer.get(f"arguments/{made['id']}/").json()["stance"] == "IMPROVE"
    with schema_context(saran.schema_name):
        ReplyFactory(argument_id=made["id"])
        type(proposal).objects.filter(pk=proposal.pk).update(version=1)
        others = ArgumentFactory()
    problem(arguer("PATCH", f"arguments/{others.pk}/", better), 403, "not_yours")


def test_a_reply_is_given_and_corrected(arguer: Program, saran: Municipality, proposal: Proposal) -> None:
    with schema_context(saran.schema_name):
        argument = ArgumentFactory(proposal=proposal, author=UserFactory())
    where = f"arguments/{argument.pk}/replies/"
    made = arguer("POST", where, {"text": REPLY}).json()
    assert arguer("PATCH", f"replies/{made['id']}/", {"text": REPLY + " Merci."}).status_code == 200
    (given,) = arguer.get(where).json()["results"]
    assert (given["id"], given["text"]) == (made["id"], REPLY + " Merci.")
    problem(arguer("POST", where, {"text": "Oui."}), 422, "invalid")
    with schema_context(saran.schema_name):
        others = ReplyFactory()
    problem(arguer("PATCH", f"replies/{others.pk}/", {"text": REPLY}), 403, "not_yours")


def test_ones_own_proposal_takes_no_argument_of_ones_own(
    program: Callable[..., Program], saran: Municipality, person: Any
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        own = ProposalFactory(author=user)
    answer = program(saran, user, "argue")("POST", f"proposals/{own.pk}/arguments/", {"stance": "FOR", "text": TEXT})
    problem(answer, 409, "own_proposal")
