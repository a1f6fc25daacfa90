"""From a sheet to what everybody reads: the team types it, somebody else has said it. Nobody of this site is its
author, and moderation has it like what people write here.
"""

from datetime import datetime
from typing import Any

from accounts.audit import record
from accounts.models import User
from common.db import concerns
from common.outbox import announce_later
from consultations.offline.enums import EntryState
from consultations.offline.models import Entry
from consultations.offline.services.refusals import NoSuchProposal
from consultations.offline.services.typed import check_open
from consultations.participation.enums import Stance, Status
from consultations.participation.events import argument_given, proposal_submitted
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal, ProposalVersion
from consultations.participation.scopes import LISTS, proposal_scope
from consultations.participation.services.holding import held, waiting
from consultations.participation.services.writing import count, lock

# The words are the contribution's from now on: corrected, hidden or erased there, they are nowhere else.
_MOVED = dict.fromkeys(("title", "solution", "problem", "benefit", "name"), "")


def give(entry: Entry, *, by: User, at: datetime) -> None:
    """In the transaction in which the entry is locked, or made. Raises NotOpenThen, NoSuchProposal."""
    check_open(entry.consultation, kind=entry.kind, given_on=entry.given_on, at=at)
    signed = {"author": None, "imported_author": entry.name, "came_by": entry.channel, "submitted_at": at}
    signed |= waiting(entry.consultation, None, at=at)
    if entry.is_argument:
        entry.argument = _argument(entry, signed)
    else:
        entry.proposal = _proposal(entry, signed)
    made = entry.argument or entry.proposal
    assert made is not None
    entry.state = EntryState.GIVEN
    for name, nothing in _MOVED.items():
        setattr(entry, name, nothing)
    entry.save()
    record("offline_entered", actor=by, subject=made, entry=entry.pk, channel=entry.channel)
    if made.is_held:
        held.send(sender=type(made), thing=made, at=at)


def _proposal(entry: Entry, signed: dict[str, Any]) -> Proposal:
    concerns(LISTS)
    assert entry.challenge_id is not None
    made = Proposal.objects.create(challenge_id=entry.challenge_id, **entry.texts, **signed)
    ProposalVersion.objects.create(proposal=made, number=1, created_at=made.submitted_at, **entry.texts)
    if not made.is_held:
        count(made.challenge_id, proposals=1)
        announce_later(proposal_submitted, proposal_id=made.pk)
    return made


def _argument(entry: Entry, signed: dict[str, Any]) -> Argument:
    if entry.about_id is None:
        raise NoSuchProposal
    proposal = Proposal(pk=entry.about_id)
    concerns(proposal_scope(proposal.pk))
    try:
        lock(proposal)
    except Proposal.DoesNotExist as gone:
        raise NoSuchProposal from gone
    if proposal.status != Status.PUBLISHED or proposal.merged_into_id:
        raise NoSuchProposal
    said = {"stance": entry.stance, "text": entry.solution, "version": proposal.version}
    made = Argument.objects.create(proposal=proposal, **said, **signed)
    if not made.is_held:
        count(proposal.challenge_id, arguments=1, argued=(proposal.pk, COUNT_OF_STANCE[Stance(entry.stance)]))
        announce_later(argument_given, argument_id=made.pk)
    return made
