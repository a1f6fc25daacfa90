"""Numbered paper forms: asked for in a press, made by workers part after part, each once.

The numbers are taken when they are asked for, in the city's own order. Each part is a message of the outbox: killed
anywhere it is made again, and a part that is there is not made twice. The receipts of its sheets are drawn in the
transaction that keeps it: they are on paper and nowhere else, and those of a part that was never kept open nothing.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.city import present_city
from common.outbox import enqueue, outbox_task
from common.typeset import let_go
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.kit.models import SheetPart, SheetRun, Spot
from consultations.kit.selectors.sheets import sheets_pdf
from consultations.kit.selectors.stages import may_propose
from consultations.kit.services.refusals import NothingToPropose, NotSoMany, PrintedMeanwhile
from consultations.offline.services.receipts import receipts_to_print, reserve_sheets

MOST = 500
A_PART = 25


def last_number() -> int:
    return SheetRun.objects.aggregate(last=Max("last"))["last"] or 0


def ask_for_sheets(
    *, consultation: Consultation, count: int, after: int, spot: int = 0, by: User, at: datetime
) -> SheetRun:
    """`after`: the last number that whoever asks has seen taken. The same press once more is the same run.

    Raises NotSoMany, NothingToPropose, PrintedMeanwhile.
    """
    if not 1 <= count <= MOST:
        raise NotSoMany
    if not may_propose(consultation):
        raise NothingToPropose
    with transaction.atomic():
        # All of them: the numbers are the city's.
        list(Consultation.objects.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
        if (since := SheetRun.objects.filter(first__gt=after).order_by("first").first()) is not None:
            if (since.consultation_id, since.made_by_id, since.count) == (consultation.pk, by.pk, count):
                return since
            raise PrintedMeanwhile
        place = Spot.objects.filter(consultation=consultation, pk=spot).values_list("pk", flat=True).first() or 0
        numbers = reserve_sheets(consultation=consultation, count=count, after=last_number(), at=at)
        run = SheetRun.objects.create(
            consultation=consultation, first=numbers[0], last=numbers[-1], spot=place, made_by=by, made_at=at
        )
        record("kit_sheets_asked", actor=by, subject=consultation, first=run.first, last=run.last)
        for first in numbers[::A_PART]:
            enqueue(make_part, run_id=run.pk, first=first)
    return run


@outbox_task
def make_part(run_id: int, first: int, **kwargs: Any) -> None:
    with transaction.atomic():
        # Two workers with the same part: the second waits for the first, and has nothing left to do.
        run = SheetRun.objects.select_for_update(of=("self",), no_key=True).filter(pk=run_id).first()
        if run is None or SheetPart.objects.filter(run=run, first=first).exists():
            return
        consultation = every_consultation().get(pk=run.consultation_id)
        numbers = range(first, min(first + A_PART, run.last + 1))
        receipts = receipts_to_print(consultation=consultation, sheets=numbers, at=timezone.now())
        content = sheets_pdf(consultation, present_city(), list(zip(numbers, receipts, strict=True)), spot=run.spot)
        SheetPart.objects.create(run=run, first=first, last=numbers[-1], content=content)
    let_go()


def part_to_download(*, part: SheetPart, by: User) -> bytes:
    """Whoever holds the file holds the receipts of its sheets: it is on record who has had it."""
    record("kit_sheets_downloaded", actor=by, subject=part.run.consultation, first=part.first, last=part.last)
    return bytes(part.content)
