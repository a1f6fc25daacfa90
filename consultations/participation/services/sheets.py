"""Spreadsheets of contributions: who took some along, and those that a worker makes because they are long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.abilities import may
from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from common.city import present_city
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal
from common.retention import span
from common.sheets import write_csv, write_xlsx
from consultations.participation.abilities import EXPORT_CONTRIBUTIONS
from consultations.participation.models import SHEET_KEPT, Sheet, SheetPiece
from consultations.participation.selectors.contributions import Sift, challenges_moderated_by
from consultations.participation.selectors.sheet import sheet_head, sheet_rows
from consultations.participation.selectors.sheets import given_up, progress_key
from consultations.participation.selectors.written_sift import read_sift, written_sift

# More lines than that are made by a worker: these take about two seconds.
AT_ONCE = 2_000
# Of one person: how many are made at the same time, and how many are kept.
MAKING_MAX, KEPT_MAX = 3, 5
# Who has waited longer gets a mail.
_LONG = timedelta(seconds=30)
_PIECE = 1_000_000
_TOLD_EVERY = 500
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


class TooManySheets(Refusal):
    code = "too_many_sheets"
    message = _("Three files are already being made for you: wait for one of them.")


def note_sheet(*, actor: User, lines: int, kind: str) -> None:
    """Record who took contributions along: how many lines, in which kind of file."""
    with transaction.atomic():
        record("contributions_exported", actor=actor, lines=lines, kind=kind)


def ask_for_sheet(
    *, actor: User, kind: str, query: str, sift: Sift, columns: tuple[str, ...], total: int, at: datetime
) -> Sheet:
    """Have a worker make it; asked for again while it is being made, it is the same. Raises TooManySheets.

    The oldest of the files that the person keeps goes, so that they keep no more than KEPT_MAX.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # pressed twice at once: in turn
        theirs = Sheet.objects.filter(asked_by=actor)
        making = list(theirs.filter(ready_at=None).order_by("pk"))
        lost = given_up(making)
        theirs.filter(pk__in=lost).delete()
        making = [each for each in making if each.pk not in lost]
        for each in making:
            if (each.kind, each.query) == (kind, query):
                return each
        if len(making) >= MAKING_MAX:
            raise TooManySheets
        _leave_room(theirs, KEPT_MAX - 1)
        sheet = Sheet.objects.create(
            asked_by=actor,
            kind=kind,
            query=query,
            wanted=written_sift(sift),
            columns=list(columns),
            asked_at=at,
            total=total,
        )
        enqueue(make_sheet, sheet_id=sheet.pk)
    return sheet


def _leave_room(theirs: Any, kept: int) -> None:
    ready = theirs.exclude(ready_at=None).order_by("-ready_at", "-pk")
    Sheet.objects.filter(pk__in=list(ready.values_list("pk", flat=True)[kept:])).delete()


@outbox_task
def make_sheet(sheet_id: int, **kwargs: Any) -> None:
    """Make the file and keep it in pieces, all or nothing: what a kill leaves half-made is made again.

    Nothing is made for somebody who may not have it any more.
    """
    sheet = Sheet.objects.select_related("asked_by").filter(pk=sheet_id, ready_at=None).first()
    if sheet is None:
        return
    if not may(sheet.asked_by, EXPORT_CONTRIBUTIONS):
        sheet.delete()
        return
    sift = read_sift(sheet.wanted, reads_in=challenges_moderated_by(sheet.asked_by))
    with TemporaryFile() as file:
        rows = _telling(sheet, sheet_rows(sift, sheet.columns))
        sheet.lines = WRITERS[sheet.kind](file, sheet_head(sheet.columns), rows)
        sheet.size = _keep(sheet, file)
    sheet.ready_at = timezone.now()
    with transaction.atomic():
        sheet.save(update_fields=["lines", "size", "ready_at"])
        record("contributions_exported", actor=sheet.asked_by, lines=sheet.lines, kind=sheet.kind)
        if sheet.ready_at - sheet.asked_at > _LONG:
            _tell(sheet)
    cache.delete(progress_key(sheet.pk))


def _telling(sheet: Sheet, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Say now and then how far it is: beside the transaction, which nobody sees into."""
    for done, row in enumerate(rows):
        if done % _TOLD_EVERY == 0:
            cache.set(progress_key(sheet.pk), done, 600)
        yield row


def _keep(sheet: Sheet, file: IO[bytes]) -> int:
    file.seek(0)
    number = 0
    while content := file.read(_PIECE):
        SheetPiece.objects.create(sheet=sheet, number=number, content=content)
        number += 1
    return file.tell()


def _tell(sheet: Sheet) -> None:
    city = present_city()
    context = {
        "city": city,
        "sheet": sheet,
        "url": city.url.rstrip("/") + reverse("desk_sheets"),
        "kept": span(SHEET_KEPT),
    }
    send_mail_later(template="participation/email/sheet_ready", to=sheet.asked_by.email, context=context)


def let_go_of_sheets(user: User) -> None:
    """Of whoever may take contributions along no more."""
    if not may(user, EXPORT_CONTRIBUTIONS):
        Sheet.objects.filter(asked_by=user).delete()
