"""From a draft to a proposal, and the first minutes after."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.neighbourhoods import choose_neighbourhood
from common.db import concerns
from common.outbox import announce_later
from common.text import TextTooLong, TextTooShort
from consultations.framing.models import Challenge
from consultations.framing.selectors import calendar_of
from consultations.participation.actions import PROPOSE
from consultations.participation.events import proposal_submitted, text_edited
from consultations.participation.models import (
    Argument,
    Draft,
    Proposal,
    ProposalVersion,
    Reaction,
)
from consultations.participation.permissions import EDIT_WINDOW
from consultations.participation.registry import why_kept
from consultations.participation.rules import PARTS, proposal_texts
from consultations.participation.scopes import LISTS
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services.drafts import (
    begin_draft,
    forget_unshown_pictures,
    save_details,
    save_draft,
)
from consultations.participation.services.holding import held, hold_again, waiting, waits_first
from consultations.participation.services.refusals import (
    AlreadyAnswered,
    ChangedMeanwhile,
    Incomplete,
    NotYours,
    PhaseClosed,
    PictureUndescribed,
    TooLate,
)
from consultations.participation.services.writing import count, require, writable


def submit_proposal(*, draft: Draft, author: User, at: datetime, revision: int | None = None) -> Proposal:
    """Publish a draft as version 1 of a proposal, or let it wait where the city reads first (`is_held`).

    A draft published already gives the same proposal again. `revision` is that of the draft which its author
    read through. Raises PhaseClosed, Incomplete, PictureUndescribed, ChangedMeanwhile if it has been written to since,
    or NotYours for another person's draft.
    """
    with transaction.atomic():
        concerns(LISTS)
        draft = (
            Draft.objects.select_for_update(of=("self",), no_key=True)
            .select_related("challenge__consultation")
            .get(pk=draft.pk)
        )
        if draft.author_id != author.pk:
            raise NotYours
        if draft.proposal_id:
            return Proposal.objects.get(pk=draft.proposal_id)
        challenge = draft.challenge
        require(calendar_of(challenge.consultation, at=at), PROPOSE)
        if not challenge.is_shown:
            raise PhaseClosed
        _check(draft, revision)
        text = draft.texts
        proposal = Proposal.objects.create(
            challenge=challenge,
            author=author,
            submitted_at=at,
            neighbourhood=draft.neighbourhood,
            picture_id=draft.picture_id,
            picture_alt=draft.picture_alt if draft.picture_id else "",
            **text,
            **waiting(challenge.consultation, author, at=at),
        )
        ProposalVersion.objects.create(proposal=proposal, number=1, made_by=author, created_at=at, **text)
        # The picture is the proposal's now: removed there, it is gone.
        draft.proposal, draft.picture = proposal, None
        draft.save(update_fields=["proposal", "picture", "updated_at"])
        record("proposal_submitted", actor=author, subject=proposal)
        if proposal.is_held:
            held.send(sender=Proposal, thing=proposal, at=at)
        else:
            count(challenge.pk, proposals=1)
            announce_later(proposal_submitted, proposal_id=proposal.pk)
    return proposal


def propose(*, challenge: Challenge, author: User, at: datetime, neighbourhood: str = "", **texts: str) -> Proposal:
    """Write a proposal and publish it at once, all or nothing: for who has it ready. No draft is left of a refusal.

    Raises what begin_draft, save_details and submit_proposal raise.
    """
    writer = Writer(user=author)
    with transaction.atomic():
        draft = begin_draft(challenge=challenge, writer=writer)
        save_draft(draft=draft, writer=writer, **texts)
        if neighbourhood:
            save_details(draft=draft, writer=writer, at=at, neighbourhood=neighbourhood, picture_alt="")
        return submit_proposal(draft=draft, author=author, at=at)


def _check(draft: Draft, revision: int | None) -> None:
    if revision is not None and revision != draft.revision:
        raise ChangedMeanwhile
    for name, words in PARTS.items():
        try:
            words.check(getattr(draft, name))
        except (TextTooShort, TextTooLong) as problem:
            raise Incomplete from problem
    if draft.picture_id and not draft.picture_alt:
        raise PictureUndescribed


def may_edit(*, proposal: Proposal, at: datetime) -> bool:
    """Whether its authors can still correct it in place, as far as the row shows. No query."""
    return (
        proposal.version == 1
        and proposal.author_id is not None
        and (proposal.is_held or at < proposal.submitted_at + EDIT_WINDOW)
        and not proposal.reaction_count
        and not proposal.argument_count
    )


def edit_proposal(
    *,
    proposal: Proposal,
    author: User,
    at: datetime,
    neighbourhood: str = "",
    without_picture: bool = False,
    **text: str,
) -> Proposal:
    """Correct version 1 in place, while it waits or within EDIT_WINDOW of its publication and while nobody has reacted
    or argued. Where the city reads first, one that was published waits again.

    `text` holds title, solution, problem and benefit. No change: nothing happens. Raises NotAnAuthor, PhaseClosed,
    Merged, AlreadyAnswered, TooLate, what other apps say against it (registry.keeps_texts), NeighbourhoodRefused,
    TextTooShort, TextTooLong.
    """
    choose_neighbourhood(neighbourhood, before=proposal.neighbourhood)
    text = proposal_texts(text, lacking=[name for name, words in proposal.texts.items() if not words])
    with transaction.atomic():
        proposal = writable(proposal, action=PROPOSE, at=at, by=author, held_too=True)
        answered = (
            Reaction.objects.filter(proposal=proposal).exists() or Argument.objects.filter(proposal=proposal).exists()
        )
        if answered or proposal.version > 1:
            raise AlreadyAnswered
        if not may_edit(proposal=proposal, at=at):
            raise TooLate
        if kept := why_kept(proposal):
            raise kept
        new: dict[str, Any] = {**text, "neighbourhood": neighbourhood}
        if without_picture:
            new |= {"picture_id": None, "picture_alt": ""}
        changed = [name for name, value in new.items() if getattr(proposal, name) != value]
        if not changed:
            return proposal
        for name in changed:
            setattr(proposal, name, new[name])
        Proposal.objects.filter(pk=proposal.pk).update(**{name: new[name] for name in changed})
        ProposalVersion.objects.filter(proposal=proposal, number=1).update(**text)
        if without_picture:
            forget_unshown_pictures()
        record("proposal_mended", actor=author, subject=proposal, parts=changed)
        consultation = proposal.challenge.consultation
        if not proposal.is_held and waits_first(consultation, author):
            hold_again(proposal, consultation=consultation, at=at)
        announce_later(text_edited, proposal_id=proposal.pk)
    return proposal
