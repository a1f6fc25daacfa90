"""A moderator turns to a text that nobody has pointed at."""

from datetime import datetime

from django.db import transaction

from consultations.moderation.models import Case
from consultations.moderation.rules import DELAY
from consultations.moderation.services.refusals import NothingToReport
from consultations.moderation.services.reporting import locked_case
from consultations.moderation.subjects import subject_of


def case_for(*, kind: str, pk: int, at: datetime) -> Case:
    """Its case, made where there is none: it does not wait, and anything can be decided. Raises NothingToReport."""
    subject = subject_of(kind, pk)
    if subject is None:
        raise NothingToReport
    with transaction.atomic():
        return locked_case(kind, pk, subject.consultation, at=at, delay=DELAY)
