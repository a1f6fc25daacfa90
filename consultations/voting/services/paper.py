"""Ballots from paper: one person of the team enters one, with its receipt; another compares and confirms. Of nobody.

In a vote by codes each uses the code of its letter, as on the site. Elsewhere an address, where the person gives one,
votes once: on the site or on paper.
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
    PaperOverBudget,
    PaperSentBefore,
    PaperTooFew,
    PaperTooMany,
    TooManyChosen,
    UnknownItem,
    VotedElsewhere,
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
    CodeRefused, VotedElsewhere, PaperSentBefore.
    """
    check_open(vote, at=at)
    key = _key(vote)
    by_codes = vote.electorate == Electorate.CODES
    used = code_name(key, code) if by_codes else paper_name(key, email) if email else None
    chosen = _whole(vote, numbers)
    with transaction.atomic():
        Vote.objects.filter(pk=vote.pk, begun=False).update(begun=True)
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
        elif email:
            _take_mailbox(Ballot(pk=used, vote=vote, mailbox=mailbox_named(key, email)))
        record("paper_ballot_entered", actor=by, subject=vote, receipt=paper.receipt)
    return paper


def _key(vote: Vote) -> bytes:
    try:
        return key_of(vote.key_name)
    except KeyDestroyed as gone:
        raise VoteOver from gone


def _take_mailbox(ballot: Ballot) -> None:
    """Nobody confirms another one with it. Raises VotedElsewhere."""
    try:
        ballot.save(force_insert=True)
    except IntegrityError as taken:
        raise VotedElsewhere from taken


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


def confirm_paper(*, paper: PaperBallot, by: User, at: datetime) -> None:
    """By another person than who entered it, and than whoever had their mailbox then; again changes nothing.

    Raises PaperGone, NotTheSame, VoteOver, PhaseClosed.
    """
    with transaction.atomic():
        found = _waiting(paper, at)
        if found.confirmed_at is not None:
            return
        if found.entered_by_id == by.pk or found.enterer == mailbox_name(_key(found.vote), by):
            raise NotTheSame
        found.confirmed_by, found.confirmed_at, found.code, found.enterer = by, at, None, None
        found.save(update_fields=["confirmed_by", "confirmed_at", "code", "enterer"])
        record("paper_ballot_confirmed", actor=by, subject=found.vote, receipt=found.receipt)


def take_paper_out(*, paper: PaperBallot, by: User, at: datetime) -> None:
    """One that is not what the paper says, before it is confirmed; its code or address is free again.

    Raises PaperGone, VoteOver, PhaseClosed.
    """
    with transaction.atomic():
        found = _waiting(paper, at)
        if found.confirmed_at is not None:
            raise PaperGone
        record("paper_ballot_refused", actor=by, subject=found.vote, receipt=found.receipt)
        if found.code is not None:
            free_code(found.vote, found.code)
            Ballot.objects.filter(pk=found.code, vote=found.vote, sealed=None).delete()
        found.delete()


def _waiting(paper: PaperBallot, at: datetime) -> PaperBallot:
    check_open(paper.vote, at=at)
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
