"""Codes that the city prints on letters: forty bits, kept as keyed hashes, each good for one person."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.voting.enums import Electorate
from consultations.voting.models import Code, Vote, Voter
from consultations.voting.rules import MOST_CODES
from consultations.voting.sealing import as_drawn, drawn, name_of
from consultations.voting.services.refusals import (
    CodeNotNeeded,
    CodeRefused,
    CodesMade,
    CodesStand,
    NoCodesHere,
    TooManyCodes,
    VoteNotOpen,
    VoteOver,
)
from tenants.keys.services import key_of

_SIGNS = 8


def make_codes(
    *, vote: Vote, amount: int, by: User, at: datetime, known: int | None = None, instead: bool = False
) -> list[str]:
    """New ones, shown this once: only their hashes are kept. Before it opens: later, each would be a ballot more, in
    the hands of one person. `known`: how many there were for whoever asks, so that a second press makes none.
    `instead`: those of before let nobody vote any more.

    Raises NoCodesHere, CodesStand, CodesMade, TooManyCodes.
    """
    with transaction.atomic():
        vote = Vote.objects.select_for_update(of=("self",), no_key=True).get(pk=vote.pk)
        if vote.electorate != Electorate.CODES or vote.is_over(at):
            raise NoCodesHere
        if vote.announced_at is not None and at >= vote.opens_at:
            raise CodesStand
        there = vote.codes.count()
        if known is not None and known != there:
            raise CodesMade(there)
        if instead:
            vote.codes.all().delete()
        if not 1 <= amount <= MOST_CODES - vote.codes.count():
            raise TooManyCodes
        key = key_of(vote.key_name)
        taken = set(vote.codes.values_list("digest", flat=True))
        made: dict[str, Code] = {}
        while len(made) < amount:
            code = drawn(_SIGNS)
            digest = code_name(key, code)
            if code not in made and digest not in taken:
                made[code] = Code(vote=vote, digest=digest)
        # In the order of their hashes: the order of rows says nothing of that of letters.
        Code.objects.bulk_create(sorted(made.values(), key=lambda each: each.digest), batch_size=5000)
        record("vote_codes_made", actor=by, subject=vote, count=amount, cancelled=there if instead else 0)
    return [f"{code[:4]} {code[4:]}" for code in made]


def use_code(*, vote: Vote, user: User, typed: str, at: datetime) -> None:
    """The person may vote from now on, and the code lets nobody else in. The caller limits how often it is tried.

    Raises NoCodesHere, VoteNotOpen, VoteOver, CodeNotNeeded, CodeRefused.
    """
    if vote.electorate != Electorate.CODES or vote.announced_at is None:
        raise NoCodesHere
    if at < vote.opens_at:  # until then codes may be cancelled
        raise VoteNotOpen(vote)
    if vote.is_over(at):
        raise VoteOver
    digest = code_name(key_of(vote.key_name), typed)
    with transaction.atomic():
        voter, _made = Voter.objects.get_or_create(vote=vote, user=user)
        voter = Voter.objects.select_for_update(of=("self",), no_key=True).get(pk=voter.pk)
        if voter.with_code:
            raise CodeNotNeeded
        take_code(vote, digest)
        voter.with_code = True
        voter.save(update_fields=["with_code"])


def code_name(key: bytes, typed: str) -> UUID:
    return name_of(key, f"code:{as_drawn(typed)}")


def take_code(vote: Vote, digest: UUID) -> None:
    """It lets nobody in any more, on the site or on paper. Raises CodeRefused."""
    if not Code.objects.filter(vote=vote, digest=digest, used=False).update(used=True):
        raise CodeRefused


def free_code(vote: Vote, digest: UUID) -> None:
    """What it was used for has been taken out."""
    Code.objects.filter(vote=vote, digest=digest).update(used=False)
