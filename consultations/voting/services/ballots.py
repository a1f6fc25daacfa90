"""Choosing and confirming. One ballot a person, changed until the end: its row is found by what only the key of the
vote makes of the person, and locked.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from consultations.framing.selectors import calendar_of
from consultations.participation.services.writing import require
from consultations.voting.actions import VOTE
from consultations.voting.models import Ballot, Item, Vote, Voter
from consultations.voting.permissions import may_vote, voted_for
from consultations.voting.sealing import Choice, new_receipt, seal
from consultations.voting.selectors.own import Basket, ballot_name, ballots_of, basket_of, mailbox_name, own_of
from consultations.voting.services.refusals import (
    ChosenElsewhere,
    ItemWithdrawn,
    MayNotVote,
    OverBudget,
    TooDear,
    TooFewChosen,
    TooManyChosen,
    UnknownItem,
    VotedAlready,
    VotedInAnother,
    VoteNotOpen,
    VoteOver,
)
from tenants.keys.services import KeyDestroyed, key_of


def choose(*, vote: Vote, user: User, number: int, wanted: bool, at: datetime) -> Basket:
    """Put something into the basket, or take it out; kept at once, and confirmed later. Again changes nothing.

    Raises VoteNotOpen, VoteOver, PhaseClosed, MayNotVote, VotedAlready, VotedInAnother, UnknownItem,
    ItemWithdrawn, TooDear, OverBudget, TooManyChosen.
    """
    key = _key(vote, user, at)
    name = ballot_name(key, user)
    items = list(vote.items.all())
    item = next((each for each in items if each.number == number), None)
    if item is None:
        raise UnknownItem
    with transaction.atomic():
        stand(vote)
        Ballot.objects.bulk_create([Ballot(pk=name, vote=vote)], ignore_conflicts=True)
        ballot = _locked(key, user)
        if ballot is None:  # its writer is leaving
            raise MayNotVote(vote)
        own = own_of(key, ballot)
        basket = basket_of(vote, items, own)
        if wanted == (item.number in basket.numbers):
            return basket
        if wanted:
            _check_room(basket, item)
        chosen = basket.numbers | {number} if wanted else basket.numbers - {number}
        ballot.draft = seal(key, name, Choice(chosen), is_draft=True)
        ballot.save(update_fields=["draft"])
    return basket_of(vote, items, own_of(key, ballot))


def _check_room(basket: Basket, item: Item) -> None:
    if item.withdrawn_at is not None:
        raise ItemWithdrawn
    if basket.is_too_dear(item):
        raise TooDear
    if over := basket.lacks(item):
        raise OverBudget(over)
    if basket.is_full():
        raise TooManyChosen(basket.vote.most or 0)


def confirm(*, vote: Vote, user: User, seen: Collection[int], at: datetime) -> Choice:
    """What stands in the basket counts from now on, instead of what was confirmed before. `seen`: what the person has
    read through.

    Raises VoteNotOpen, VoteOver, PhaseClosed, MayNotVote, VotedAlready, VotedInAnother, TooFewChosen, TooManyChosen,
    OverBudget, ChosenElsewhere.
    """
    key = _key(vote, user, at)
    name = ballot_name(key, user)
    items = list(vote.items.all())
    with transaction.atomic():
        if vote.neighbourhood:  # one person, in two votes at once
            User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
            _check_one_neighbourhood(vote, user)
        if not vote.begun:
            Vote.objects.filter(pk=vote.pk, begun=False, announced_at__isnull=False).update(begun=True)
        stand(vote)
        ballot = _locked(key, user)
        own = own_of(key, ballot)
        basket = basket_of(vote, items, own)
        if ballot is None or basket.missing:
            raise TooFewChosen(vote.least)
        check_whole(basket)
        if basket.numbers != frozenset(seen):
            raise ChosenElsewhere
        if own.confirmed is not None and own.confirmed.items == basket.numbers:
            choice = own.confirmed
        else:
            # The receipt stays as well: were it another one, whoever has seen both it and the choice would learn from
            # the list of receipts whether that choice is what counts.
            choice = Choice(basket.numbers, own.confirmed.receipt if own.confirmed else new_receipt(), at)
        ballot.sealed, ballot.draft = seal(key, name, choice, is_draft=False), None
        ballot.mailbox = ballot.mailbox or mailbox_name(key, user)
        try:
            ballot.save(update_fields=["sealed", "draft", "mailbox"])
        except IntegrityError as taken:  # by another account of the mailbox, this very moment
            raise VotedAlready from taken
        Voter.objects.bulk_create(
            [Voter(vote=vote, user=user, has_voted=True, with_code=False)],
            update_conflicts=True,
            unique_fields=["vote", "user"],
            update_fields=["has_voted"],
        )
    return choice


def _locked(key: bytes, user: User) -> Ballot | None:
    """The very row. Raises VotedAlready."""
    found, name = list(ballots_of(key, user).select_for_update(of=("self",), no_key=True)), ballot_name(key, user)
    if any(each.pk != name for each in found):
        raise VotedAlready
    return found[0] if found else None


def check_whole(basket: Basket) -> None:
    """As `choose` has kept it, and once more: nothing else is counted."""
    if basket.over:
        raise OverBudget(basket.over)
    if basket.vote.most is not None and basket.count > basket.vote.most:
        raise TooManyChosen(basket.vote.most)


def check_open(vote: Vote, *, at: datetime) -> None:
    """What the site and paper ask alike. Raises VoteNotOpen, VoteOver, PhaseClosed, Archived."""
    if vote.announced_at is None or at < vote.opens_at:
        raise VoteNotOpen(vote)
    if vote.is_over(at):
        raise VoteOver
    require(calendar_of(vote.consultation, at=at), VOTE)


def _key(vote: Vote, user: User, at: datetime) -> bytes:
    """The key, to whoever may vote now."""
    check_open(vote, at=at)
    if not may_vote(user, vote, Voter.objects.filter(vote=vote, user=user).first()):
        raise MayNotVote(vote)
    _check_one_neighbourhood(vote, user)
    try:
        return key_of(vote.key_name)
    except KeyDestroyed as gone:
        raise VoteOver from gone


def _check_one_neighbourhood(vote: Vote, user: User) -> None:
    if other := voted_for(user, vote):
        raise VotedInAnother(other)


def stand(vote: Vote) -> None:
    """Until this transaction ends the vote is neither closed nor put back; if it was before, it takes nothing. Any
    number of people hold this lock at once. Raises VoteOver.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed_at IS NULL AND announced_at IS NOT NULL FROM voting_vote WHERE id = %s FOR SHARE", [vote.pk]
        )
        if cursor.fetchone() != (True,):
            raise VoteOver
