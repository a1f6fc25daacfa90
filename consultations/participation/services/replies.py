"""Answering an argument: one level, so that what is said stays about the proposal."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.models import User
from consultations.framing.enums import Deed
from consultations.participation.enums import Status
from consultations.participation.events import reply_given
from consultations.participation.models import Argument, Reply
from consultations.participation.services.refusals import NotYours, SaidAlready, SaidElsewhere, TooLate
from consultations.participation.services.writing import MEND_FOR, same_words, tell_later, writable

# The same words of one person are for so many arguments at most.
_PLACES_AT_MOST = 3


def reply(*, argument: Argument, author: User, text: str, at: datetime) -> Reply:
    """Answer an argument. The same words of the same person again give the reply that is there.

    Raises Argument.DoesNotExist for a hidden one, PhaseClosed, Merged, SaidElsewhere.
    """
    with transaction.atomic():
        proposal = writable(argument.proposal_id, deed=Deed.ARGUE, at=at)
        argument = (
            Argument.objects.select_for_update(of=("self",), no_key=True)
            .filter(status=Status.PUBLISHED)
            .get(pk=argument.pk, proposal=proposal)
        )
        said = same_words(Reply, author=author, text=text)
        for other in said:
            if (other.argument_id, other.text) == (argument.pk, text):
                return other
        if len({other.argument_id for other in said} - {argument.pk}) >= _PLACES_AT_MOST:
            raise SaidElsewhere
        given = Reply.objects.create(argument=argument, author=author, text=text, submitted_at=at)
        Argument.objects.filter(pk=argument.pk).update(reply_count=F("reply_count") + 1)
        record("reply_given", actor=author, subject=given)
        tell_later(reply_given, reply_id=given.pk)
    return given


def edit_reply(*, reply: Reply, author: User, text: str, at: datetime) -> Reply:
    """Mend one's reply within fifteen minutes. As it was: nothing happens.

    Raises NotYours, TooLate, SaidAlready, PhaseClosed, Merged.
    """
    with transaction.atomic():
        writable(reply.argument.proposal_id, deed=Deed.ARGUE, at=at)
        reply = (
            Reply.objects.select_for_update(of=("self",), no_key=True).filter(status=Status.PUBLISHED).get(pk=reply.pk)
        )
        if reply.author_id != author.pk:
            raise NotYours
        if reply.text == text:
            return reply
        if at >= reply.submitted_at + MEND_FOR:
            raise TooLate
        if Reply.objects.filter(argument=reply.argument_id, author=author, text=text).exclude(pk=reply.pk).exists():
            raise SaidAlready
        reply.text, reply.edited_at = text, at
        reply.save(update_fields=["text", "edited_at"])
        record("reply_edited", actor=author, subject=reply)
    return reply
