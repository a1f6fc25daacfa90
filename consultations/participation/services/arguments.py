"""Saying why, and finding what others said useful."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.participation import rules
from consultations.participation.actions import ARGUE, REACT
from consultations.participation.enums import ArgumentKind, Part, Stance
from consultations.participation.events import argument_given, text_edited
from consultations.participation.models import COUNT_OF_STANCE, Argument, Proposal, UsefulMark
from consultations.participation.permissions import EDIT_WINDOW, works_on
from consultations.participation.services.holding import held, hold_again, waiting, waits_first
from consultations.participation.services.refusals import (
    Answered,
    NotYours,
    OwnArgument,
    OwnProposal,
    SaidAlready,
    TooLate,
)
from consultations.participation.services.writing import count, refuse_pasting, same_words, writable, writable_argument


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
    source_title: str = "",
    seen_version: int = 0,
) -> Argument:
    """Say why; where the city reads first, it waits (`is_held`). Sent again, it is the argument that is there; hardly
    other words here are refused.

    `seen_version` is the one that the person had read (0: not said): it is said of that one.
    Raises PhaseClosed, Merged, OwnProposal, SaidAlready, SaidElsewhere, and what `_said` raises.
    """
    said = _said(stance, text, kind, part, source_url, source_title)
    with transaction.atomic():
        proposal = writable(proposal, action=ARGUE, at=at)
        if works_on(user=author, proposal=proposal):
            raise OwnProposal
        # Under the lock of the proposal: of two sendings at once the second finds the first.
        before = same_words(Argument, author=author, text=said["text"])
        for other in before:
            if other.proposal_id == proposal.pk:
                if (other.text, other.stance) != (said["text"], said["stance"]) or other.is_hidden:
                    raise SaidAlready
                return other
        refuse_pasting(other.proposal_id for other in before)
        argument = Argument.objects.create(
            proposal=proposal,
            author=author,
            version=min(seen_version or proposal.version, proposal.version),
            submitted_at=at,
            **said,
            **waiting(proposal.challenge.consultation, author, at=at),
        )
        record("argument_given", actor=author, subject=argument)
        if argument.is_held:
            held.send(sender=Argument, thing=argument, at=at)
        else:
            count(proposal.challenge_id, arguments=1, argued=(proposal.pk, COUNT_OF_STANCE[Stance(stance)]))
            announce_later(argument_given, argument_id=argument.pk)
    return argument


def edit_argument(
    *,
    argument: Argument,
    author: User,
    stance: str,
    text: str,
    at: datetime,
    kind: str = "",
    part: str = "",
    source_url: str = "",
    source_title: str = "",
) -> Argument:
    """Edit one's argument while it waits, or within fifteen minutes, while nobody has answered it. No change: nothing
    happens. Where the city reads first, one that was published waits again.

    Raises NotYours, Answered, TooLate, SaidAlready, SaidElsewhere, PhaseClosed, Merged, and what `_said` raises.
    """
    new = _said(stance, text, kind, part, source_url, source_title)
    with transaction.atomic():
        proposal = writable_argument(argument, action=ARGUE, at=at, held_too=True)
        if argument.author_id != author.pk:
            raise NotYours
        if all(getattr(argument, name) == value for name, value in new.items()):
            return argument
        if argument.reply_count or argument.verdict:
            raise Answered
        if not argument.is_held and at >= argument.submitted_at + EDIT_WINDOW:
            raise TooLate
        said = [other for other in same_words(Argument, author=author, text=new["text"]) if other.pk != argument.pk]
        if any(other.proposal_id == proposal.pk for other in said):
            raise SaidAlready
        refuse_pasting(other.proposal_id for other in said)
        before = COUNT_OF_STANCE[Stance(argument.stance)]
        after = COUNT_OF_STANCE[Stance(stance)]
        for name, value in new.items():
            setattr(argument, name, value)
        argument.edited_at = at
        argument.save(update_fields=[*new, "edited_at"])
        if before != after and not argument.is_held:
            Proposal.objects.filter(pk=proposal.pk).update(**{before: F(before) - 1, after: F(after) + 1})
        record("argument_edited", actor=author, subject=argument)
        consultation = proposal.challenge.consultation
        if not argument.is_held and waits_first(consultation, author):
            hold_again(argument, consultation=consultation, at=at)
        announce_later(text_edited, argument_id=argument.pk)
    return argument


def mark_useful(*, argument: Argument, user: User, useful: bool, at: datetime) -> bool:
    """Mark an argument as useful, or no longer. No change: False.

    The mark is its own record. Open as long as people may react. Raises OwnArgument, PhaseClosed, Merged.
    """
    with transaction.atomic():
        writable_argument(argument, action=REACT, at=at)
        if argument.author_id == user.pk:
            raise OwnArgument
        mark = UsefulMark.objects.filter(argument=argument, user=user).first()
        if (mark is not None) == useful:
            return False
        if mark is None:
            UsefulMark.objects.create(argument=argument, user=user, created_at=at)
        else:
            mark.delete()
        argument.useful_count += 1 if useful else -1
        argument.save(update_fields=["useful_count"])
    return True


def _said(stance: str, text: str, kind: str, part: str, url: str, title: str) -> dict[str, str]:
    """What an argument says, as it is kept. Raises TextTooShort, TextTooLong, UnknownChoice, NoWebAddress."""
    source_url, source_title = rules.source(url, title)
    return {
        "stance": rules.choice(Stance, stance).value,
        "text": rules.ARGUMENT.cleaned(text),
        "kind": kind and rules.choice(ArgumentKind, kind).value,
        "part": part and rules.choice(Part, part).value,
        "source_url": source_url,
        "source_title": source_title,
    }
