"""Numbered paper forms: asked for in a press, made by workers part after part, each once.

The numbers are taken when they are asked for, in the city's own order. Each part is a message of the outbox: killed
anywhere it is made again, and a part that is there is not made twice.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.audit import record
from accounts.models import User
from common.city import present_city
from common.outbox import enqueue, outbox_task
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.kit.models import SheetPart, SheetRun, Spot
from consultations.kit.selectors.sheets import FILES_KEPT, sheets_pdf
from consultations.kit.services.refusals import NotSoMany, PrintedMeanwhile

MOST = 500
A_PART = 25


def last_number() -> int:
    return SheetRun.objects.aggregate(last=Max("last"))["last"] or 0


def ask_for_sheets(
    *, consultation: Consultation, count: int, after: int, spot: int = 0, by: User, at: datetime
) -> SheetRun:
    """`after`: the last number that whoever asks has seen taken. The same press once more is the same run.

    Raises NotSoMany, PrintedMeanwhile.
    """
    if not 1 <= count <= MOST:
        raise NotSoMany
    with transaction.atomic():
        # All of them: the numbers are the city's.
        list(Consultation.objects.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
        last = last_number()
        if last != after:
            same = SheetRun.objects.filter(consultation=consultation, first=after + 1, last=after + count, made_by=by)
            if run := same.first():
                return run
            raise PrintedMeanwhile
        place = Spot.objects.filter(consultation=consultation, pk=spot).values_list("pk", flat=True).first() or 0
        run = SheetRun.objects.create(
            consultation=consultation, first=last + 1, last=last + count, spot=place, made_by=by, made_at=at
        )
        record("kit_sheets_asked", actor=by, subject=consultation, first=run.first, last=run.last)
        for first in range(run.first, run.last + 1, A_PART):
            enqueue(make_part, run_id=run.pk, first=first)
        SheetPart.objects.filter(run__made_at__lt=at - FILES_KEPT).delete()
    return run


@outbox_task
def make_part(run_id: int, first: int, **kwargs: Any) -> None:
    run = SheetRun.objects.filter(pk=run_id).first()
    if run is None or SheetPart.objects.filter(run=run, first=first).exists():
        return
    consultation, last = every_consultation().get(pk=run.consultation_id), min(first + A_PART - 1, run.last)
    content = sheets_pdf(consultation, present_city(), first=first, last=last, spot=run.spot)
    SheetPart.objects.bulk_create([SheetPart(run=run, first=first, last=last, content=content)], ignore_conflicts=True)
