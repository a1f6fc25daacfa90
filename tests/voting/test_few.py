"""Few people voted on the site: what is chosen is public, and nothing that tells who chose what, to the team either."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from consultations.voting.enums import Method
from consultations.voting.models import PaperBallot, Tally, Vote
from consultations.voting.selectors.result import result_of
from consultations.voting.services.closing import close
from consultations.voting.services.outcome import _why_chosen, _why_not
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast
from tests.voting.test_closing import over

pytestmark = pytest.mark.usefixtures("in_saran")
MARKS = ("soutiens", "1 soutien", "l’a choisi", "ont choisi", "voix pour", "tours.csv", "bulletins.pb", "bulletins.csv")


def counted(vote: Vote) -> tuple[Vote, Tally]:
    close(vote_id=over(vote).pk, at=timezone.now())
    return Vote.objects.get(pk=vote.pk), Tally.objects.get(vote=vote)


def on_paper(vote: Vote, ballots: int) -> None:
    now = timezone.now()
    PaperBallot.objects.bulk_create(
        PaperBallot(vote=vote, receipt=f"P{each:09}", choices=[1], entered_at=now, confirmed_at=now)
        for each in range(ballots)
    )


@pytest.fixture
def anybody(saran: Municipality, visit: Any) -> Client:
    client: Client = visit(saran, stays=True)
    return client


@pytest.mark.parametrize("method", Method.values)
def test_what_is_chosen_is_said_and_not_by_how_many(method: str, anybody: Client) -> None:
    vote = a_vote(method=method, budget=60_000)
    for numbers in ((1, 2), (2,), (2, 3)):
        cast(vote, *numbers)
    vote, tally = counted(vote)
    here = vote.get_absolute_url()
    page = anybody.get(f"{here}resultat/").content.decode().split("<main", 1)[1]
    assert "Un frigo partagé" in page
    assert "Moins de trente personnes" in page
    assert not [each for each in MARKS if each in page]
    assert anybody.get(f"{here}tours.csv").status_code == 404
    assert len(anybody.get(f"{here}recus.txt").content.split()) == 3
    # Nor is it kept: neither ballots, nor counts, nor what comes of them.
    assert (tally.file, tally.result["votes"], tally.is_published) == ("", {}, False)
    assert set(tally.result) == {"count", "votes"}
    for each in (*tally.result["count"]["steps"], *tally.result["count"]["not_selected"]):
        assert set(each) == {"project", "cost"}
    assert [each.votes for each in result_of(vote, tally).rows] == [None] * 5


def test_programs_and_open_data_are_told_no_more(anybody: Client) -> None:
    vote = a_vote()
    cast(vote, 1)
    vote, _tally = counted(vote)
    given = anybody.get(f"/api/v1/consultations/{vote.consultation.slug}/votes/{vote.number}/").json()
    assert [row["round"] for row in given["result"]["rows"]] == [1, None, None, None, None]
    assert {row["votes"] for row in given["result"]["rows"]} == {None}


@pytest.mark.parametrize(("online", "paper", "shown"), [(1, 29, False), (29, 30, False), (30, 0, True), (0, 30, True)])
def test_paper_that_the_team_has_read_hides_nobody(online: int, paper: int, shown: bool) -> None:
    vote = a_vote()
    for _each in range(online):
        cast(vote, 3)
    on_paper(vote, paper)
    _vote, tally = counted(vote)
    assert (tally.online, tally.paper) == (online, paper)
    assert tally.is_published is tally.shows_counts is bool(tally.file) is bool(tally.result["votes"]) is shown


def test_what_was_counted_before_is_hidden_too() -> None:
    vote = a_vote()
    cast(vote, 1)
    vote, tally = counted(vote)
    step = {"project": "1", "cost": 28_000, "votes": 1, "settled": None, "by_votes": True}
    tally.result["count"] |= {"steps": [step], "completion": {}}
    tally.result["votes"] = {"1": 1}
    assert tally.shown_count["steps"] == [{"project": "1", "cost": 28_000}]
    assert {each.votes for each in result_of(vote, tally).rounds} == {None}


def test_the_draft_of_an_answer_says_no_number() -> None:
    vote = a_vote()
    cast(vote, 1)
    vote, tally = counted(vote)
    count = tally.shown_count
    assert "Son coût est de 28\u202f000\xa0€" in _why_chosen(vote, count["steps"][0], 1, 5)
    assert _why_not(vote, count["not_selected"][0]).endswith("pas été retenu cette fois.")


def test_the_team_reads_no_names_of_few(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    people = [UserFactory(public_name=f"Personne {number}") for number in range(29)]
    for person in people:
        cast(vote, 1, user=person)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/votants/"
    team = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = team.get(here).content.decode()
    assert "Personne 1" not in page
    assert "à partir de trente" in page
    cast(vote, 1, user=UserFactory(public_name="Personne 29"))
    assert "Personne 12" in team.get(here).content.decode()


def test_it_is_said_before_people_vote_and_before_it_is_announced(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    assert (
        "moins de trente bulletins"
        in visit(saran, UserFactory(), stays=True).get(vote.get_absolute_url()).content.decode()
    )
    Vote.objects.update(announced_at=None)
    team = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = team.get(f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/").content.decode()
    assert "moins de trente bulletins" in page
