"""Where the city reads before it publishes: what waits, and how its author takes it back.

Nothing of it is counted, listed or announced before it is published (`visibility.publish`).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from accounts.audit import record
from accounts.models import User
from consultations.framing.models import Consultation
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Draft, Proposal
from consultations.participation.permissions import works_on
from consultations.participation.services.refusals import AlreadyAnswered, NoLongerWaits, NotYours
from consultations.participation.services.visibility import Hideable, locked, out_of_sight
from notifications.services.withdrawing import withdraw

# In the transaction in which a text begins to wait: `thing`, `at`. Who reads it is found there, or it is not written.
held = Signal()
# In the transaction in which its author takes back what waits: `sender`, its model; `key`, its number.
taken_back = Signal()


def waits_first(consultation: Consultation, author: User | None) -> bool:
    """Whether what they write is read before it is published. What the city's own team signs is not. None: who has no
    account.
    """
    return consultation.reads_first and (author is None or not author.is_staff_member)


def waiting(consultation: Consultation, author: User | None, *, at: datetime) -> dict[str, Any]:
    """The fields of a new text that waits, with the promise made to its author; none where it is published at once."""
    if not waits_first(consultation, author):
        return {}
    return {"status": Status.HELD, "publish_by": promised(consultation, at=at)}


def promised(consultation: Consultation, *, at: datetime) -> datetime:
    """On the hour: it is said to people."""
    until = at + timedelta(hours=consultation.moderation_delay, minutes=59, seconds=59)
    return until.replace(minute=0, second=0, microsecond=0)


def hold_again(thing: Hideable, *, consultation: Consultation, at: datetime) -> None:
    """Its author, who had it published, has changed its words: they wait as the first ones did.

    The caller has locked it. Those whom it was announced to no longer hear of it.
    """
    out_of_sight(thing)
    thing.publish_by = promised(consultation, at=at)
    thing.save(update_fields=["publish_by"])
    withdraw(type(thing), [thing.pk])
    held.send(sender=type(thing), thing=thing, at=at)


def take_back(*, thing: Hideable, author: User) -> None:
    """Take back what waits. A proposal is a draft again, an argument or a reply is gone.

    Raises NotYours; NoLongerWaits where somebody has decided meanwhile; AlreadyAnswered where it was public for a
    moment, and others have written there.
    """
    with transaction.atomic():
        thing = locked(thing)
        if not (works_on(user=author, proposal=thing) if isinstance(thing, Proposal) else thing.author_id == author.pk):
            raise NotYours
        if not thing.is_held:
            raise NoLongerWaits
        if _is_answered(thing):
            raise AlreadyAnswered
        if isinstance(thing, Proposal):
            _draft_again(thing)
        record("content_taken_back", actor=author, subject=thing)
        taken_back.send(sender=type(thing), key=thing.pk)
        thing.delete()


def _is_answered(thing: Hideable) -> bool:
    if isinstance(thing, Proposal):
        return thing.arguments.exists() or thing.reactions.exists()
    return isinstance(thing, Argument) and thing.replies.exists()


def _draft_again(proposal: Proposal) -> None:
    """With what was corrected since, and its picture."""
    kept = {
        **proposal.texts,
        "neighbourhood": proposal.neighbourhood,
        "picture_id": proposal.picture_id,
        "picture_alt": proposal.picture_alt,
    }
    found = Draft.objects.filter(proposal=proposal)
    if not found.update(proposal=None, revision=F("revision") + 1, **kept):
        Draft.objects.create(challenge_id=proposal.challenge_id, author=proposal.author, **kept)
    Proposal.objects.filter(pk=proposal.pk).update(picture=None)
