"""Proposing in three steps: saved as one goes, before signing in too, published once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.models import Challenge, Consultation
from consultations.participation import services
from consultations.participation.models import Draft, Proposal, ProposalVersion
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import BENEFIT, PROBLEM, SOLUTION, DraftFactory
from tests.participation.test_react import close_phase

NOW = timezone.now
STEPS = [
    ("probleme", "problem", PROBLEM),
    ("benefice", "benefit", BENEFIT),
    ("titre", "title", "Des cours ouvertes le soir"),
]


def write_all(client: Client) -> str:
    """Go through the steps as a person does; the address of the read-through."""
    response = client.post("/defis/ecologie/proposer/", {"solution": SOLUTION})
    for path, name, text in STEPS:
        assert response.headers["Location"].endswith(f"/{path}/")
        response = client.post(response.headers["Location"], {name: text})
    return response.headers["Location"]


def test_a_resident_proposes_in_three_steps(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    client = visit(saran, author := person())
    review = write_all(client)
    page = client.get(review).content.decode()
    assert "invivables en juillet" in page
    response = client.post(review)
    with schema_context(saran.schema_name):
        proposal = Proposal.objects.get()
        assert (proposal.author, proposal.solution, proposal.version) == (author, SOLUTION, 1)
        assert ProposalVersion.objects.get().benefit == BENEFIT
        assert Challenge.objects.get(slug="ecologie").proposal_count == 1
        assert Consultation.objects.get().proposal_count == 1
        assert response.headers["Location"] == proposal.get_absolute_url()


def test_publishing_twice_gives_one_proposal(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    client = visit(saran, person())
    review = write_all(client)
    assert client.post(review).headers["Location"] == client.post(review).headers["Location"]
    with schema_context(saran.schema_name):
        assert Proposal.objects.count() == 1


def test_a_visitor_writes_everything_then_signs_in_and_it_is_published(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(saran)
    review = write_all(visitor)
    assert visitor.post(review).headers["Location"] == "/connexion/"
    with schema_context(saran.schema_name):
        visitor.force_login(UserFactory())
    visitor.get("/reprendre/")
    with schema_context(saran.schema_name):
        assert Proposal.objects.get().solution == SOLUTION


def test_an_invalid_step_is_refused_and_nevertheless_kept(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    response = visit(saran, person()).post("/defis/ecologie/proposer/", {"solution": "Trop court"})
    assert response.status_code == 422
    assert "Trop court" in response.content.decode()
    with schema_context(saran.schema_name):
        assert Draft.objects.get().solution == "Trop court"


def test_a_text_of_nineteen_thousand_characters_is_refused_and_kept(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    long = "Une phrase de trop. " * 950
    response = visit(saran, person()).post("/defis/ecologie/proposer/", {"solution": long})
    assert response.status_code == 422
    with schema_context(saran.schema_name):
        assert len(Draft.objects.get().solution) == len(long.strip())


def test_an_empty_read_through_leads_back_to_the_missing_step(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author, benefit="")
    response = visit(saran, author).post(f"/brouillons/{draft.pk}/")
    assert response.headers["Location"] == f"/brouillons/{draft.pk}/benefice/"


def test_autosave_answers_where_the_draft_is(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    response = visitor.post("/defis/ecologie/proposer/", {"solution": "Ouv", "autosave": "1"})
    assert response.status_code == 204
    url = response.headers["X-Draft-Url"]
    visitor.post(url, {"solution": "Ouvrir la", "autosave": "1"})
    assert "Ouvrir la" in visitor.get(url).content.decode()
    with schema_context(saran.schema_name):
        assert Draft.objects.get().solution == "Ouvrir la"


@pytest.mark.parametrize("path", ["", "solution/", "supprimer/confirmer/"])
def test_somebody_elses_draft_does_not_exist(
    visit: Callable[..., Client], saran: Municipality, person: Any, path: str
) -> None:
    with schema_context(saran.schema_name):
        mine, anonymous = DraftFactory(author=UserFactory()), DraftFactory()
    for client in (visit(saran), visit(saran, person())):
        for draft in (mine, anonymous):
            assert client.get(f"/brouillons/{draft.pk}/{path}").status_code == 404


def test_an_unfinished_draft_is_offered_again(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author, challenge=Challenge.objects.get(slug="ecologie"))
    assert str(draft.pk) in visit(saran, author).get("/defis/ecologie/proposer/").content.decode()


def test_a_closed_phase_refuses_the_proposal_and_keeps_the_draft(in_saran: Municipality) -> None:
    draft, author = DraftFactory(), UserFactory()
    close_phase()
    with pytest.raises(services.PhaseClosed):
        services.submit_proposal(draft=draft, author=author, at=NOW())
    assert Draft.objects.get().solution == SOLUTION
    assert not Proposal.objects.exists()


def test_somebody_elses_draft_cannot_be_published(in_saran: Municipality) -> None:
    with pytest.raises(services.NotYours):
        services.submit_proposal(draft=DraftFactory(author=UserFactory()), author=UserFactory(), at=NOW())
