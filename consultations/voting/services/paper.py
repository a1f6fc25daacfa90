"""Ballots from paper: one person of the team enters one, with its receipt; another compares and confirms. Of nobody.

In a vote by codes each uses the code of its letter, as on the site. Elsewhere an address, where the person gives one,
votes once: on the site or on paper. That is settled when the second person confirms: one of the team alone keeps nobody
from voting by typing their address, and learns of nobody whether they have voted.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.audit import record
from accounts.models import User
from consultations.voting.enums import Electorate
from consultations.voting.models import Ballot, PaperBallot, Vote
from consultations.voting.sealing import new_receipt
from consultations.voting.selectors.own import Own, basket_of, mailbox_name, mailbox_named, paper_name
from consultations.voting.services.ballots import check_open, check_whole, stand
from consultations.voting.services.codes import code_name, free_code, take_code
from consultations.voting.services.refusals import (
    ItemWithdrawn,
    NotTheSame,
    OverBudget,
    PaperGone,
    PaperLate,
    PaperOverBudget,
    PaperSentBefore,
    PaperTooFew,
    PaperTooMany,
    TooManyChosen,
    UnknownItem,
    VoteOver,
)
from tenants.keys.services import KeyDestroyed, key_of


def enter_paper(
    *,
    vote: Vote,
    numbers: Collection[int],
    by: User,
    at: datetime,
    code: str = "",
    email: str = "",
    form: UUID | None = None,
) -> PaperBallot:
    """`form`: drawn with the form, which sent twice enters one ballot. `code`: of the letter, in a vote by codes; in
    others `email`, if the person gives it.

    Raises VoteNotOpen, VoteOver, PhaseClosed, UnknownItem, ItemWithdrawn, PaperTooFew, PaperTooMany, PaperOverBudget,
    CodeRefused, PaperSentBefore.
    """
    check_open(vote, at=at)
    key = _key(vote)
    by_codes = vote.electorate == Electorate.CODES
    used = code_name(key, code) if by_codes else mailbox_named(key, email) if email else None
    chosen = _whole(vote, numbers)
    with transaction.atomic():
        Vote.objects.filter(pk=vote.pk, begun=False, announced_at__isnull=False).update(begun=True)
        stand(vote)
        paper = PaperBallot(
            vote=vote,
            receipt=new_receipt(),
            choices=sorted(chosen),
            entered_by=by,
            entered_at=at,
            form=form,
            code=used,
            enterer=mailbox_name(key, by),
        )
        if form is None:
            paper.save()
        else:
            # Sent twice at once, the second waits here for the first.
            PaperBallot.objects.bulk_create([paper], ignore_conflicts=True)
            made = PaperBallot.objects.get(form=form)
            if made.receipt != paper.receipt:
                return _sent_again(made, paper)
            paper = made
        if by_codes:
            take_code(vote, code_name(key, code))
        record("paper_ballot_entered", actor=by, subject=vote, receipt=paper.receipt)
    return paper


def _key(vote: Vote) -> bytes:
    try:
        return key_of(vote.key_name)
    except KeyDestroyed as gone:
        raise VoteOver from gone


def _takes_mailbox(vote: Vote, key: bytes, mailbox: UUID) -> bool:
    """Nobody votes with it any more; False where somebody has, on the site or on paper."""
    try:
        with transaction.atomic():
            Ballot(pk=paper_name(key, mailbox), vote=vote, mailbox=mailbox).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _sent_again(made: PaperBallot, sent: PaperBallot) -> PaperBallot:
    """The one that is there, if it is that. Raises PaperSentBefore."""
    same = (made.vote_id, made.choices, made.entered_by_id) == (sent.vote_id, sent.choices, sent.entered_by_id)
    if not same or (made.confirmed_at is None and made.code != sent.code):
        raise PaperSentBefore(made.receipt)
    return made


def _whole(vote: Vote, numbers: Collection[int]) -> frozenset[int]:
    items = list(vote.items.all())
    chosen = frozenset(numbers)
    if not chosen <= {each.number for each in items}:
        raise UnknownItem
    basket = basket_of(vote, items, Own(chosen))
    if basket.withdrawn:
        raise ItemWithdrawn
    if basket.missing:
        raise PaperTooFew(vote.least)
    try:
        check_whole(basket)
    except OverBudget as refusal:
        raise PaperOverBudget(basket.over) from refusal
    except TooManyChosen as refusal:
        raise PaperTooMany(vote.most or 0) from refusal
    return chosen


def confirm_paper(*, paper: PaperBallot, by: User, at: datetime) -> bool:
    """By another person than who entered it, and than whoever had their mailbox then; again changes nothing. False
    where its address has voted meanwhile, on the site or on paper: it is taken out, and the trail says so.

    Raises PaperGone, NotTheSame, PaperLate, PhaseClosed.
    """
    with transaction.atomic():
        found = _waiting(paper, at)
        if found.confirmed_at is not None:
            return True
        key = _key(found.vote)
        if found.entered_by_id == by.pk or found.enterer == mailbox_name(key, by):
            raise NotTheSame
        if found.code and found.vote.electorate != Electorate.CODES and not _takes_mailbox(found.vote, key, found.code):
            record("paper_ballot_voted_elsewhere", actor=by, subject=found.vote, receipt=found.receipt)
            found.delete()
            return False
        found.confirmed_by, found.confirmed_at, found.code, found.enterer = by, at, None, None
        found.save(update_fields=["confirmed_by", "confirmed_at", "code", "enterer"])
        record("paper_ballot_confirmed", actor=by, subject=found.vote, receipt=found.receipt)
    return True


def take_paper_out(*, paper: PaperBallot, by: User, at: datetime) -> None:
    """One that is not what the paper says, before it is confirmed; its code is free again.

    Raises PaperGone, PaperLate, PhaseClosed.
    """
    with transaction.atomic():
        found = _waiting(paper, at)
        if found.confirmed_at is not None:
            raise PaperGone
        record("paper_ballot_refused", actor=by, subject=found.vote, receipt=found.receipt)
        if found.code is not None:
            free_code(found.vote, found.code)
        found.delete()


def _waiting(paper: PaperBallot, at: datetime) -> PaperBallot:
    try:
        check_open(paper.vote, at=at)
        stand(paper.vote)
    except VoteOver as over:
        raise PaperLate from over
    found = (
        PaperBallot.objects.select_related("vote")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=paper.pk)
        .first()
    )
    if found is None:
        raise PaperGone
    return found
