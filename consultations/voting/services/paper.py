"""Ballots from paper: one person of the team enters one, with its receipt; another compares and confirms. Of nobody."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.voting.models import PaperBallot, Vote
from consultations.voting.sealing import new_receipt
from consultations.voting.selectors.own import Own, basket_of
from consultations.voting.services.ballots import check_whole, stand
from consultations.voting.services.refusals import (
    ItemWithdrawn,
    NotTheSame,
    PaperGone,
    TooFewChosen,
    UnknownItem,
    VoteNotOpen,
    VoteOver,
)


def enter_paper(*, vote: Vote, numbers: Collection[int], by: User, at: datetime) -> PaperBallot:
    """Raises VoteNotOpen, VoteOver, UnknownItem, ItemWithdrawn, TooFewChosen, TooManyChosen, OverBudget."""
    if vote.announced_at is None or at < vote.opens_at:
        raise VoteNotOpen(vote)
    if vote.is_over(at):
        raise VoteOver
    items = list(vote.items.all())
    chosen = frozenset(numbers)
    if not chosen <= {each.number for each in items}:
        raise UnknownItem
    basket = basket_of(vote, items, Own(chosen))
    if basket.withdrawn:
        raise ItemWithdrawn
    if basket.missing:
        raise TooFewChosen(vote.least)
    check_whole(basket)
    with transaction.atomic():
        Vote.objects.filter(pk=vote.pk, begun=False).update(begun=True)
        stand(vote)
        paper = PaperBallot.objects.create(
            vote=vote, receipt=new_receipt(), choices=sorted(chosen), entered_by=by, entered_at=at
        )
        record("paper_ballot_entered", actor=by, subject=vote, receipt=paper.receipt)
    return paper


def confirm_paper(*, paper: PaperBallot, by: User, at: datetime) -> None:
    """By another person than who entered it; again changes nothing. Raises PaperGone, NotTheSame, VoteOver."""
    with transaction.atomic():
        found = _waiting(paper, at)
        if found.confirmed_at is not None:
            return
        if found.entered_by_id == by.pk:
            raise NotTheSame
        found.confirmed_by, found.confirmed_at = by, at
        found.save(update_fields=["confirmed_by", "confirmed_at"])
        record("paper_ballot_confirmed", actor=by, subject=found.vote, receipt=found.receipt)


def take_paper_out(*, paper: PaperBallot, by: User, at: datetime) -> None:
    """One that is not what the paper says, before it is confirmed. Raises PaperGone, VoteOver."""
    with transaction.atomic():
        found = _waiting(paper, at)
        if found.confirmed_at is not None:
            raise PaperGone
        record("paper_ballot_refused", actor=by, subject=found.vote, receipt=found.receipt)
        found.delete()


def _waiting(paper: PaperBallot, at: datetime) -> PaperBallot:
    if paper.vote.is_over(at):
        raise VoteOver
    stand(paper.vote)
    found = (
        PaperBallot.objects.select_related("vote")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=paper.pk)
        .first()
    )
    if found is None:
        raise PaperGone
    return found
