"""Choosing and confirming: one ballot a person, changed until the end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Capacity, Role
from accounts.models import User
from consultations.participation.services.refusals import PhaseClosed
from consultations.voting.enums import Electorate, Method
from consultations.voting.models import Ballot, Vote, Voter
from consultations.voting.sealing import order_of
from consultations.voting.selectors.ballot import ballot_page
from consultations.voting.services import refusals
from consultations.voting.services.ballots import choose, confirm
from consultations.voting.services.items import withdraw_item
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def put(vote: Vote, user: Any, number: int, *, wanted: bool = True, at: Any = None) -> Any:
    return choose(vote=vote, user=user, number=number, wanted=wanted, at=at or NOW())


def chosen(vote: Vote, user: Any) -> set[int]:
    return set(ballot_page(vote, user, at=NOW()).basket.numbers)


def test_what_was_withdrawn_is_said_on_the_ballot_and_on_the_receipt_of_whoever_chose_it(
    saran: Municipality, visit: Callable[..., Any]
) -> None:
    vote, chose, other = a_vote(), UserFactory(), UserFactory()
    cast(vote, 1, 2, user=chose)
    cast(vote, 2, user=other)
    withdraw_item(item=vote.items.get(number=1), why="Le terrain est vendu.", by=UserFactory(), at=NOW())
    for page in ("", "recu/"):
        here = vote.get_absolute_url() + page
        assert "Vous aviez choisi «\xa0Des bancs à l’ombre\xa0»" in visit(saran, chose).get(here).content.decode()
        assert "Vous aviez choisi" not in visit(saran, other).get(here).content.decode()


def test_what_is_chosen_is_kept_and_counts_once_confirmed() -> None:
    vote, user = a_vote(), UserFactory()
    put(vote, user, 1)
    put(vote, user, 1)
    assert chosen(vote, user) == {1}
    assert not Voter.objects.exists()
    first = confirm(vote=vote, user=user, seen=[1], at=NOW())
    again = confirm(vote=vote, user=user, seen=[1], at=NOW())
    assert (len(first.receipt), first.receipt) == (10, again.receipt)
    put(vote, user, 2)
    page = ballot_page(vote, user, at=NOW())
    assert page.basket.is_changed
    assert page.basket.confirmed
    assert set(page.basket.confirmed.items) == {1}
    put(vote, user, 1, wanted=False)
    other = confirm(vote=vote, user=user, seen=[2], at=NOW())
    assert other.receipt == first.receipt
    assert Ballot.objects.count() == Voter.objects.filter(has_voted=True).count() == 1
    assert Vote.objects.get().begun


def test_a_basket_is_never_over_its_budget() -> None:
    vote, user = a_vote(budget=60_000), UserFactory()
    put(vote, user, 1)
    with pytest.raises(refusals.OverBudget) as refusal:
        put(vote, user, 4)
    assert "9\u202f500" in str(refusal.value.message)
    put(vote, user, 3)
    assert ballot_page(vote, user, at=NOW()).basket.left == 0


def test_one_project_dearer_than_everything_is_never_chosen() -> None:
    vote, user = a_vote(costs=[1_000_000_000, 5]), UserFactory()
    with pytest.raises(refusals.TooDear):
        put(vote, user, 1)


def test_voices_have_a_most_and_equal_shares_have_none() -> None:
    voices, user = a_vote(method=Method.CHOICES, most=2), UserFactory()
    put(voices, user, 1)
    put(voices, user, 2)
    with pytest.raises(refusals.TooManyChosen):
        put(voices, user, 3)
    shares = a_vote(method=Method.SHARES, budget=1000)
    for number in range(1, 6):
        put(shares, user, number)
    assert chosen(shares, user) == {1, 2, 3, 4, 5}


def test_too_few_are_not_confirmed() -> None:
    vote, user = a_vote(least=2), UserFactory()
    with pytest.raises(refusals.TooFewChosen):
        confirm(vote=vote, user=user, seen=[], at=NOW())
    put(vote, user, 1)
    with pytest.raises(refusals.TooFewChosen):
        confirm(vote=vote, user=user, seen=[1], at=NOW())
    assert not Voter.objects.exists()


def test_from_two_devices_what_was_not_read_is_not_confirmed() -> None:
    vote, user = a_vote(), UserFactory()
    put(vote, user, 1)
    put(vote, user, 2)  # elsewhere, after the first page was read through
    with pytest.raises(refusals.ChosenElsewhere):
        confirm(vote=vote, user=user, seen=[1], at=NOW())
    assert not Voter.objects.exists()


def test_before_and_after_nothing_is_kept() -> None:
    vote, user = a_vote(), UserFactory()
    with pytest.raises(refusals.VoteNotOpen):
        put(vote, user, 1, at=vote.opens_at - timedelta(minutes=1))
    put(vote, user, 1)
    for at in (vote.closes_at, vote.closes_at + timedelta(days=1)):
        with pytest.raises(refusals.VoteOver):
            put(vote, user, 2, at=at)
        with pytest.raises(refusals.VoteOver):
            confirm(vote=vote, user=user, seen=[1], at=at)
    vote.consultation.phases.filter(kind="PRIORITISE").update(closes_at=NOW() - timedelta(minutes=1))
    vote = Vote.objects.get()
    with pytest.raises(PhaseClosed):
        put(vote, user, 2)


def test_what_closes_while_somebody_presses_is_closed_for_them() -> None:
    vote, user = a_vote(), UserFactory()
    put(vote, user, 1)
    Vote.objects.filter(pk=vote.pk).update(closed_at=NOW())  # read before that: `vote` knows nothing of it
    with pytest.raises(refusals.VoteOver):
        confirm(vote=vote, user=user, seen=[1], at=NOW())
    assert not Voter.objects.exists()


def test_who_may_vote_is_asked_at_each_press() -> None:
    vote = a_vote(electorate=Electorate.RESIDENTS)
    with pytest.raises(refusals.MayNotVote):
        put(vote, UserFactory(capacity=Capacity.WORKER), 1)
    put(vote, UserFactory(capacity=Capacity.RESIDENT), 1)
    with pytest.raises(refusals.MayNotVote):
        put(a_vote(), UserFactory(role=Role.DELEGATE), 1)


def test_what_is_not_there_or_withdrawn_is_not_chosen() -> None:
    vote, user, by = a_vote(), UserFactory(), UserFactory(role=Role.FACILITATOR)
    with pytest.raises(refusals.UnknownItem):
        put(vote, user, 99)
    cast(vote, 1, 2, user=user)
    withdraw_item(item=vote.items.get(number=2), why="Le terrain est vendu.", by=by, at=NOW())
    with pytest.raises(refusals.ItemWithdrawn):
        put(vote, UserFactory(), 2)
    page = ballot_page(vote, user, at=NOW())
    assert [each.number for each in page.basket.withdrawn] == [2]
    assert page.basket.left == 150_000 - 28_000
    with pytest.raises(refusals.ChosenElsewhere):  # read through before it was withdrawn
        confirm(vote=vote, user=user, seen=[1, 2], at=NOW())
    assert confirm(vote=vote, user=user, seen=[1], at=NOW()).items == {1}
    alone = a_vote()
    cast(alone, 2, user=user)
    withdraw_item(item=alone.items.get(number=2), why="Le terrain est vendu.", by=by, at=NOW())
    with pytest.raises(refusals.TooFewChosen):
        confirm(vote=alone, user=user, seen=[], at=NOW())


def test_each_has_their_own_order_and_keeps_it() -> None:
    vote = a_vote(costs=[1000] * 20)
    people = [UserFactory() for _three in range(3)]
    orders = [[card.item.number for card in ballot_page(vote, each, at=NOW()).cards] for each in people]
    assert orders == [[card.item.number for card in ballot_page(vote, each, at=NOW()).cards] for each in people]
    assert len({tuple(each) for each in orders}) == 3
    assert sorted(orders[0]) == list(range(1, 21))
    assert order_of(b"a", "user:1", range(9)) != order_of(b"b", "user:1", range(9))


def test_a_confirmed_ballot_is_few_statements_however_many_projects_and_ballots() -> None:
    vote = a_vote(costs=[1000] * 60)
    for _some in range(3):
        cast(vote, 1)
    vote, user = Vote.objects.select_related("consultation").get(pk=vote.pk), UserFactory()
    put(vote, user, 1)
    with CaptureQueriesContext(connection) as asked:
        confirm(vote=vote, user=user, seen=[1], at=NOW())
    # Its phases, who may, the key in public, what is put to it, the lock, the ballot twice, who voted.
    assert len([each for each in asked if "set_config" not in each["sql"] and "SAVEPOINT" not in each["sql"]]) <= 8


# ── Pages ────────────────────────────────────────────────────────────────────


@pytest.fixture
def vote() -> Vote:
    return a_vote()


@pytest.fixture
def voter(in_saran: object) -> User:
    made: User = UserFactory(public_name="Tilleul")  # type: ignore[assignment]
    return made


@pytest.fixture
def phone(saran: Municipality, voter: User, visit: Any) -> Client:
    client: Client = visit(saran, voter, stays=True)
    return client


def test_a_ballot_is_filled_read_through_and_confirmed_without_javascript(phone: Client, vote: Vote) -> None:
    here = vote.get_absolute_url()
    argument = ArgumentFactory(proposal=ProposalFactory(for_count=1), stance="FOR", text="Ma grand-mère s’arrête.")
    vote.items.filter(number=1).update(proposal=argument.proposal)
    page = phone.get(here).content.decode()
    assert "Pour et contre, 1\xa0argument" in page
    assert "Ma grand-mère s’arrête." in page
    assert "150\u202f000\xa0€" in page
    pressed = phone.post(f"{here}choisir/", {"ajouter": "1"})
    assert (pressed.status_code, pressed["Location"]) == (302, f"{here}#p1")
    assert "122\u202f000\xa0€" in phone.get(here).content.decode()
    review = phone.get(f"{here}relire/").content.decode()
    assert 'name="vu" value="1"' in review
    done = phone.post(f"{here}relire/", {"vu": "1"}, follow=True)
    receipt = done.content.decode()
    assert "Votre vote est enregistré" in receipt
    assert "Des bancs à l’ombre" in receipt
    assert "no-store" in done["Cache-Control"]
    stale = phone.post(f"{here}relire/", {"vu": "1,2"})
    assert stale.status_code == 409
    assert "sur un autre appareil" in stale.content.decode()


def test_with_javascript_the_ballot_comes_back_alone(phone: Client, vote: Vote) -> None:
    here = vote.get_absolute_url()
    answer = phone.post(f"{here}choisir/", {"ajouter": "1"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.lstrip().startswith('<div class="container ballot"')
    assert 'name="retirer" value="1"' in page


def test_a_press_that_is_refused_says_why_on_its_card(phone: Client, vote: Vote) -> None:
    here = vote.get_absolute_url()
    for number in (5, 4, 3):
        phone.post(f"{here}choisir/", {"ajouter": number})
    answer = phone.post(f"{here}choisir/", {"ajouter": "1"})
    assert answer.status_code == 422
    assert "Il vous manque 18\u202f500\xa0€" in answer.content.decode()
    assert phone.post(f"{here}choisir/", {"ajouter": "²"}).status_code == 404
    assert phone.post(f"{here}choisir/", {"ajouter": "1" * 300}).status_code == 404


def test_a_guessed_code_is_refused_beside_its_field_and_only_so_often(phone: Client) -> None:
    vote = a_vote(electorate=Electorate.CODES)
    here = vote.get_absolute_url()
    assert "Le code de votre lettre" in phone.get(here).content.decode()
    answers = [phone.post(f"{here}code/", {"code": f"AAAA AAA{number}"}) for number in range(11)]
    assert [each.status_code for each in answers] == [422] * 10 + [429]
    assert "Ce code n’est pas connu" in answers[0].content.decode()


def test_visitors_read_what_is_put_to_the_vote_and_sign_in_to_vote(saran: Municipality, vote: Vote, visit: Any) -> None:
    here = vote.get_absolute_url()
    visitor = visit(saran, stays=True)
    page = visitor.get(here).content.decode()
    assert "Des bancs à l’ombre" in page
    assert "Se connecter pour voter" in page
    assert "choisir/" not in page
    assert visitor.post(f"{here}choisir/", {"ajouter": "1"}).status_code == 302
    Vote.objects.update(announced_at=None, begun=False)
    assert visitor.get(here).status_code == 404
