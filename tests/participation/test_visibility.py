"""Hidden and shown again: counts stay exact, and what was hidden by itself is not brought back by its parent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from common.personal import forget_person
from consultations.cocreation.services.merging import undo_merge
from consultations.framing.models import Challenge
from consultations.participation import events
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.services.visibility import hide, restore
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory, merge


@pytest.fixture
def proposal(in_saran: Municipality) -> Proposal:
    """With two arguments; under the first, two replies."""
    found: Proposal = ProposalFactory()
    argument, _other = ArgumentFactory.create_batch(2, proposal=found)
    ReplyFactory.create_batch(2, argument=argument)
    recount()
    return found


def states() -> dict[str, list[str]]:
    models: tuple[Any, ...] = (Proposal, Argument, Reply)
    return {m.__name__: list(m.objects.order_by("pk").values_list("status", flat=True)) for m in models}


def counted(proposal: Proposal) -> tuple[int, int, int, int]:
    """In its challenge: proposals, arguments; its own arguments; the replies to its first one."""
    challenge = Challenge.objects.get(pk=proposal.challenge_id)
    proposal = Proposal.objects.get(pk=proposal.pk)
    replies = Argument.objects.filter(proposal=proposal).order_by("pk").values_list("reply_count", flat=True)[0]
    return challenge.proposal_count, challenge.argument_count, proposal.argument_count, replies


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (lambda: Proposal.objects.get(), (0, 0, 2, 2)),
        (lambda: Argument.objects.order_by("pk")[0], (1, 1, 1, 2)),
        (lambda: Reply.objects.order_by("pk")[0], (1, 2, 2, 1)),
    ],
    ids=["proposal", "argument", "reply"],
)
def test_counts_are_exact_while_it_is_hidden_and_afterwards(
    proposal: Proposal, what: Callable[[], Any], left: tuple[int, ...]
) -> None:
    thing, actor = what(), UserFactory()
    assert [hide(thing, actor=actor), hide(thing, actor=actor)] == [True, False]
    assert (counted(proposal), recount()) == (left, 0)
    assert [restore(thing, actor=actor), restore(thing, actor=actor)] == [True, False]
    assert (counted(proposal), recount()) == ((1, 2, 2, 2), 0)
    thing.refresh_from_db()
    assert (thing.status, thing.status_before) == (Status.PUBLISHED, "")
    done = AuditEntry.objects.filter(actor=actor).order_by("pk").values_list("action", flat=True)
    assert list(done) == ["content_hidden", "content_shown_again"]


def test_what_was_hidden_by_itself_is_not_brought_back_with_its_parent(proposal: Proposal) -> None:
    first, second = Argument.objects.order_by("pk")
    reply, _other = Reply.objects.order_by("pk")
    for thing in (reply, second, proposal):  # each before its parent
        hide(thing, actor=None)
    hide(first, actor=None)  # under a hidden proposal: counted there, and in nothing above
    assert (counted(proposal), recount()) == ((0, 0, 0, 1), 0)
    restore(proposal, actor=None)
    assert states() == {
        "Proposal": [Status.PUBLISHED],
        "Argument": [Status.HIDDEN, Status.HIDDEN],
        "Reply": [Status.HIDDEN, Status.PUBLISHED],
    }
    assert (counted(proposal), recount()) == ((1, 0, 0, 1), 0)
    restore(first, actor=None)
    assert (counted(proposal), recount()) == ((1, 1, 1, 1), 0)
    assert states()["Reply"] == [Status.HIDDEN, Status.PUBLISHED]


def test_what_is_hidden_leaves_the_notices_and_is_announced_no_second_time(proposal: Proposal) -> None:
    for argument in Argument.objects.order_by("pk"):
        events.argument_given.send(sender=None, argument_id=argument.pk)
    first = Argument.objects.order_by("pk")[0]
    assert Notice.objects.get(user=proposal.author).count == 2
    hide(first, actor=None)
    assert Notice.objects.get(user=proposal.author).count == 1
    restore(first, actor=None)
    assert Notice.objects.get(user=proposal.author).count == 1
    hide(proposal, actor=None)
    assert not Notice.objects.filter(user=proposal.author).exists()


def test_a_collective_one_undone_while_it_was_hidden_comes_back_undone(in_saran: Municipality) -> None:
    merge_request = merge()
    recount()
    assert merge_request.proposal is not None
    assert merge_request.started_by is not None
    hide(merge_request.proposal, actor=None)
    undo_merge(
        merge_request=merge_request,
        actor=merge_request.started_by,
        reason="Nous voulons deux projets.",
        at=timezone.now(),
    )
    restore(merge_request.proposal, actor=None)
    merge_request.proposal.refresh_from_db()
    assert (merge_request.proposal.status, recount()) == (Status.WITHDRAWN, 0)


def test_whose_words_went_meanwhile_comes_back_without_being_published(proposal: Proposal) -> None:
    argument = Argument.objects.order_by("pk")[0]
    for thing in (argument, proposal):
        hide(thing, actor=None)
    for author in (argument.author, proposal.author):
        assert author is not None
        forget_person(author, with_texts=True, at=timezone.now())
    for thing in (argument, proposal):
        restore(thing, actor=None)
        thing.refresh_from_db()
        assert thing.status == Status.REMOVED
    assert recount() == 0
