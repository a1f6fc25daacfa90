"""Saying what one thinks of a proposal.

The reaction itself says who and when: there is no other record of it, but of one that is taken back.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.participation.actions import REACT
from consultations.participation.enums import ReactionValue
from consultations.participation.models import COUNT_OF_REACTION, CURRENT_COUNT_OF_REACTION, Proposal, Reaction
from consultations.participation.rules import choice
from consultations.participation.scopes import reactions_scope
from consultations.participation.selectors.standing import Standing, standing_of
from consultations.participation.services.refusals import OwnProposal, TextRenewed
from consultations.participation.services.writing import writable


def react(*, proposal: Proposal, user: User, value: str, at: datetime, seen_version: int = 0) -> Standing:
    """Say what one thinks of the present version; where one stands then. The same again changes nothing; another
    replaces it.

    Pressing the same again after a new version confirms it for that version. Whoever reacts is asked why, once, at
    once: that is noted too. `seen_version` is the one that the person had before their eyes (0: not said): where
    another has been published since, TextRenewed. Raises PhaseClosed, Merged, OwnProposal, UnknownChoice.
    """
    value = choice(ReactionValue, value)
    with transaction.atomic():
        proposal = writable(proposal, action=REACT, at=at, scope=reactions_scope)
        before = standing_of(pk=proposal.pk, user=user, at=at)
        if before.is_author:  # what one thinks of one's own proposal is known
            raise OwnProposal
        if 0 < seen_version < proposal.version:
            raise TextRenewed
        if (before.value, before.version) == (value, proposal.version):
            return before
        changes: dict[str, int] = defaultdict(int)
        said: dict[str, Any] = {"value": value, "version": proposal.version, "asked": max(before.asked, 1)}
        if before.value:
            _uncount(before, proposal, changes)
            Reaction.objects.filter(proposal=proposal, user=user).update(**said, updated_at=at)
        else:
            Reaction.objects.create(proposal=proposal, user=user, created_at=at, updated_at=at, **said)
        changes[COUNT_OF_REACTION[value]] += 1
        changes[CURRENT_COUNT_OF_REACTION[value]] += 1
        _count(proposal, changes)
    return replace(before, **said, reacted_at=at)


def withdraw_reaction(*, proposal: Proposal, user: User, at: datetime) -> bool:
    """Take back what one thinks. False where there was nothing (any more). Raises PhaseClosed, Merged."""
    with transaction.atomic():
        proposal = writable(proposal, action=REACT, at=at, scope=reactions_scope)
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


def _uncount(reaction: Reaction | Standing, proposal: Proposal, changes: dict[str, int]) -> None:
    changes[COUNT_OF_REACTION[ReactionValue(reaction.value)]] -= 1
    if reaction.version == proposal.version:
        changes[CURRENT_COUNT_OF_REACTION[ReactionValue(reaction.value)]] -= 1


def _count(proposal: Proposal, changes: dict[str, int]) -> None:
    """Into a proposal that is locked, and into its row."""
    for name, by in changes.items():
        setattr(proposal, name, getattr(proposal, name) + by)
    proposal.save(update_fields=[name for name, by in changes.items() if by])
