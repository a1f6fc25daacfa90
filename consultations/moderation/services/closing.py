"""What there is nothing left to decide about: its author has left with it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from consultations.moderation.enums import State
from consultations.moderation.models import Case, Report, SecondLook
from consultations.moderation.services.answering import tell_that_it_is_gone
from consultations.moderation.services.listing import list_later
from consultations.moderation.subjects import subjects_of


def close_what_is_gone(*, cases: Iterable[int], at: datetime) -> int:
    """Those of these cases that are about nothing any more wait no longer; how many. No decision is recorded, and
    whoever reported reads why."""
    with transaction.atomic():
        found = list(
            Case.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=list(cases), state=State.OPEN)
            .select_related("consultation")
            .order_by("pk")
        )
        left = subjects_of((case.kind, case.subject_id) for case in found)
        gone = [case.pk for case in found if (case.kind, case.subject_id) not in left]
        waiting = Report.objects.filter(case__in=gone, answered_at=None)
        tell_that_it_is_gone(waiting.select_related("reporter").order_by("pk"))
        waiting.update(answered_at=at)
        SecondLook.objects.filter(case__in=gone).delete()
        Case.objects.filter(pk__in=gone).update(state=State.DECIDED, claimed_by=None, claimed_at=None, is_held=False)
        for case in found:
            if case.pk in gone:
                list_later(case)
    return len(gone)
