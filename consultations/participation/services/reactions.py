"""Saying what one thinks of a proposal."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from common.events import announce
from consultations.framing.enums import Deed
from consultations.participation.enums import ReactionValue
from consultations.participation.events import reaction_given
from consultations.participation.models import (
    COUNT_OF_REACTION,
    CURRENT_COUNT_OF_REACTION,
    Proposal,
    Reaction,
)
from consultations.participation.permissions import may_react
from consultations.participation.services.refusals import OwnProposal
from consultations.participation.services.writing import writable


def react(*, proposal: Proposal, user: User, value: str, at: datetime) -> Reaction:
    """Say what one thinks of the present version. The same again changes nothing; another replaces it.

    Pressing the same again after a new version confirms it for that version. Raises PhaseClosed, Merged, OwnProposal.
    """
    value = ReactionValue(value)
    with transaction.atomic():
        proposal = writable(proposal, deed=Deed.REACT, at=at)
        if not may_react(user=user, proposal=proposal):
            raise OwnProposal
        reaction = Reaction.objects.filter(proposal=proposal, user=user).first()
        if reaction is not None and (reaction.value, reaction.version) == (value, proposal.version):
            return reaction
        changes: dict[str, int] = defaultdict(int)
        if reaction is None:
            reaction = Reaction(proposal=proposal, user=user, created_at=at)
        else:
            changes[COUNT_OF_REACTION[ReactionValue(reaction.value)]] -= 1
            if reaction.version == proposal.version:
                changes[CURRENT_COUNT_OF_REACTION[ReactionValue(reaction.value)]] -= 1
        changes[COUNT_OF_REACTION[value]] += 1
        changes[CURRENT_COUNT_OF_REACTION[value]] += 1
        reaction.value, reaction.version, reaction.updated_at = value, proposal.version, at
        reaction.save()
        Proposal.objects.filter(pk=proposal.pk).update(**{name: F(name) + by for name, by in changes.items() if by})
        announce(reaction_given, proposal_id=proposal.pk, user_id=user.pk, value=value.value)
    return reaction
