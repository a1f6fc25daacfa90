"""A next version that waits to be read before it is published: the present one stays public, nothing is announced.

Locks: the proposal, then what waits.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.cocreation.models import HeldVersion, ReworkDraft
from consultations.cocreation.services.rework import changed_texts, enter_version
from consultations.participation.enums import Status
from consultations.participation.rules import PARTS
from consultations.participation.services.holding import taken_back
from consultations.participation.services.refusals import NoLongerWaits, NotYours
from consultations.participation.services.writing import lock


def publish_held(held: HeldVersion, *, at: datetime) -> bool:
    """Publish what waited, in whatever phase, as the next version. What it was to replace is no longer there, or is not
    public any more: its author has it back as a draft. No longer waiting: False.
    """
    with transaction.atomic():
        held = locked_version(held)
        if held.status != Status.HELD:
            return False
        proposal = held.proposal
        changed = changed_texts(proposal, held.texts)
        may = proposal.status == Status.PUBLISHED and proposal.merged_into_id is None and bool(changed)
        if not may or proposal.version != held.base_version:
            _draft_again(held, at=at)
            held.delete()
            return False
        enter_version(proposal, changed, by=held.author, note=held.note, at=at)
        held.delete()
    return True


def refuse_held(held: HeldVersion, *, actor: User | None) -> bool:
    """It is not published; its author has its words on the page of the decision."""
    return _move(held, Status.HELD, Status.HIDDEN, "content_hidden", actor=actor)


def hold_refused(held: HeldVersion, *, actor: User | None) -> bool:
    """It waits again."""
    return _move(held, Status.HIDDEN, Status.HELD, "content_waits_again", actor=actor)


def _move(held: HeldVersion, before: Status, after: Status, action: str, *, actor: User | None) -> bool:
    with transaction.atomic():
        held = locked_version(held)
        another = HeldVersion.objects.filter(proposal=held.proposal_id, status=Status.HELD).exclude(pk=held.pk)
        if held.status != before or (after == Status.HELD and another.exists()):
            return False
        held.status, held.status_before = after, before if after == Status.HIDDEN else ""
        held.save(update_fields=["status", "status_before"])
        record(action, actor=actor, subject=held)
    return True


def take_back_version(*, held: HeldVersion, author: User, at: datetime) -> None:
    """Its author goes on writing it, in their draft. Raises NotYours, NoLongerWaits."""
    with transaction.atomic():
        held = locked_version(held)
        if held.author_id != author.pk:
            raise NotYours
        if held.status != Status.HELD:
            raise NoLongerWaits
        _draft_again(held, at=at)
        record("content_taken_back", actor=author, subject=held)
        taken_back.send(sender=HeldVersion, key=held.pk)
        held.delete()


def locked_version(held: HeldVersion) -> HeldVersion:
    """With its proposal, locked first. Raises HeldVersion.DoesNotExist."""
    found = HeldVersion.objects.select_related("author", "proposal__challenge__consultation").get(pk=held.pk)
    lock(found.proposal)
    lock(found)
    return found


def _draft_again(held: HeldVersion, *, at: datetime) -> None:
    if held.author is None:
        return
    words: dict[str, Any] = {name: getattr(held, name) for name in PARTS}
    words |= {"note": held.note, "base_version": held.base_version, "updated_at": at}
    draft = ReworkDraft.objects.filter(proposal=held.proposal_id, user=held.author).first()
    if draft is None:
        # Far from the count of whatever a device of theirs remembers.
        ReworkDraft.objects.create(proposal=held.proposal, user=held.author, revision=int(at.timestamp()), **words)
        return
    ReworkDraft.objects.filter(pk=draft.pk).update(revision=draft.revision + 1, **words)
