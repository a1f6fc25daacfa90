"""The close: ballots lose their names, the key is destroyed, the file is counted; and secrecy all along."""

import io
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from cryptography.exceptions import InvalidTag
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.erasure import erase
from accounts.models import AuditEntry, User
from common.outbox import enqueue, messages_of, offer_again, run_message
from consultations.voting import rules
from consultations.voting.counting import pabulib
from consultations.voting.counting.rules import count
from consultations.voting.enums import Method, VoteState
from consultations.voting.models import Ballot, PaperBallot, Tally, Vote, Voter
from consultations.voting.sealing import Choice, seal, unseal
from consultations.voting.selectors.own import ballot_name, mailbox_name
from consultations.voting.services import closing, refusals
from consultations.voting.services.closing import close
from consultations.voting.services.items import withdraw_item
from consultations.voting.services.paper import confirm_paper, enter_paper, take_paper_out
from consultations.voting.services.timing import close_vote
from tenants.keys.services import KeyDestroyed, key_of, rewrite_keys
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran", "few_are_enough")


def over(vote: Vote) -> Vote:
    """Its end has passed a minute ago."""
    Vote.objects.filter(pk=vote.pk).update(closes_at=NOW() - timedelta(minutes=1))
    return Vote.objects.get(pk=vote.pk)


def staff() -> Any:
    return UserFactory(role=Role.FACILITATOR)


def test_the_close_counts_from_the_file_and_destroys_the_key() -> None:
    vote = a_vote(method=Method.SHARES, budget=60_000)
    for numbers in ((1, 2), (1,), (2, 3), (2,)):
        cast(vote, *numbers)
    vote = over(vote)
    close(vote_id=vote.pk, at=NOW())
    vote, tally = Vote.objects.get(), Tally.objects.get()
    assert vote.state(NOW()) == VoteState.COUNTED
    assert not Ballot.objects.exists()
    assert (tally.online, tally.paper, tally.is_published) == (4, 0, True)
    assert (len(tally.receipts), tally.receipts) == (4, sorted(tally.receipts))
    with pytest.raises(KeyDestroyed):
        key_of(vote.key_name)
    # Anybody counts the same from the file.
    again = count(pabulib.read(io.StringIO(tally.file)), "equal-shares")
    assert list(again.selected) == tally.result["count"]["selected"]
    assert set(again.selected) == {"1", "2"}
    assert Voter.objects.filter(has_voted=True).count() == 4
    before = tally.result
    close(vote_id=vote.pk, at=NOW())
    assert Tally.objects.get().result == before
    assert AuditEntry.objects.filter(action="vote_counted").count() == 1


def test_before_its_end_or_announced_to_nobody_nothing_is_closed() -> None:
    vote = a_vote()
    cast(vote, 1)
    close_vote(vote_id=vote.pk)
    assert not Tally.objects.exists()
    close_vote(vote_id=9999)
    assert Ballot.objects.count() == 1


