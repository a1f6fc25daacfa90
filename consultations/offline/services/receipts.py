"""Receipts made, ahead or with a sheet, and found again. Only their digests are kept: each is shown once."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.audit import record
from accounts.models import User
from consultations.framing.models import Consultation
from consultations.offline import codes
from consultations.offline.enums import EntryState
from consultations.offline.models import Entry, Receipt
from consultations.offline.services.refusals import ManySheets, ReceiptUnknown, SheetEntered
from tenants.keys.services import KeyDestroyed, key_of, make_key

_KEY = "offline receipts"
# What is printed at once. Each receipt costs some milliseconds.
MOST_SHEETS = 2000


def print_receipts(*, consultation: Consultation, amount: int, by: User, at: datetime) -> list[tuple[int, str]]:
    """The numbers of so many sheets, after those that are there, each with its receipt as it is printed.

    They open nothing until their sheets are entered. Raises ManySheets.
    """
    if not 1 <= amount <= MOST_SHEETS:
        raise ManySheets(MOST_SHEETS)
    key = _key()
    drawn = {code: codes.digest_of(key, code) for code in _distinct(amount)}
    with transaction.atomic():
        Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
        last = consultation.offline_receipts.aggregate(last=Max("sheet"))["last"] or 0
        numbers = range(last + 1, last + amount + 1)
        made = [
            Receipt(consultation=consultation, sheet=sheet, digest=digest, is_printed=True, made_at=at)
            for sheet, digest in zip(numbers, drawn.values(), strict=True)
        ]
        Receipt.objects.bulk_create(made, batch_size=500)
        record("offline_receipts_printed", actor=by, subject=consultation, first=numbers[0], count=amount)
    return list(zip(numbers, map(codes.shown, drawn), strict=True))


def take_receipt(*, consultation: Consultation, sheet: int | None, code: str, at: datetime) -> tuple[Receipt, str]:
    """The receipt of a sheet that is being entered, with its code; none ("") where it is printed on the sheet.

    `code`: the one that the form has shown, or "". Raises SheetEntered.
    """
    if sheet is not None:
        # Two with the same sheet: the second waits for the first.
        Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
        found = Receipt.objects.filter(consultation=consultation, sheet=sheet).first()
        if found is not None:
            if (entry := Entry.objects.filter(receipt=found).first()) is not None:
                raise SheetEntered(entry)
            return found, ""
    key = _key()
    while True:
        code = code or codes.draw()
        try:
            with transaction.atomic():
                made = Receipt.objects.create(
                    consultation=consultation, sheet=sheet, digest=codes.digest_of(key, code), made_at=at
                )
        except IntegrityError:  # somebody's: one in 20,000,000,000
            code = ""
        else:
            return made, code


def is_of(receipt: Receipt, code: str) -> bool:
    return receipt.digest == codes.digest_of(_key(), code)


def entry_under(typed: str) -> Entry:
    """What was entered under a receipt. The caller limits how often it is tried.

    Raises ReceiptMistyped, by which nothing is looked for, and ReceiptUnknown.
    """
    code = codes.read(typed)
    try:
        digest = codes.digest_of(key_of(_KEY), code)
    except KeyDestroyed as never_made:
        raise ReceiptUnknown from never_made
    found = Entry.objects.filter(receipt__digest=digest).first()
    if found is None or found.state not in (EntryState.GIVEN, EntryState.TO_READ):
        raise ReceiptUnknown
    return found


def _key() -> bytes:
    try:
        return key_of(_KEY)
    except KeyDestroyed:
        make_key(_KEY)
        return key_of(_KEY)


def _distinct(amount: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < amount:
        found[codes.draw()] = None
    return list(found)
