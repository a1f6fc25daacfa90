"""A vote that runs is found: on the home, in the menu, on the way from an idea to a project."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.voting.models import Vote
from tenants.models import Municipality
from tests.voting.factories import a_vote

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def menu_of(page: str) -> list[tuple[str, str]]:
    menu = re.findall(r'<nav[^>]*aria-label="Navigation principale">(.*?)</nav>', page, re.S)[0]
    return re.findall(r'<a href="([^"]*)"(?: aria-current="\w+")?>(.*?)</a>', menu)


def in_another(vote: Vote) -> Consultation:
    """Not the one that the home shows: that one has no phase to vote any more."""
    here = vote.consultation
    other = Consultation.objects.create(slug="autre", title="Une autre", question="Et là ?", opened_at=NOW())
    phase = here.phases.get(kind=PhaseKind.PRIORITISE)
    Phase.objects.filter(pk=phase.pk).update(consultation=other)
    Vote.objects.filter(pk=vote.pk).update(consultation=other)
    return other


def test_the_home_says_that_one_can_vote_and_leads_there(saran: Municipality, visit: Any) -> None:
    address = a_vote().get_absolute_url()
    page = visit(saran).get("/").content.decode()
    assert "Vous pouvez voter jusqu’au " in page
    assert re.search(rf'<a class="btn btn-poster" href="{address}">Voter ', page)
    assert (address, "Voter") in menu_of(page)
    assert "Un vote est ouvert" in page


def test_one_of_another_consultation_is_found_on_the_home_as_well(saran: Municipality, visit: Any) -> None:
    other = in_another(a_vote())
    address = f"/consultations/{other.slug}/votes/1/"
    page = visit(saran).get("/").content.decode()
    assert (address, "Voter") in menu_of(page)
    assert f'href="{address}">Par quels gestes commencer ?</a>' in page
    assert "Une autre" in page
    assert "Vous pouvez voter" not in page, "not in this consultation"
    with schema_context(saran.schema_name):
        Consultation.objects.update(is_current=False)
    quiet = visit(saran).get("/").content.decode()
    assert "Aucune consultation n’est ouverte" in quiet
    assert f'href="{address}">Par quels gestes commencer ?</a>' in quiet


def test_of_several_the_menu_leads_to_their_list(saran: Municipality, visit: Any) -> None:
    first, second = a_vote(), a_vote()
    client = visit(saran)
    assert ("/votes/", "Voter") in menu_of(client.get("/").content.decode())
    listed = client.get("/votes/").content.decode()
    assert first.get_absolute_url() in listed
    assert second.get_absolute_url() in listed


@pytest.mark.parametrize("state", ["to come", "over"])
def test_before_and_after_it_is_read_and_nobody_is_told_to_vote(saran: Municipality, visit: Any, state: str) -> None:
    vote = a_vote(is_open=state == "over")
    if state == "over":
        Vote.objects.update(closes_at=NOW() - timedelta(minutes=1))
    page = visit(saran).get("/").content.decode()
    assert (vote.get_absolute_url(), "Le vote") in menu_of(page)
    assert "Voter " not in page
    assert "Vous pouvez voter" not in page


def test_one_that_is_prepared_or_has_no_phase_left_is_nowhere(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    Phase.objects.filter(kind=PhaseKind.PRIORITISE).update(closes_at=NOW())
    client = visit(saran)
    assert not {"Voter", "Le vote"} & {words for _address, words in menu_of(client.get("/").content.decode())}
    held = client.get(vote.get_absolute_url()).content.decode()
    assert "Ce vote n’est pas ouvert en ce moment" in held
    with schema_context(saran.schema_name):
        Vote.objects.update(announced_at=None)
    assert "Aucun vote n’est annoncé" in client.get("/votes/").content.decode()


def test_the_way_from_an_idea_to_a_project_has_it_where_people_vote(saran: Municipality, visit: Any) -> None:
    assert "<h3>Vote</h3>" in visit(saran).get("/mode-d-emploi/").content.decode()
    with schema_context(saran.schema_name):
        Phase.objects.filter(kind=PhaseKind.PRIORITISE).delete()
    assert "<h3>Vote</h3>" not in visit(saran).get("/mode-d-emploi/").content.decode()
