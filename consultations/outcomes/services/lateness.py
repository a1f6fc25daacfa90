"""Saying of an answer that is not given by the day that was promised why, and by when it is."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.templatetags.ui import last_day
from consultations.framing.models import Consultation
from consultations.framing.services.dates import YEARS_AHEAD
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.models import Answer
from consultations.outcomes.rules import LATE_WHY
from consultations.outcomes.selectors.clock import promise_of
from consultations.outcomes.services.locking import locked_answers, locked_proposal, require
from consultations.outcomes.services.refusals import DayPassed, NotAfterPromise, NotLate, TooFar


def tell_late(
    *, consultation: Consultation, proposal_id: int, why: str, until: date, actor: User, at: datetime
) -> Answer:
    """Say it to everyone, before the day that was promised or after it. `until` is later than that day, and to come.

    Raises NoLongerTheirs, NotAnswerable, NotLate, DayPassed, NotAfterPromise, TooFar, TextTooShort,
    TextTooLong, ConsultationArchived.
    """
    why = LATE_WHY.cleaned(why)
    with transaction.atomic():
        actor = require(actor, PREPARE_ANSWERS)
        proposal = locked_proposal(consultation, proposal_id)
        answer = locked_answers([proposal])[proposal.pk]
        promised = promise_of(consultation, at=at).until
        if promised is None or (answer.current is not None and not answer.current.is_hidden):
            raise NotLate
        if until < timezone.localdate(at):
            raise DayPassed
        if until <= last_day(promised):
            raise NotAfterPromise(last_day(promised))
        if until > timezone.localdate(at) + timedelta(days=round(365.25 * YEARS_AHEAD)):
            raise TooFar
        if (answer.late_why, answer.late_until) == (why, until):
            return answer
        if answer.late_until not in (None, until):
            answer.late_earlier = [*answer.late_earlier, answer.late_until.isoformat()]
        answer.late_why, answer.late_until = why, until
        answer.save(update_fields=["late_why", "late_until", "late_earlier"])
        record("answer_late_told", actor=actor, subject=answer, proposal=proposal_id, until=until.isoformat())
    return answer
