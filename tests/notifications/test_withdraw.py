"""What is hidden or removed leaves everybody's notices, their counts and the messages that wait."""

from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from common.db import connection
from common.models import OutboxMessage
from common.outbox import run_message
from consultations.participation import events
from consultations.participation.models import Argument, Follow, Proposal, Reply
from notifications.models import Notice
from notifications.registry import types
from notifications.selectors import compose
from notifications.services.counting import recount_unread
from notifications.services.notifying import notify
from notifications.services.reading import mark_read
from notifications.services.withdrawing import withdraw
from notifications.types import Notification
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory


def unread(user: User) -> int:
    count: int = User.objects.values_list("unread_notices", flat=True).get(pk=user.pk)
    return count


@pytest.fixture
def author(in_saran: Municipality) -> User:
    """Of a proposal on which three argued; they have not heard of it but on the site."""
    user: User = UserFactory()
    proposal = ProposalFactory(author=user, title="Un îlot")
    for argument in ArgumentFactory.create_batch(3, proposal=proposal):
        events.argument_given.send(sender=None, argument_id=argument.pk)
    assert (unread(user), Notice.objects.get().count) == (1, 3)
    return user


def test_one_of_several_facts_is_taken_out_of_their_notice_and_nothing_says_whose_it_was(author: User) -> None:
    first, _second, third = Argument.objects.order_by("pk")
    assert withdraw(Argument, [third.pk]) == 1
    notice = Notice.objects.get()
    assert (notice.count, notice.actor) == (2, None)
    assert third.pk not in [int(fact.partition(":")[2]) for fact in notice.facts]
    assert withdraw(Argument, [third.pk]) == 0
    events.argument_given.send(sender=None, argument_id=third.pk)  # shown again: news again
    assert Notice.objects.get().count == 3
    first.delete()
    assert Notice.objects.get().count == 2
    assert (unread(author), recount_unread()) == (1, 0)


def test_with_the_last_fact_the_notice_goes_and_is_no_longer_counted(author: User) -> None:
    NoticeFactory(user=author)
    withdraw(Argument, Argument.objects.values_list("pk", flat=True))
    assert (Notice.objects.count(), unread(author), recount_unread()) == (1, 1, 0)


def test_a_notice_that_was_read_goes_without_being_counted(author: User) -> None:
    gone = ProposalFactory()
    NoticeFactory(user=author, proposal=gone, read_at=timezone.now())
    withdraw(Proposal, [gone.pk])
    assert (Notice.objects.count(), unread(author), recount_unread()) == (1, 1, 0)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_with_what_it_is_about_a_notice_goes_and_so_does_the_message_that_waits(
    author: User, is_deleted: bool, mailoutbox: list[Any]
) -> None:
    proposal = Proposal.objects.get(author=author)
    read = NoticeFactory(user=author, type="NEW_VERSION", proposal=proposal, read_at=timezone.now())
    if is_deleted:
        proposal.delete()
    else:
        assert withdraw(Proposal, [proposal.pk]) == 2
    assert not Notice.objects.filter(pk=read.pk).exists()
    assert (Notice.objects.count(), unread(author), recount_unread()) == (0, 0, 0)
    for message in OutboxMessage.objects.all():
        assert run_message(str(message.pk), at=timezone.now() + timedelta(days=8))
    assert mailoutbox == []


def test_what_others_added_stays_where_only_the_thing_itself_is_taken_away(in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    reply = ReplyFactory(argument=argument)
    events.argument_given.send(sender=None, argument_id=argument.pk)
    events.reply_given.send(sender=None, reply_id=reply.pk)
    assert Notice.objects.count() == 2
    assert withdraw(Argument, [argument.pk], itself_only=True) == 1
    assert Notice.objects.get().type == "NEW_REPLY"
    assert withdraw(Argument, [argument.pk]) == 1
    assert not Notice.objects.exists()


def test_a_new_proposal_that_is_taken_away_is_not_named_by_those_left(in_saran: Municipality) -> None:
    follower = UserFactory()
    first, last = ProposalFactory.create_batch(2)
    Follow.objects.create(challenge=first.challenge, user=follower)
    for proposal in (first, last):
        events.proposal_submitted.send(sender=None, proposal_id=proposal.pk)
    withdraw(Proposal, [last.pk])
    (item,) = compose(Notice.objects.all(), user=follower)
    assert item.words.sentence.startswith("1 nouvelle proposition dans le défi")


@pytest.mark.parametrize("name", ["proposal", "challenge"])
def test_nobody_is_notified_of_rows_that_are_gone_meanwhile(in_saran: Municipality, name: str) -> None:
    """One that it is about, and one that its words name."""
    user, there = UserFactory(), ProposalFactory()
    references = {"proposal": there.pk, "challenge": there.challenge_id, name: 0}
    notification = Notification(fact="f", group="1", recipients={user.pk: references})
    assert notify(types["NEW_PROPOSAL"], notification, at=timezone.now()) == 0
    assert (Notice.objects.count(), unread(user)) == (0, 0)


def test_a_notice_whose_row_went_behind_our_back_is_left_out(author: User) -> None:
    Notice.objects.update(subjects={"proposal": 0})
    assert compose(Notice.objects.all(), user=author) == []


def test_taking_away_costs_the_same_for_two_people_and_for_twenty(in_saran: Municipality) -> None:
    def cost(people: int) -> int:
        argument = ArgumentFactory()
        for _unused in range(people):
            NoticeFactory(proposal=argument.proposal)
            NoticeFactory(proposal=argument.proposal, count=2, facts=[f"argument:{argument.pk}", "argument:0"])
        with CaptureQueriesContext(connection) as captured:
            assert withdraw(Argument, [argument.pk]) == people
            assert withdraw(Proposal, [argument.proposal_id]) == 2 * people
        return len(captured)

    assert cost(2) == cost(20)


def test_reading_counts_and_changes_no_kept_page(author: User) -> None:
    notice = Notice.objects.get()
    connection.wrote = False
    for _again in range(2):
        mark_read(notice, at=timezone.now())
        assert unread(author) == 0
    assert recount_unread() == 0
    assert not connection.wrote
    User.objects.filter(pk=author.pk).update(unread_notices=7, public_name="Autre")  # with anything else it does
    assert connection.wrote
    assert recount_unread() == 1
    assert unread(author) == 0


def test_a_removed_reply_takes_its_notice_along(in_saran: Municipality) -> None:
    reply = ReplyFactory()
    events.reply_given.send(sender=None, reply_id=reply.pk)
    assert Notice.objects.count() == 1
    Reply.objects.all().delete()
    assert not Notice.objects.exists()
