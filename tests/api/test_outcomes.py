"""What became of it: versions, answers, projects, votes, figures, as everybody reads them."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.analysis.models import Dashboard
from consultations.framing.models import Consultation
from consultations.outcomes.models import AnswerVersion, Project
from consultations.participation.enums import Status
from consultations.participation.models import Proposal, ProposalVersion
from consultations.voting.models import Item
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.outcomes.factories import published_answer
from tests.participation.factories import ProposalFactory
from tests.support.addresses import one_of_everything


@pytest.fixture
def reader(program: Callable[..., Program], saran: Municipality) -> Program:
    return program(saran)


def test_two_versions_say_what_changed(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        ProposalVersion.objects.filter(proposal=proposal).delete()
        texts = {"solution": "Un banc.", "problem": "Trop loin.", "benefit": "Moins loin."}
        for number, title in ((1, "Un banc vert ici"), (2, "Deux bancs verts ici")):
            ProposalVersion.objects.create(proposal=proposal, number=number, title=title, **texts)
    found = reader.get(f"proposals/{proposal.pk}/versions/").json()["results"]
    assert [each["number"] for each in found] == [2, 1]
    said = reader.get(f"proposals/{proposal.pk}/difference/?before=1&after=2").json()
    (change,) = said["changes"]
    assert change["part"] == "title"
    kinds = {each["kind"] for each in change["pieces"]}
    assert {"added", "removed"} <= kinds
    problem(reader.get(f"proposals/{proposal.pk}/difference/?before=1&after=3"), 404, "not_found")
    problem(reader.get(f"proposals/{proposal.pk}/difference/?before=1"), 400, "invalid_parameters")


def test_an_answer_is_the_one_that_counts_and_goes_with_what_hides_it(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        answer = published_answer()
    (given,) = reader.get("answers/").json()["results"]
    assert (given["proposal"], given["decision"]) == (answer.proposal_id, answer.current.decision)
    assert given["signed_name"] == answer.current.signed_name
    assert reader.get(f"answers/?proposal={answer.proposal_id}").json()["results"]
    with schema_context(saran.schema_name):
        AnswerVersion.objects.update(is_hidden=True)
    assert reader.get("answers/").json()["results"] == []


def test_a_project_and_a_vote_say_what_their_pages_say(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        one_of_everything()
        Project.objects.filter(slug="un-square").update(budget_planned=12_000)
    given = reader.get("projects/un-square/").json()
    assert (given["slug"], given["budget_planned"]) == ("un-square", 12_000)
    assert given["milestones"]
    assert "un-square" in [each["slug"] for each in reader.get("projects/").json()["results"]]
    with schema_context(saran.schema_name):
        slug = Consultation.objects.get(is_current=True).slug
        Project.objects.update(published_at=None)
    problem(reader.get("projects/un-square/"), 404, "not_found")
    votes = reader.get(f"consultations/{slug}/votes/").json()["results"]
    counted = next(each for each in votes if each["state"] == "COUNTED")
    assert counted["result"]["rows"]
    assert all(each["result"] is None for each in votes if each["state"] != "COUNTED")
    path = f"consultations/{slug}/votes/{counted['number']}/"
    assert reader.get(path).json() == counted
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        Item.objects.filter(vote__number=counted["number"], number=1).update(proposal=proposal)
    assert reader.get(path).json()["items"][0]["proposal"] == proposal.pk
    with schema_context(saran.schema_name):
        Proposal.objects.filter(pk=proposal.pk).update(status=Status.HIDDEN)
    assert reader.get(path).json()["items"][0]["proposal"] is None


def test_figures_are_there_where_the_city_publishes_them(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        found = Consultation.objects.get(is_current=True)
    where = f"consultations/{found.slug}/figures/"
    problem(reader.get(where), 404, "not_found")
    with schema_context(saran.schema_name):
        Dashboard.objects.update_or_create(
            consultation=found, defaults={"is_public": True, "updated_at": timezone.now()}
        )
    assert reader.get(where).json()["rows"]
