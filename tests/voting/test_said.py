"""What votes say, to whom: sentences that were untrue, or had no singular."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from consultations.outcomes.models import Project
from consultations.voting.models import Vote
from consultations.voting.result_words import round_note
from consultations.voting.services.closing import close
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.project_factories import ProjectFactory
from tests.voting.factories import a_vote, cast
from tests.voting.test_closing import over

NOW = timezone.now
TITLES = {"1": "Un banc", "2": "Un four"}


def step(**more: Any) -> dict[str, Any]:
    given = {"by_votes": False, "votes": 3, "paying": 1, "giving_rest": 2, "without": 0, "share": 20.0}
    return {**given, "strength": 1.5, "passed": [], "settled": "", "tied": [], **more}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "Sur 3 soutiens, 1 met 20\xa0€. 2 mettent ce qui leur reste. Cela fait 1,5\xa0voix pleine."),
        ({"paying": 2, "giving_rest": 1, "strength": 110.0}, "Cela fait 110\xa0voix pleines."),
        ({"settled": "number", "tied": ["2"]}, "Aucun autre projet n’avait plus de soutiens."),
        ({"settled": "number", "tied": ["2"]}, "«\xa0Un four\xa0»"),
    ],
)
def test_a_round_is_told_in_french(more: dict[str, Any], told: str) -> None:
    note = round_note(step(**more), TITLES, is_first=True)
    assert told.replace("\xa0", " ") in note.replace("\xa0", " ")
    assert "“" not in note
    assert ("C’est le plus soutenu de tous" in note) is not bool(more.get("settled"))


@pytest.fixture
def voter(in_saran: object) -> User:
    made: User = UserFactory()  # type: ignore[assignment]
    return made


def test_a_choice_says_that_it_does_not_count_before_it_is_confirmed(
    saran: Municipality, visit: Any, voter: User
) -> None:
    vote = a_vote()
    client: Client = visit(saran, voter, stays=True)
    address = vote.get_absolute_url()
    kept = "Pas encore voté\xa0: confirmez votre choix."
    assert kept not in client.get(address).content.decode()
    client.post(f"{address}choisir/", {"ajouter": "1"})
    assert kept in client.get(address).content.decode()
    receipt = client.post(f"{address}relire/", {"vu": "1"}, follow=True).content.decode()
    assert "de nouveau enregistré" not in receipt
    assert "À partir de trente bulletins" in receipt
    assert kept not in client.get(address).content.decode()
    client.post(f"{address}choisir/", {"ajouter": "2"})
    assert 'name="encore"' in client.get(f"{address}relire/").content.decode()
    again = client.post(f"{address}relire/", {"vu": "1,2", "encore": "1"}, follow=True).content.decode()
    assert "Votre choix est de nouveau enregistré" in again


def test_an_order_by_price_is_not_said_to_be_drawn(saran: Municipality, visit: Any, voter: User) -> None:
    client, address = visit(saran, voter, stays=True), a_vote().get_absolute_url()
    drawn = "Il est tiré au sort pour vous"
    assert drawn in client.get(address).content.decode()
    assert drawn not in client.get(f"{address}?ordre=prix").content.decode()


def test_a_result_of_few_does_not_promise_to_be_counted_again(saran: Municipality, visit: Any, voter: User) -> None:
    vote = a_vote()
    cast(vote, 1, user=voter)
    close(vote_id=over(vote).pk, at=NOW())
    page = visit(saran).get(f"{vote.get_absolute_url()}resultat/").content.decode()
    assert "Recompter soi-même" not in page
    assert "Comment cela a été vérifié" in page


def test_a_project_of_the_city_that_is_chosen_stays_where_it_is_and_the_page_says_so(
    saran: Municipality, visit: Any, voter: User
) -> None:
    vote = a_vote(costs=(100, 200))
    project: Project = ProjectFactory(state="STUDIED")  # type: ignore[assignment]
    vote.items.filter(number=1).update(project=project)
    cast(vote, 1, user=voter)
    close(vote_id=over(vote).pk, at=NOW())
    vote = Vote.objects.select_related("consultation").get()
    client: Client = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    page = client.get(here).content.decode()
    assert "vous seuls dites où ils en sont" in page
    assert f"/projets/{project.slug}/" in page
    client.post(f"{here}reponses/")
    project.refresh_from_db()
    assert project.state == "STUDIED"


def test_ballots_from_paper_are_in_the_sum_of_the_list(saran: Municipality, visit: Any, voter: User) -> None:
    vote = a_vote()
    cast(vote, 1, user=voter)
    for number in range(3):
        vote.paper_ballots.create(receipt=f"7Q4M2XKD9{number}", choices=[1], entered_at=NOW(), confirmed_at=NOW())
    client: Client = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = client.get(f"/gestion/consultations/{vote.consultation.slug}/votes/").content.decode()
    assert 'data-head="Bulletins">4' in page
    assert "dont 3" in page
