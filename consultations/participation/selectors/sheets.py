"""The spreadsheets that somebody has asked for, and how far each is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from accounts.models import User
from common.models import OutboxMessage
from common.templatetags.ui import figure
from consultations.participation.models import SHEET_KEPT, Sheet, SheetPiece


@dataclass(frozen=True)
class ShownSheet:
    """`done`: of its lines, as last told by whoever makes it; None while nobody has begun, or nobody tells."""

    sheet: Sheet
    done: int | None
    is_lost: bool

    @property
    def total(self) -> str:
        return str(figure(self.sheet.total))

    @property
    def is_ready(self) -> bool:
        return self.sheet.ready_at is not None

    @property
    def is_making(self) -> bool:
        return not self.is_ready and not self.is_lost

    @property
    def kept_until(self) -> datetime | None:
        return self.sheet.ready_at + SHEET_KEPT if self.sheet.ready_at else None


def progress_key(pk: int) -> str:
    return f"sheet-{pk}"


def given_up(sheets: Iterable[Sheet]) -> set[int]:
    """Those that no worker tries any more. One query where there are some."""
    pks = [each.pk for each in sheets if each.ready_at is None]
    if not pks:
        return set()
    waiting = OutboxMessage.objects.filter(payload__sheet_id__in=pks, due_at__isnull=False)
    return set(pks) - set(waiting.values_list("payload__sheet_id", flat=True))


def sheets_of(user: User) -> list[ShownSheet]:
    """The newest first. Two queries."""
    sheets = list(Sheet.objects.filter(asked_by=user).order_by("-asked_at", "-pk"))
    lost = given_up(sheets)
    return [
        ShownSheet(each, None if each.ready_at else cache.get(progress_key(each.pk)), each.pk in lost)
        for each in sheets
    ]


def content_of(sheet: Sheet) -> Iterator[bytes]:
    """Its file, a piece in memory at a time."""
    pieces = SheetPiece.objects.filter(sheet=sheet).order_by("number").values_list("number", flat=True)
    for number in list(pieces):
        yield bytes(SheetPiece.objects.values_list("content", flat=True).get(sheet=sheet, number=number))
