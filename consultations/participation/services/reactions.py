"""Saying what one thinks of a proposal.

The reaction itself says who and when: there is no other record of it, but of one that is taken back.
"""

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.participation.actions import REACT
from consultations.participation.enums import ReactionValue
from consultations.participation.models import COUNT_OF_REACTION, CURRENT_COUNT_OF_REACTION, Proposal, Reaction
from consultations.participation.permissions import works_on
from consultations.participation.rules import choice
from consultations.participation.services.refusals import OwnProposal, TextRenewed
from consultations.participation.services.writing import writable


def react(*, proposal: Proposal, user: User, value: str, at: datetime, seen_version: int = 0) -> Reaction:
    """Say what one thinks of the present version. The same again changes nothing; another replaces it.

    Pressing the same again after a new version confirms it for that version. Whoever reacts is asked why, once, at
    once: that is noted too. `seen_version` is the one that the person had before their eyes (0: not said): where
    another has been published since, TextRenewed. Raises PhaseClosed, Merged, OwnProposal, UnknownChoice.
    """
    value = choice(ReactionValue, value)
    with transaction.atomic():
        proposal = writable(proposal, action=REACT, at=at)
        if works_on(user=user, proposal=proposal):  # what one thinks of one's own proposal is known
            raise OwnProposal
        if 0 < seen_version < proposal.version:
            raise TextRenewed
        reaction = Reaction.objects.filter(proposal=proposal, user=user).first()
        if reaction is not None and (reaction.value, reaction.version) == (value, proposal.version):
            return reaction
        changes: dict[str, int] = defaultdict(int)
        if reaction is None:
            reaction = Reaction(proposal=proposal, user=user, created_at=at)
        else:
            _uncount(reaction, proposal, changes)
        changes[COUNT_OF_REACTION[value]] += 1
        changes[CURRENT_COUNT_OF_REACTION[value]] += 1
        reaction.value, reaction.version, reaction.updated_at = value, proposal.version, at
        reaction.asked = max(reaction.asked, 1)
        reaction.save()
        _count(proposal, changes)
    return reaction


def withdraw_reaction(*, proposal: Proposal, user: User, at: datetime) -> bool:
    """Take back what one thinks. False where there was nothing (any more). Raises PhaseClosed, Merged."""
    with transaction.atomic():
        proposal = writable(proposal, action=REACT, at=at)
        reaction = Reaction.objects.filter(proposal=proposal, user=user).first()
        if reaction is None:
            return False
        changes: dict[str, int] = defaultdict(int)
        _uncount(reaction, proposal, changes)
        reaction.delete()
        _count(proposal, changes)
        record("reaction_withdrawn", actor=user, subject=proposal)
    return True


def ask_again(*, proposal: Proposal, user: User) -> bool:
    """Whether to ask why a second time now: True once, then never again, on however many devices."""
    return bool(Reaction.objects.filter(proposal=proposal, user=user, asked=1).update(asked=2))


def _uncount(reaction: Reaction, proposal: Proposal, changes: dict[str, int]) -> None:
    changes[COUNT_OF_REACTION[ReactionValue(reaction.value)]] -= 1
    if reaction.version == proposal.version:
        changes[CURRENT_COUNT_OF_REACTION[ReactionValue(reaction.value)]] -= 1


def _count(proposal: Proposal, changes: dict[str, int]) -> None:
    """Into a proposal that is locked, and into its row."""
    for name, by in changes.items():
        setattr(proposal, name, getattr(proposal, name) + by)
    proposal.save(update_fields=[name for name, by in changes.items() if by])
