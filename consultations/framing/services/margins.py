"""What is said in the margin of a challenge: a comment on a field, answers to it, and that it is resolved."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from common.refusals import Refusal
from common.text import Words
from consultations.framing.enums import Side
from consultations.framing.events import margin_commented, margin_resolved
from consultations.framing.models import Challenge, MarginComment
from consultations.framing.permissions import discusses, side_of
from consultations.framing.services.challenges import locked_challenge
from consultations.framing.services.consultations import locked
from tenants.models import Municipality

WORDS = Words(2, 1000)
MAX_THREADS, MAX_REPLIES = 100, 30
_TWICE = timedelta(minutes=1)


class NotInTheMargin(Refusal):
    code = "not_in_the_margin"
    status = 404
    message = gettext_lazy("Only those who frame speak here, and the service’s team where it accompanies you.")


class CommentResolved(Refusal):
    code = "comment_resolved"
    message = gettext_lazy("Somebody has marked this comment as resolved. Open it again to answer.")


class MarginFull(Refusal):
    code = "margin_full"
    message = gettext_lazy(
        "There are very many comments here already. Speak to each other, then write what you agree on."
    )


def comment(
    *,
    challenge: Challenge,
    municipality: Municipality,
    actor: User,
    field: str,
    text: str,
    at: datetime,
    signed: str = "",
) -> MarginComment:
    """Say something of a field of a challenge, among those who frame. `signed`: the name of somebody of the service.

    The same words again within a minute (a form sent twice): the comment that is there is returned. Raises
    NotInTheMargin, MarginFull, TextTooLong, TextTooShort, ConsultationArchived; Challenge.DoesNotExist where it was
    removed.
    """
    _check(actor, municipality)
    text = WORDS.cleaned(text)
    with transaction.atomic():
        challenge = _locked(challenge)
        threads = list(challenge.margin_comments.filter(answers=None, field=field))
        same = _same(threads, actor, text, at)
        if same is not None:
            return same
        if len(threads) >= MAX_THREADS:
            raise MarginFull
        return _write(challenge, actor=actor, field=field, text=text, signed=signed, at=at)


def reply(
    *, challenge: Challenge, number: int, municipality: Municipality, actor: User, text: str, at: datetime, signed: str
) -> MarginComment:
    """Answer the comment of that number; an answer's answer stands beside it: there is one level.

    Raises the same, CommentResolved, MarginComment.DoesNotExist.
    """
    _check(actor, municipality)
    text = WORDS.cleaned(text)
    with transaction.atomic():
        challenge = _locked(challenge)
        thread = _thread(challenge, number)
        replies = list(thread.replies.all())
        same = _same(replies, actor, text, at)
        if same is not None:
            return same
        if thread.is_resolved:
            raise CommentResolved
        if len(replies) >= MAX_REPLIES:
            raise MarginFull
        return _write(challenge, actor=actor, field=thread.field, text=text, signed=signed, at=at, answers=thread)


def resolve(
    *, challenge: Challenge, number: int, municipality: Municipality, actor: User, at: datetime, signed: str
) -> MarginComment:
    """Mark a comment as settled, with its answers. It is already: nothing happens. Raises as `reply` does."""
    _check(actor, municipality)
    with transaction.atomic():
        challenge = _locked(challenge)
        thread = _thread(challenge, number)
        if thread.is_resolved:
            return thread
        thread.resolved_at, thread.resolved_by = at, actor
        thread.resolved_as = signed if side_of(actor) == Side.SERVICE else ""
        thread.save(update_fields=["resolved_at", "resolved_by", "resolved_as"])
        record("margin_resolved", actor=actor, subject=challenge, comment=thread.pk)
        announce_later(margin_resolved, comment_id=thread.pk, actor_id=actor.pk)
    return thread


def reopen(*, challenge: Challenge, number: int, municipality: Municipality, actor: User) -> MarginComment:
    """Take that back. It is open: nothing happens. Raises as `reply` does."""
    _check(actor, municipality)
    with transaction.atomic():
        challenge = _locked(challenge)
        thread = _thread(challenge, number)
        if not thread.is_resolved:
            return thread
        thread.resolved_at = thread.resolved_by = None
        thread.resolved_as = ""
        thread.save(update_fields=["resolved_at", "resolved_by", "resolved_as"])
        record("margin_reopened", actor=actor, subject=challenge, comment=thread.pk)
    return thread


def _check(actor: User, municipality: Municipality) -> None:
    if not discusses(user=actor, municipality=municipality):
        raise NotInTheMargin


def _locked(challenge: Challenge) -> Challenge:
    """Its consultation first, as everywhere: it may be archived at this moment."""
    locked(challenge.consultation)
    return locked_challenge(challenge)


def _thread(challenge: Challenge, number: int) -> MarginComment:
    found = challenge.margin_comments.select_related("answers").get(pk=number)
    return found.answers or found


def _same(among: list[MarginComment], actor: User, text: str, at: datetime) -> MarginComment | None:
    return next((each for each in among if each.same_as(author_id=actor.pk, text=text, since=at - _TWICE)), None)


def _write(
    challenge: Challenge,
    *,
    actor: User,
    field: str,
    text: str,
    signed: str,
    at: datetime,
    answers: MarginComment | None = None,
) -> MarginComment:
    side = side_of(actor)
    written = MarginComment.objects.create(
        challenge=challenge,
        field=field,
        answers=answers,
        text=text,
        side=side,
        author=actor,
        signed=signed if side == Side.SERVICE else "",
        written_at=at,
    )
    record("margin_replied" if answers else "margin_commented", actor=actor, subject=challenge, comment=written.pk)
    announce_later(margin_commented, comment_id=written.pk, actor_id=actor.pk)
    return written
