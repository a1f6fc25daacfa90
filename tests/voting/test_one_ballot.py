"""One mailbox is one ballot, whatever accounts come and go; and a receipt says that a ballot was counted, never what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.erasure import erase
from accounts.mailboxes import mailbox_of
from accounts.models import User
from consultations.voting.models import Ballot, Tally, Vote, Voter
from consultations.voting.selectors.ballot import ballot_page
from consultations.voting.selectors.own import ballot_name
from consultations.voting.services.ballots import choose, confirm
from consultations.voting.services.closing import close
from consultations.voting.services.refusals import VotedAlready
from tenants.keys.services import key_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran", "few_are_enough")


def counted(vote: Vote) -> Tally:
    Vote.objects.filter(pk=vote.pk).update(closes_at=NOW() - timedelta(minutes=1))
    close(vote_id=vote.pk, at=NOW())
    return Tally.objects.get(vote=vote)


def somebody(email: str) -> Any:
    return UserFactory(email=email, mailbox=mailbox_of(email))


def moved_to(user: Any, email: str) -> None:
    User.objects.filter(pk=user.pk).update(email=email, mailbox=mailbox_of(email))
    user.refresh_from_db()


def test_whoever_leaves_and_comes_back_with_the_same_mailbox_does_not_vote_twice() -> None:
    vote, user = a_vote(), somebody("jeanne@gmail.com")
    cast(vote, 1, user=user)
    erase(user_id=user.pk, with_texts=False)
    again = somebody("Jeanne+vote@gmail.com")
    page = ballot_page(vote, again, at=NOW())
    assert page.voted_already
    assert not page.may_vote
    assert not page.basket.items  # and nothing says what that ballot chose
    with pytest.raises(VotedAlready):
        choose(vote=vote, user=again, number=2, wanted=True, at=NOW())
    with pytest.raises(VotedAlready):
        confirm(vote=vote, user=again, seen=[], at=NOW())
    assert Ballot.objects.count() == Voter.objects.count() == 1
    assert counted(vote).result["votes"]["1"] == 1


def test_a_former_address_votes_no_second_time_and_its_owner_changes_their_ballot() -> None:
    vote, user = a_vote(), somebody("avant@example.org")
    cast(vote, 1, user=user)
    moved_to(user, "apres@example.org")
    with pytest.raises(VotedAlready):
        cast(vote, 2, user=somebody("avant@example.org"))
    choose(vote=vote, user=user, number=2, wanted=True, at=NOW())
    confirm(vote=vote, user=user, seen=[1, 2], at=NOW())
    with pytest.raises(VotedAlready):  # confirmed again from the new one, the former is not free
        cast(vote, 2, user=UserFactory(email="avant+encore@example.org", mailbox="x"))
    assert counted(vote).online == 1


def test_two_accounts_of_one_mailbox_at_once_are_one_ballot_in_the_database() -> None:
    vote = a_vote()
    cast(vote, 1)
    cast(vote, 1)
    one, other = Ballot.objects.all()
    other.mailbox = one.mailbox
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_who_leaves_before_confirming_has_not_voted() -> None:
    vote, user = a_vote(), somebody("jeanne@example.org")
    choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
    erase(user_id=user.pk, with_texts=False)
    assert not Ballot.objects.exists()
    cast(vote, 1, user=somebody("jeanne@example.org"))
    assert counted(vote).online == 1


def test_of_who_leaves_what_was_changed_and_not_confirmed_goes() -> None:
    vote, user = a_vote(), UserFactory()
    cast(vote, 1, user=user)
    choose(vote=vote, user=user, number=2, wanted=True, at=NOW())
    erase(user_id=user.pk, with_texts=False)
    ballot = Ballot.objects.get(pk=ballot_name(key_of(vote.key_name), user))
    assert ballot.draft is None
    assert ballot.sealed is not None


def test_who_comes_back_reads_why_they_do_not_vote(saran: Municipality, visit: Any) -> None:
    vote, user = a_vote(), somebody("jeanne@example.org")
    cast(vote, 1, user=user)
    leaving = visit(saran, user, stays=True).get("/compte/supprimer/").content.decode()
    assert "Votre bulletin compte" in leaving
    erase(user_id=user.pk, with_texts=False)
    phone = visit(saran, somebody("jeanne@example.org"), stays=True)
    here = vote.get_absolute_url()
    assert "Une adresse, c’est un bulletin" in phone.get(here).content.decode()
    assert phone.post(f"{here}choisir/", {"ajouter": "1"}).status_code == 409
    assert phone.get(f"{here}relire/").status_code == 302


# ── Receipts ─────────────────────────────────────────────────────────────────


def test_a_receipt_stays_so_that_it_tells_nobody_whether_a_choice_has_changed() -> None:
    """Shown beside a choice to whoever asks for it, and found again among those counted, it would prove the choice."""
    vote, user = a_vote(), UserFactory()
    first = cast(vote, 1, user=user)
    choose(vote=vote, user=user, number=1, wanted=False, at=NOW())
    second = cast(vote, 2, user=user)
    assert (first.items, second.items) == ({1}, {2})
    tally = counted(vote)
    assert tally.receipts == [first.receipt]
    assert tally.result["votes"]["2"] == 1


def test_whoever_has_a_receipt_sees_that_it_was_counted_and_nothing_else(saran: Municipality, visit: Any) -> None:
    vote, user = a_vote(), UserFactory()
    choice = cast(vote, 1, user=user)
    here = f"{vote.get_absolute_url()}recu/"
    visitor = visit(saran, stays=True)
    assert visitor.get(here, {"recu": choice.receipt}).status_code == 302  # while the vote runs: to the person alone
    assert choice.receipt[:4] in visit(saran, user, stays=True).get(here).content.decode()
    counted(vote)
    assert "Des bancs" not in visit(saran, user, stays=True).get(here).content.decode()
    asked = visitor.get(here)
    assert asked.status_code == 200
    assert "is-invalid" not in asked.content.decode()
    typed = f" {choice.receipt[:4].lower()} {choice.receipt[4:]}"
    found = visitor.get(here, {"recu": typed}).content.decode()
    assert "ce bulletin compte" in found
    assert "Des bancs" not in found
    other = "0" * 10 if choice.receipt != "0" * 10 else "1" * 10
    for wrong, said in ((other, "n’est pas parmi"), ("7Q4M", "dix signes"), ("<b>" * 99, "dix signes")):
        answer = visitor.get(here, {"recu": wrong}).content.decode()
        assert said in answer
        assert "<b><b>" not in answer
    assert f'href="{here}"' in visitor.get(f"{vote.get_absolute_url()}resultat/").content.decode()


# ── Who voted, to the team ───────────────────────────────────────────────────


def test_the_team_reads_public_names_and_no_address(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    cast(vote, 1, user=UserFactory(public_name="Tilleul"))
    cast(vote, 1, user=UserFactory(public_name="", email="sans.nom@example.org"))
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    page = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True).get(f"{here}votants/").content.decode()
    assert "Tilleul" in page
    assert "sans.nom" not in page
    assert "1 d’entre elles" in page.replace("\xa0", " ")
    observer = visit(saran, UserFactory(role=Role.OBSERVER), stays=True)
    assert observer.get(f"{here}votants/").status_code == 404
    assert f"{here}votants/" not in observer.get(here).content.decode()
