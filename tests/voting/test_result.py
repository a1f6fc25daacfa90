"""The result as everybody reads it: what was chosen, why, why not, and how to count again."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.voting import rules
from consultations.voting.counting import pabulib
from consultations.voting.counting.rules import count
from consultations.voting.enums import Method
from consultations.voting.models import Tally, Vote
from consultations.voting.result_words import missed_note, round_note
from consultations.voting.selectors.result import result_of
from consultations.voting.services.closing import close
from tenants.models import Municipality
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran", "few_are_enough")


def counted(*ballots: tuple[int, ...], **more: Any) -> Vote:
    """By equal shares unless said otherwise: the Bourg has the first two projects, the Chiperie the third."""
    vote = a_vote(**{"method": Method.SHARES, "budget": 60_000, **more})
    vote.items.filter(number__lte=2).update(neighbourhood="Le Bourg")
    vote.items.filter(number=3).update(neighbourhood="La Chiperie")
    for ballot in ballots:
        cast(vote, *ballot)
    Vote.objects.filter(pk=vote.pk).update(closes_at=NOW() - timedelta(minutes=1))
    close(vote_id=vote.pk, at=NOW())
    found = Vote.objects.get(pk=vote.pk)
    found.consultation = vote.consultation
    return found


@pytest.fixture
def anybody(saran: Municipality, visit: Any) -> Client:
    client: Client = visit(saran, stays=True)
    return client


def test_it_says_what_was_chosen_and_what_each_pays(anybody: Client) -> None:
    vote = counted((1, 2), (1, 2), (1,), (3,), (3, 4))
    here = vote.get_absolute_url()
    assert anybody.get(here)["Location"] == f"{here}resultat/"
    page = anybody.get(f"{here}resultat/").content.decode()
    result = result_of(vote, Tally.objects.get())
    assert f"{len(result.rounds)}\xa0projets choisis" in page
    assert "Des bancs à l’ombre" in page
    assert result.rounds[0].note in page.replace("&quot;", '"')
    assert "Et en prenant les plus votés d’abord" in page
    assert "Le Bourg" in page


def test_without_a_result_its_address_leads_to_the_vote(anybody: Client) -> None:
    vote = a_vote()
    here = vote.get_absolute_url()
    assert anybody.get(f"{here}resultat/")["Location"] == here
    for name in ("bulletins.pb", "tours.csv", "recus.txt"):
        assert anybody.get(f"{here}{name}").status_code == 404


def test_anybody_counts_the_same_from_the_file_of_thirty_ballots(anybody: Client) -> None:
    vote = counted(*[(1 + number % 4, 5) for number in range(30)], budget=150_000)
    here = vote.get_absolute_url()
    page = anybody.get(f"{here}resultat/").content.decode()
    assert "bulletins.pb" in page
    served = anybody.get(f"{here}bulletins.pb").content.decode()
    again = count(pabulib.read(io.StringIO(served)), "equal-shares")
    assert list(again.selected) == Tally.objects.get().result["count"]["selected"]
    assert anybody.get(f"{here}bulletins.csv").status_code == 404
    steps = anybody.get(f"{here}tours.csv").content.decode("utf-8-sig")
    assert len(steps.splitlines()) == 1 + len(again.selected)
    assert len(anybody.get(f"{here}recus.txt").content.split()) == 30


def test_fewer_ballots_are_counted_and_not_published(anybody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PUBLISHED_FROM", 30)
    vote = counted((1,), (2,))
    assert "En dessous de trente" in anybody.get(f"{vote.get_absolute_url()}resultat/").content.decode()
    assert anybody.get(f"{vote.get_absolute_url()}bulletins.pb").status_code == 404
    assert len(anybody.get(f"{vote.get_absolute_url()}recus.txt").content.split()) == 2


def test_voices_are_ranked_and_published_as_a_table(anybody: Client) -> None:
    vote = counted(*[(1 + number % 3,) for number in range(31)], method=Method.CHOICES)
    here = vote.get_absolute_url()
    page = anybody.get(f"{here}resultat/").content.decode()
    assert "2\xa0projets choisis" in page
    assert "Les 2\xa0projets qui ont le plus de voix sont retenus" in page
    table = anybody.get(f"{here}bulletins.csv").content.decode()
    assert table.startswith("\ufeffseats;2\r\n")
    assert len(table.splitlines()) == 33
    again = count(pabulib.read_csv(io.StringIO(table)), "k")
    assert list(again.selected) == Tally.objects.get().result["count"]["selected"] == ["1", "2"]
    assert anybody.get(f"{here}bulletins.pb").status_code == 404


def test_what_decided_between_equals_is_said_on_both_sides_of_the_cut() -> None:
    vote = counted((1,), (1,), (2,), (3,), method=Method.CHOICES)
    result = result_of(vote, Tally.objects.get())
    assert [each.item.number for each in result.rounds] == [1, 2]
    assert result.ties == 1
    assert "numéro dans la liste a décidé" in result.rounds[1].note
    missed = {each.item.number: each.note for each in result.missed}
    assert "autant que le dernier retenu" in missed[3]
    assert "Personne" in missed[4]


def test_without_seats_a_vote_by_voices_ranks(anybody: Client) -> None:
    vote = counted((1,), (2,), (1,), method=Method.CHOICES, seats=None)
    page = anybody.get(f"{vote.get_absolute_url()}resultat/").content.decode()
    assert "Le plus choisi" in page
    assert "au moins un projet qu" not in page


def test_many_supporters_and_yet_no_is_explained(anybody: Client) -> None:
    """The fourth is wanted by more people than the second, and costs nearly all there is."""
    vote = counted((4,), (4,), (4,), (4,), (2,), (2,), budget=59_000)
    puzzle = result_of(vote, Tally.objects.get()).puzzle
    assert puzzle is not None
    assert (puzzle.item.number, puzzle.votes, puzzle.needed) == (4, 4, 41_500 / 4)
    page = anybody.get(f"{vote.get_absolute_url()}resultat/").content.decode()
    assert "4\xa0soutiens, et pourtant non" in page


def test_an_error_is_written_to_the_town_hall(anybody: Client) -> None:
    vote = counted((1,))
    here = f"{vote.get_absolute_url()}resultat/"
    Consultation.objects.update(contact_email="participation@saran.example")
    page = anybody.get(here).content.decode()
    assert 'href="mailto:participation@saran.example?subject=Erreur%20dans%20le%20r' in page
    Consultation.objects.update(contact_email="")
    assert "mailto:" not in anybody.get(here).content.decode().split("<main", 1)[1].split("<footer", 1)[0]


def test_how_it_will_be_counted_is_said_before(anybody: Client) -> None:
    for method, words in (
        (Method.SHARES, "la règle «\xa0Add1\xa0»"),
        (Method.BUDGET, "tant qu’il reste de l’argent"),
        (Method.CHOICES, "Les 2\xa0projets qui ont le plus de voix"),
    ):
        page = anybody.get(a_vote(method=method).get_absolute_url()).content.decode()
        assert words in page
        assert "plus petit numéro dans la liste" in page
        assert "C’est arrivé" not in page


def test_nobody_voted_and_the_page_says_so(anybody: Client) -> None:
    vote = counted()
    assert "Personne n’a voté" in anybody.get(f"{vote.get_absolute_url()}resultat/").content.decode()


def test_a_budget_says_what_was_missing_at_its_turn() -> None:
    vote = counted((1,), (1,), (2,), method=Method.BUDGET, budget=40_000)
    result = result_of(vote, Tally.objects.get())
    assert [each.item.number for each in result.rounds] == [1]
    missed = {each.item.number: each for each in result.missed}
    assert missed[2].missing == 18_500 - 12_000
    assert "6\u202f500" in missed[2].note
    assert "Personne" in missed[3].note


def test_why_this_one_was_next() -> None:
    titles = {"1": "Un", "2": "Deux"}
    step: dict[str, Any] = {"votes": 10, "by_votes": False, "share": 12.5, "paying": 6, "giving_rest": 3, "without": 1}
    step |= {"strength": 7.25, "passed": [{"project": "2", "votes": 12, "strength": 4.0}], "tied": [], "settled": None}
    said = round_note(step, titles, is_first=False)
    for words in ("12,50", "7,2", "Deux", ["12", "soutiens"][0]):
        assert words in said
    step |= {"passed": [], "tied": ["2"], "settled": "number"}
    assert "numéro" in round_note(step, titles, is_first=False)
    step |= {"settled": "votes"}
    assert "voix" in round_note(step, titles, is_first=False)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("no-votes", "Personne"),
        ("too-dear", "tout le budget"),
        ("supporters", "à eux tous"),
        ("no-money", "il manquait"),
        ("seats", "de moins"),
        ("even", "autant que le dernier"),
    ],
)
def test_why_that_one_was_not(why: str, words: str) -> None:
    fewer = 0 if why == "even" else 4
    why = "seats" if why == "even" else why
    one = {"why": why, "votes": 3, "held": 10.0, "missing": 5.0, "people": 2, "over": 7, "fewer": fewer}
    assert words in missed_note(one)
