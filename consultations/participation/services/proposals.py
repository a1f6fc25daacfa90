"""From a draft to a proposal."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.framing.enums import Deed
from consultations.framing.selectors import calendar_of
from consultations.participation.events import proposal_submitted
from consultations.participation.models import Draft, Proposal, ProposalVersion
from consultations.participation.services.refusals import NotYours, PhaseClosed
from consultations.participation.services.writing import count, tell_later


def save_draft(*, draft: Draft, **fields: str) -> Draft:
    """Keep what has been typed so far, complete or not."""
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save(update_fields=[*fields, "updated_at"])
    return draft


def submit_proposal(*, draft: Draft, author: User, at: datetime) -> Proposal:
    """Publish a draft as version 1 of a proposal. A draft published already gives the same proposal again.

    Raises PhaseClosed, or NotYours for another person's draft.
    """
    with transaction.atomic():
        draft = Draft.objects.select_for_update(of=("self",)).select_related("challenge__consultation").get(pk=draft.pk)
        if draft.author_id not in (None, author.pk):
            raise NotYours
        if draft.proposal_id:
            return Proposal.objects.get(pk=draft.proposal_id)
        challenge = draft.challenge
        if not calendar_of(challenge.consultation, at=at).may(Deed.PROPOSE):
            raise PhaseClosed
        text = {name: getattr(draft, name) for name in ("title", "solution", "problem", "benefit")}
        proposal = Proposal.objects.create(challenge=challenge, author=author, submitted_at=at, **text)
        ProposalVersion.objects.create(proposal=proposal, number=1, created_at=at, **text)
        draft.author, draft.proposal = author, proposal
        draft.save(update_fields=["author", "proposal", "updated_at"])
        count(challenge.pk, proposals=1)
        record("proposal_submitted", actor=author, subject=proposal)
        tell_later(proposal_submitted, proposal_id=proposal.pk)
    return proposal
