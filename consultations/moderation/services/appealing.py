"""Contesting a decision: once, for six months, read again by somebody else."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.moderation.events import appeal_made
from consultations.moderation.models import Appeal, Case, Decision
from consultations.moderation.rules import APPEAL_DELAY, APPEAL_WORDS
from consultations.moderation.services.deciding import last_decision
from consultations.moderation.services.refusals import AppealedAlready, AppealOver, NothingToAppeal
from consultations.moderation.services.reporting import wait


def appeal(*, decision: Decision, author: User, words: str, at: datetime) -> Appeal:
    """Contest a decision that hides one's text, or is about one's account: its case waits again, for somebody else.

    Raises NothingToAppeal (not theirs, not a restriction, no longer in force), AppealedAlready, AppealOver,
    TextTooShort, TextTooLong.
    """
    words = APPEAL_WORDS.cleaned(words)
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.case_id)
        if decision.author_id != author.pk or not decision.may_be_contested:
            raise NothingToAppeal
        if Appeal.objects.filter(decision=decision).exists():
            raise AppealedAlready
        if last_decision(case) != decision:
            raise NothingToAppeal
        if at >= decision.appeal_until:
            raise AppealOver
        made = Appeal.objects.create(decision=decision, author=author, words=words, made_at=at)
        wait(case, at=at, delay=APPEAL_DELAY)
        record("appealed", actor=author, subject=decision)
        announce_later(appeal_made, appeal_id=made.pk)
    return made
