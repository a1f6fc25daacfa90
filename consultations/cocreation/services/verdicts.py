"""Authors' verdicts on arguments: given with a reason, public at once."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.cocreation.actions import REWORK
from consultations.cocreation.events import argument_answered
from consultations.cocreation.rules import verdict_reason
from consultations.cocreation.services.refusals import ArgumentHidden, Settled
from consultations.participation.enums import Verdict
from consultations.participation.models import Argument
from consultations.participation.rules import choice
from consultations.participation.services.refusals import ChangedMeanwhile
from consultations.participation.services.writing import lock, writable


def answer_argument(
    *, argument: Argument, verdict: str, reason: str, by: User, seen_revision: int, at: datetime
) -> Argument:
    """Say what becomes of an argument, and why. The same again changes nothing; another answer replaces it.

    `seen_revision` is the answer that the person had before their eyes (0: none yet): where a co-author has
    answered since, ChangedMeanwhile. Once a version has taken the argument up, only the reason still changes:
    that version thanks its author. A reason that moderation has hidden gives way to another, which is public. Raises
    NotAnAuthor, ArgumentHidden, Settled, PhaseClosed, Merged, UnknownChoice, and TextTooShort or TextTooLong for the
    reason: only what is taken up whole needs none.
    """
    verdict = choice(Verdict, verdict)
    reason = verdict_reason(verdict, reason)
    with transaction.atomic():
        writable(argument.proposal, action=REWORK, at=at, by=by)
        lock(argument)
        if argument.is_hidden or argument.is_held:
            raise ArgumentHidden
        if (argument.verdict, argument.verdict_reason) == (verdict, reason):
            return argument
        if argument.verdict_revision != seen_revision:
            raise ChangedMeanwhile
        if argument.taken_in is not None and argument.verdict != verdict:
            raise Settled
        if argument.verdict_reason != reason:
            argument.verdict_hidden = False
        argument.verdict, argument.verdict_reason = verdict, reason
        argument.verdict_at, argument.verdict_by = at, by
        argument.verdict_revision += 1
        argument.save(
            update_fields=[
                "verdict",
                "verdict_reason",
                "verdict_hidden",
                "verdict_at",
                "verdict_by",
                "verdict_revision",
            ],
        )
        record(
            "argument_answered", actor=by, subject=argument, verdict=verdict.value, revision=argument.verdict_revision
        )
        announce_later(argument_answered, argument_id=argument.pk)
    return argument
