"""Giving answers to be written: to whom, for when."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.events import answer_assigned
from consultations.outcomes.models import Answer
from consultations.outcomes.permissions import writers
from consultations.outcomes.services.locking import locked_answers, locked_proposals, require
from consultations.outcomes.services.refusals import DayPassed, NotAble, NotAnswerable


def assign_answers(
    *,
    consultation: Consultation,
    proposals: Iterable[int],
    actor: User,
    at: datetime,
    writer_id: int | None = None,
    due_on: date | None = None,
) -> list[Answer]:
    """Have somebody write the answers to these proposals, by a day; what is not said stays. The writer is told, once.

    What can no longer be answered is left out. Raises NoLongerTheirs, NotAble (the writer), DayPassed,
    ConsultationArchived; NotAnswerable where nothing is left.
    """
    if due_on is not None and due_on < timezone.localdate(at):
        raise DayPassed
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        writer = writers().filter(pk=writer_id).first() if writer_id else None
        if writer_id and writer is None:
            raise NotAble
        answers = list(locked_answers(locked_proposals(consultation, proposals).values()).values())
        if not answers:
            raise NotAnswerable
        given = [each for each in answers if writer is not None and each.writer_id != writer.pk]
        for answer in answers:
            answer.writer_id = writer.pk if writer else answer.writer_id
            answer.due_on = due_on or answer.due_on
        Answer.objects.bulk_update(answers, ["writer", "due_on"])
        keys = [each.proposal_id for each in answers]
        record("answers_assigned", actor=actor, subject=consultation, proposals=keys, writer=writer_id)
        for answer in given:
            announce_later(answer_assigned, answer_id=answer.pk, actor_id=actor.pk, at=at.isoformat())
    return answers
