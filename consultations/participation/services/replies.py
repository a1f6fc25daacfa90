"""Answering an argument: one level, so that what is said stays about the proposal."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.participation.actions import ARGUE
from consultations.participation.enums import Status
from consultations.participation.events import reply_given, text_edited
from consultations.participation.models import Argument, Reply
from consultations.participation.permissions import EDIT_WINDOW
from consultations.participation.rules import REPLY
from consultations.participation.services.holding import held, hold_again, waiting, waits_first
from consultations.participation.services.refusals import NotYours, SaidAlready, TooLate
from consultations.participation.services.writing import lock, refuse_pasting, same_words, writable, writable_argument


def reply(*, argument: Argument, author: User, text: str, at: datetime) -> Reply:
    """Answer an argument; where the city reads first, the reply waits (`is_held`). Sent again, it is the reply that is
    there; hardly other words here are refused.

    Raises Argument.DoesNotExist for a hidden one, PhaseClosed, Merged, SaidAlready, SaidElsewhere,
    TextTooShort, TextTooLong.
    """
    text = REPLY.cleaned(text)
    with transaction.atomic():
        proposal = writable_argument(argument, action=ARGUE, at=at)
        said = same_words(Reply, author=author, text=text)
        for other in said:
            if other.argument_id == argument.pk:
                if other.text != text or other.is_hidden:
                    raise SaidAlready
                return other
        refuse_pasting(other.argument_id for other in said)
        status = waiting(proposal.challenge.consultation, author, at=at)
        given = Reply.objects.create(argument=argument, author=author, text=text, submitted_at=at, **status)
        record("reply_given", actor=author, subject=given)
        if given.is_held:
            held.send(sender=Reply, thing=given, at=at)
        else:
            argument.reply_count += 1
            argument.save(update_fields=["reply_count"])
            announce_later(reply_given, reply_id=given.pk)
    return given


def edit_reply(*, reply: Reply, author: User, text: str, at: datetime) -> Reply:
    """Edit one's reply while it waits, or within fifteen minutes. No change: nothing happens. Where the city reads
    first, one that was published waits again.

    Raises Reply.DoesNotExist where it or its argument is hidden, NotYours, TooLate, SaidAlready, SaidElsewhere,
    PhaseClosed, Merged, TextTooShort, TextTooLong.
    """
    text = REPLY.cleaned(text)
    with transaction.atomic():
        writable(reply.argument.proposal, action=ARGUE, at=at)
        lock(reply.argument)
        lock(reply)
        if reply.argument.status != Status.PUBLISHED or reply.status not in (Status.PUBLISHED, Status.HELD):
            raise Reply.DoesNotExist
        if reply.author_id != author.pk:
            raise NotYours
        if reply.text == text:
            return reply
        if not reply.is_held and at >= reply.submitted_at + EDIT_WINDOW:
            raise TooLate
        said = [other for other in same_words(Reply, author=author, text=text) if other.pk != reply.pk]
        if any(other.argument_id == reply.argument_id for other in said):
            raise SaidAlready
        refuse_pasting(other.argument_id for other in said)
        reply.text, reply.edited_at = text, at
        reply.save(update_fields=["text", "edited_at"])
        record("reply_edited", actor=author, subject=reply)
        consultation = reply.argument.proposal.challenge.consultation
        if not reply.is_held and waits_first(consultation, author):
            hold_again(reply, consultation=consultation, at=at)
        announce_later(text_edited, reply_id=reply.pk)
    return reply