def test_killed_between_its_two_halves_it_is_counted_when_begun_again() -> None:
    vote = a_vote()
    cast(vote, 1)
    vote = over(vote)
    with mock.patch.object(closing, "_count", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        close(vote_id=vote.pk, at=NOW())
    assert Vote.objects.get().state(NOW()) == VoteState.COUNTING
    assert Tally.objects.get().result == {}
    close(vote_id=vote.pk, at=NOW())
    assert Tally.objects.get().result["count"]["selected"] == ["1"]


def test_killed_within_the_first_half_no_ballot_is_lost() -> None:
    vote = a_vote()
    choice = cast(vote, 1)
    vote = over(vote)
    with mock.patch.object(closing, "destroy_key", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        close(vote_id=vote.pk, at=NOW())
    assert not Tally.objects.exists()
    close(vote_id=vote.pk, at=NOW())
    assert Tally.objects.get().receipts == [choice.receipt]


def test_a_worker_cut_off_while_it_counts_leaves_ballots_and_key() -> None:
    """Its message is one transaction: the limit of its time takes back the close as well, and it is begun again."""
    vote = a_vote()
    cast(vote, 1)
    vote = over(vote)
    message = enqueue(close_vote, vote_id=vote.pk)
    with mock.patch.object(closing, "count", side_effect=SoftTimeLimitExceeded):
        assert not run_message(str(message.pk), at=NOW())
    assert Ballot.objects.count() == 1
    assert key_of(vote.key_name)
    offer_again(str(message.pk))
    assert run_message(str(message.pk), at=NOW())
    assert Tally.objects.get().result["count"]["selected"] == ["1"]


def test_the_file_of_the_keys_is_written_anew_after_the_close() -> None:
    vote = a_vote()
    cast(vote, 1)
    close(vote_id=over(vote).pk, at=NOW())
    assert messages_of(rewrite_keys).count() == 1


@pytest.mark.parametrize("method", Method.values)
def test_nobody_voted(method: str) -> None:
    vote = over(a_vote(method=method))
    close(vote_id=vote.pk, at=NOW())
    tally = Tally.objects.get()
    assert (tally.online, tally.result["count"]["selected"]) == (0, [])


def test_everyone_alike() -> None:
    vote = a_vote(method=Method.SHARES, budget=30_000)
    for _three in range(3):
        cast(vote, 1)
    close(vote_id=over(vote).pk, at=NOW())
    assert Tally.objects.get().result["count"]["selected"] == ["1"]


def test_what_is_withdrawn_is_in_no_ballot() -> None:
    vote = a_vote()
    cast(vote, 1, 2)
    cast(vote, 1)
    withdraw_item(item=vote.items.get(number=1), why="Le terrain est vendu.", by=staff(), at=NOW())
    close(vote_id=over(vote).pk, at=NOW())
    tally = Tally.objects.get()
    assert tally.result["votes"] == {"2": 1, "3": 0, "4": 0, "5": 0}
    assert tally.result["count"]["voters"] == 2


def test_what_is_chosen_and_not_confirmed_does_not_count() -> None:
    vote = a_vote()
    closing_user = UserFactory()
    from consultations.voting.services.ballots import choose

    choose(vote=vote, user=closing_user, number=1, wanted=True, at=NOW())
    close(vote_id=over(vote).pk, at=NOW())
    assert Tally.objects.get().online == 0


def test_ballots_are_published_from_thirty_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PUBLISHED_FROM", 30)
    for ballots, published in ((29, False), (30, True)):
        vote = a_vote()
        for number in range(ballots):
            cast(vote, 1 + number % 3)
        close(vote_id=over(vote).pk, at=NOW())
        tally = Tally.objects.get(vote=vote)
        assert tally.is_published is bool(tally.file) is published
        if not published:
            continue
        lines = tally.file.split("VOTES\nvoter_id;vote\n")[1].splitlines()
        assert [line.split(";")[1] for line in lines] == sorted(line.split(";")[1] for line in lines)


# ── Secrecy ──────────────────────────────────────────────────────────────────


def test_the_role_of_a_city_reads_no_key(saran: Municipality) -> None:
    vote = a_vote()
    assert len(key_of(vote.key_name)) == 32
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT * FROM public.tenants_citykey")


def test_another_city_has_other_keys(brest: Municipality) -> None:
    vote = a_vote()
    with schema_context(brest.schema_name), pytest.raises(KeyDestroyed):
        key_of(vote.key_name)


def test_what_the_schema_keeps_says_neither_who_nor_what() -> None:
    """All that a dump of it has: names without a pattern, and boxes of one length."""
    vote, people = a_vote(), [UserFactory() for _ in range(4)]
    for person, numbers in zip(people, ((1,), (1,), (1, 2, 3), (2,)), strict=True):
        cast(vote, *numbers, user=person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM voting_ballot")
        columns = [each.name for each in cursor.description]
        rows = cursor.fetchall()
    assert sorted(columns) == ["draft", "id", "mailbox", "sealed", "vote_id"]
    boxes = [bytes(row[columns.index("sealed")]) for row in rows]
    assert len({len(each) for each in boxes}) == 1
    assert len(set(boxes)) == 4  # the same choice is never the same box
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM voting_voter")
        assert sorted(each.name for each in cursor.description) == [
            "has_voted",
            "id",
            "user_id",
            "vote_id",
            "with_code",
        ]
    wrong = b"0" * 32
    mailboxes = {mailbox_name(wrong, each) for each in people}
    assert not mailboxes & set(Ballot.objects.values_list("mailbox", flat=True))
    assert not {ballot_name(wrong, each) for each in people} & {each.pk for each in Ballot.objects.all()}
    first = Ballot.objects.all()[0]
    with pytest.raises(InvalidTag):
        unseal(wrong, first.pk, first.sealed or b"", is_draft=False)


def test_no_ballot_stands_in_anothers_place() -> None:
    vote, one, other = a_vote(), UserFactory(), UserFactory()
    key = key_of(vote.key_name)
    box = seal(key, ballot_name(key, one), Choice(frozenset({1})), is_draft=True)
    assert unseal(key, ballot_name(key, one), box, is_draft=True).items == {1}
    with pytest.raises(InvalidTag):
        unseal(key, ballot_name(key, other), box, is_draft=True)
    with pytest.raises(InvalidTag):  # what was not confirmed never passes for a ballot
        unseal(key, ballot_name(key, one), box, is_draft=False)


def test_no_trail_says_that_somebody_voted() -> None:
    user = UserFactory()
    cast(a_vote(), 1, user=user)
    assert not AuditEntry.objects.filter(actor=user).exists()


def test_whoever_leaves_has_voted_and_is_not_named() -> None:
    vote, user = a_vote(), UserFactory()
    cast(vote, 2, user=user)
    erase(user_id=user.pk, with_texts=False)
    assert not User.objects.filter(pk=user.pk, is_active=True).exists()
    assert list(Voter.objects.values_list("user", "has_voted")) == [(None, True)]
    close(vote_id=over(vote).pk, at=NOW())
    assert Tally.objects.get().result["votes"]["2"] == 1


# ── Paper ────────────────────────────────────────────────────────────────────


def test_a_ballot_from_paper_counts_once_another_person_confirms() -> None:
    vote, one, other = a_vote(), staff(), staff()
    paper = enter_paper(vote=vote, numbers=[1, 2], by=one, at=NOW())
    enter_paper(vote=vote, numbers=[3], by=one, at=NOW())
    with pytest.raises(refusals.NotTheSame):
        confirm_paper(paper=paper, by=one, at=NOW())
    confirm_paper(paper=paper, by=other, at=NOW())
    confirm_paper(paper=paper, by=one, at=NOW())
    with pytest.raises(refusals.PaperGone):
        take_paper_out(paper=paper, by=other, at=NOW())
    cast(vote, 1)
    close(vote_id=over(vote).pk, at=NOW())
    tally = Tally.objects.get()
    assert (tally.online, tally.paper) == (1, 1)
    assert tally.result["votes"] == {"1": 2, "2": 1, "3": 0, "4": 0, "5": 0}
    assert paper.receipt in tally.receipts
    assert not any(each.choices for each in PaperBallot.objects.all())
    for act in (confirm_paper, take_paper_out):
        with pytest.raises(refusals.PaperLate):
            act(paper=PaperBallot.objects.order_by("-pk")[0], by=other, at=NOW())


def test_paper_says_what_a_ballot_may_say() -> None:
    vote, by = a_vote(budget=50_000, least=1), staff()
    for numbers, refusal in (
        ([], refusals.PaperTooFew),
        ([9], refusals.UnknownItem),
        ([4, 1], refusals.PaperOverBudget),
    ):
        with pytest.raises(refusal):
            enter_paper(vote=vote, numbers=numbers, by=by, at=NOW())
    with pytest.raises(refusals.PaperTooMany) as refused:
        enter_paper(vote=a_vote(method=Method.CHOICES, most=2), numbers=[1, 2, 3], by=by, at=NOW())
    assert "vous" not in str(refused.value.message).lower(), "a clerk reads it"
    with pytest.raises(refusals.VoteOver):
        enter_paper(vote=vote, numbers=[1], by=by, at=vote.closes_at)
    with pytest.raises(refusals.VoteNotOpen):
        enter_paper(vote=vote, numbers=[1], by=by, at=vote.opens_at - timedelta(hours=1))
    paper = enter_paper(vote=vote, numbers=[1], by=by, at=NOW())
    take_paper_out(paper=paper, by=by, at=NOW())
    with pytest.raises(refusals.PaperGone):
        confirm_paper(paper=paper, by=staff(), at=NOW())


def test_two_of_the_team_enter_and_confirm_at_the_desk(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    one, other = (visit(saran, staff(), stays=True) for _ in range(2))
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/papier/"
    assert one.post(here, {}).status_code == 422
    assert one.post(here, {"choices": ["1", "2"]}).status_code == 302
    paper = PaperBallot.objects.get()
    shown = one.get(here).content.decode()
    assert "Un collègue le confirme" in shown
    one.post(f"{here}{paper.pk}/confirmer/")
    assert PaperBallot.objects.get().confirmed_at is None
    other.post(f"{here}{paper.pk}/confirmer/")
    assert PaperBallot.objects.get().confirmed_at is not None
    other.post(f"{here}{paper.pk}/enlever/")
    assert PaperBallot.objects.count() == 1
