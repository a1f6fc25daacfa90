"""Receipts made, ahead or with a sheet, and found again. Only their digests are kept: each is shown once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from consultations.framing.models import Consultation
from consultations.offline import codes
from consultations.offline.enums import EntryState
from consultations.offline.models import Entry, Receipt
from consultations.offline.services.refusals import NotPrinted, ReceiptUnknown, SheetEntered, SheetOfAnother
from tenants.keys.services import KeyDestroyed, key_of, make_key

_KEY = "offline receipts"


def reserve_sheets(*, consultation: Consultation, count: int, after: int, at: datetime) -> range:
    """So many numbers in a row above `after`, none of which anybody has typed from a sheet of their own.

    They are taken from now on: whatever is typed under one of them meanwhile, the receipt that is printed opens it.
    The caller has the consultations locked.
    """
    first = after + 1
    while typed := Receipt.objects.filter(sheet__range=(first, first + count - 1)).aggregate(last=Max("sheet"))["last"]:
        first = typed + 1
    numbers = range(first, first + count)
    Receipt.objects.bulk_create(
        Receipt(consultation=consultation, sheet=sheet, digest=uuid4(), is_printed=True, made_at=at)
        for sheet in numbers
    )
    return numbers


def receipts_to_print(*, consultation: Consultation, sheets: Sequence[int], at: datetime) -> list[str]:
    """One a sheet, as it is printed; for the transaction that keeps what is printed. Made again, they are others."""
    key = _key()
    drawn = {code: codes.digest_of(key, code) for code in _distinct(len(sheets))}
    Receipt.objects.bulk_create(
        (
            Receipt(consultation=consultation, sheet=sheet, digest=digest, is_printed=True, made_at=at)
            for sheet, digest in zip(sheets, drawn.values(), strict=True)
        ),
        update_conflicts=True,
        unique_fields=["consultation", "sheet"],
        update_fields=["digest", "is_printed"],
    )
    return [codes.shown(code) for code in drawn]


def take_receipt(
    *, consultation: Consultation, sheet: int | None, printed: str, code: str, at: datetime
) -> tuple[Receipt, str]:
    """The receipt of a sheet that is being entered, with its code; none ("") where it is printed on the sheet.

    `printed`: the one that was read from the sheet. `code`: the one that the form has shown, or "".
    Raises SheetEntered, SheetOfAnother, NotPrinted.
    """
    if printed or sheet is not None:
        # Two with the same sheet: the second waits for the first.
        Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
        if (found := _of_sheet(consultation, sheet, printed)) is not None:
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


def sheet_number(*, consultation: Consultation, sheet: int | None, printed: str) -> int | None:
    """Of a sheet whose number or receipt was typed. Raises SheetOfAnother, NotPrinted."""
    found = _of_sheet(consultation, sheet, printed) if printed or sheet is not None else None
    return found.sheet if found else sheet


def _of_sheet(consultation: Consultation, sheet: int | None, printed: str) -> Receipt | None:
    """None for a number that nobody has printed. Raises SheetOfAnother, NotPrinted."""
    rows = Receipt.objects.select_related("consultation")
    if printed:
        found = rows.filter(digest=codes.digest_of(_key(), printed)).first()
        if found is None:
            raise NotPrinted
    else:
        of_number = rows.filter(sheet=sheet)
        found = of_number.filter(consultation=consultation).first() or of_number.filter(is_printed=True).first()
    if found is not None and found.consultation_id != consultation.pk:
        raise SheetOfAnother(found.consultation.title)
    return found


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
