"""Writing proposals, reactions and arguments. The phase is asked here, whatever the page showed."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from common.events import announce
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import ReactionValue, Stage, Stance
from consultations.participation.events import argument_given, proposal_submitted, reaction_given
from consultations.participation.models import (
    COUNT_OF_REACTION,
    COUNT_OF_STANCE,
    Argument,
    Draft,
    Proposal,
    ProposalVersion,
    Reaction,
)
from consultations.participation.permissions import may_react


class Refused(Exception):
    """An expected refusal, with the sentence to show. Nothing has been changed."""

    message: Promise | str = ""


class PhaseClosed(Refused):
    message = _("This phase is over: you can read, but no longer write here. Your text is kept in the page.")


class OwnProposal(Refused):
    message = _("This is your own proposal: what others think of it is what helps you.")


class NotYours(Refused):
    message = _("This draft belongs to someone else.")


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
        if not calendar_of(challenge.consultation, at=at).may_propose:
            raise PhaseClosed
        text = {name: getattr(draft, name) for name in ("title", "solution", "problem", "benefit")}
        proposal = Proposal.objects.create(challenge=challenge, author=author, submitted_at=at, **text)
        ProposalVersion.objects.create(proposal=proposal, number=1, created_at=at, **text)
        draft.author, draft.proposal = author, proposal
        draft.save(update_fields=["author", "proposal", "updated_at"])
        _count(challenge, "proposal_count", 1)
        record("proposal_submitted", actor=author, subject=proposal)
        announce(proposal_submitted, proposal_id=proposal.pk)
    return proposal


def react(*, proposal: Proposal, user: User, value: str, at: datetime) -> Reaction:
    """Say what one thinks of the present version. The same again changes nothing; another replaces it.

    Raises PhaseClosed or OwnProposal.
    """
    value = ReactionValue(value)
    with transaction.atomic():
        proposal = _writable(proposal, at=at)
        if not may_react(user=user, proposal=proposal):
            raise OwnProposal
        reaction = Reaction.objects.filter(proposal=proposal, user=user).first()
        if reaction is not None and (reaction.value, reaction.version) == (value, proposal.version):
            return reaction
        changes: dict[str, Any] = {}
        if reaction is None:
            reaction = Reaction(proposal=proposal, user=user, created_at=at)
        else:
            changes[COUNT_OF_REACTION[ReactionValue(reaction.value)]] = -1
        changes[COUNT_OF_REACTION[value]] = changes.get(COUNT_OF_REACTION[value], 0) + 1
        reaction.value, reaction.version, reaction.updated_at = value, proposal.version, at
        reaction.save()
        Proposal.objects.filter(pk=proposal.pk).update(**{name: F(name) + by for name, by in changes.items() if by})
        announce(reaction_given, proposal_id=proposal.pk, user_id=user.pk, value=value.value)
    return reaction


def argue(
    *,
    proposal: Proposal,
    author: User,
    stance: str,
    text: str,
    at: datetime,
    kind: str = "",
    part: str = "",
    source_url: str = "",
) -> Argument:
    """Say why. The same words of the same person again give the argument that is there.

    Raises PhaseClosed.
    """
    with transaction.atomic():
        proposal = _writable(proposal, at=at)
        try:
            with transaction.atomic():
                argument = Argument.objects.create(
                    proposal=proposal,
                    author=author,
                    stance=Stance(stance),
                    text=text,
                    kind=kind,
                    part=part,
                    source_url=source_url,
                    submitted_at=at,
                )
        except IntegrityError:
            return Argument.objects.get(proposal=proposal, author=author, text=text)
        changes: dict[str, Any] = {COUNT_OF_STANCE[Stance(stance)]: F(COUNT_OF_STANCE[Stance(stance)]) + 1}
        if proposal.stage == Stage.IDEA:
            changes["stage"] = Stage.ARGUMENTS
        Proposal.objects.filter(pk=proposal.pk).update(**changes)
        _count(proposal.challenge, "argument_count", 1)
        record("argument_given", actor=author, subject=argument)
        announce(argument_given, argument_id=argument.pk)
    return argument


def _writable(proposal: Proposal, *, at: datetime) -> Proposal:
    """The proposal, locked, if its phase lets people speak. Counts are exact because of this lock."""
    proposal = (
        Proposal.objects.published()
        .select_for_update(of=("self",))
        .select_related("challenge__consultation")
        .get(pk=proposal.pk)
    )
    if not calendar_of(proposal.challenge.consultation, at=at).may_argue:
        raise PhaseClosed
    return proposal


def _count(challenge: Challenge, name: str, by: int) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(**{name: F(name) + by})
    Consultation.objects.filter(pk=challenge.consultation_id).update(**{name: F(name) + by})
