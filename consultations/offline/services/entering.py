"""A sheet typed by a member of the team, kept as a draft, read by a colleague, or taken out before it is public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import mark_of
from consultations.framing.models import Consultation
from consultations.offline.enums import GONE, EntryKind, EntryState
from consultations.offline.models import NOTHING_SAID, Entry, EntryDesk, EntryRule
from consultations.offline.selectors import has_corrected, words_now
from consultations.offline.services.giving import give
from consultations.offline.services.receipts import is_of, sheet_number, take_receipt
from consultations.offline.services.refusals import AlreadyRead, OtherSheet, SameReader, SheetGone, SheetTakenOut
from consultations.offline.services.typed import Typed, check_open, kept_fields, words_of


@dataclass(frozen=True)
class Entered:
    """`code`: its receipt, to be shown now and never again; "" where it is printed on the sheet, or was shown before.
    `again`: the same sending as before, which changed nothing.
    """

    entry: Entry
    code: str = ""
    again: bool = False


def enter(
    *,
    consultation: Consultation,
    typed: Typed,
    by: User,
    at: datetime,
    key: UUID,
    code: str = "",
    is_draft: bool = False,
) -> Entered:
    """`key` and `code` are made where it is typed: whatever is sent twice, or late, is entered once.

    A draft that is there under the key is finished, or kept as it now is. Raises SheetEntered, SheetOfAnother,
    NotPrinted, NotOpenThen, OtherSheet, SheetTakenOut, and what `kept_fields` raises.
    """
    if (found := _there(key, code, typed)) is not None:
        return found
    fields = kept_fields(typed, consultation=consultation, is_draft=is_draft)
    if not is_draft:
        check_open(consultation, kind=typed.kind, given_on=typed.given_on, at=at)
    with transaction.atomic():
        stay_at(consultation=consultation, by=by, typed=typed)
        entry = _locked_draft(key)
        if entry is None:
            made = Entry(key=key, consultation=consultation, state=EntryState.DRAFT, typed_by=by, typed_at=at, **fields)
            # Sent twice at once, the second waits here for the first.
            Entry.objects.bulk_create([made], ignore_conflicts=True)
            entry = Entry.objects.select_for_update(of=("self",), no_key=True).get(key=key)
            entry.consultation = consultation
        if entry.state != EntryState.DRAFT:
            return _as_it_is(entry, code, typed)
        for name, value in fields.items():
            setattr(entry, name, value)
        entry.typed_by, entry.typed_at, entry.changed_at = by, at, at
        of_sheet: Any = {"consultation": consultation, "sheet": typed.sheet, "printed": typed.printed}
        entry.sheet = sheet_number(**of_sheet) if is_draft else None
        if is_draft:
            entry.save()
            return Entered(entry)
        entry.sent = _mark(typed)
        entry.receipt, code = take_receipt(**of_sheet, code=code, at=at)
        if reads_twice(consultation):
            entry.state = EntryState.TO_READ
            entry.save()
            record("offline_to_read", actor=by, subject=entry, channel=entry.channel)
        else:
            give(entry, by=by, at=at)
    return Entered(entry, code)


def _locked_draft(key: UUID) -> Entry | None:
    found = Entry.objects.select_for_update(of=("self",), no_key=True).select_related("consultation")
    return found.filter(key=key).first()


def _there(key: UUID, code: str, typed: Typed) -> Entered | None:
    entry = Entry.objects.select_related("receipt").filter(key=key).exclude(state=EntryState.DRAFT).first()
    return None if entry is None else _as_it_is(entry, code, typed)


def _as_it_is(entry: Entry, code: str, typed: Typed) -> Entered:
    """Its code again only for whoever has it: nobody makes another one of it.

    Raises OtherSheet, SheetTakenOut, FieldRefused.
    """
    if entry.state != EntryState.ERASED and not _was_sent_so(entry, typed):
        raise OtherSheet
    if entry.state == EntryState.TAKEN_OUT:
        raise SheetTakenOut
    known = bool(code) and entry.receipt is not None and is_of(entry.receipt, code)
    return Entered(entry, code if known else "", again=True)


def _was_sent_so(entry: Entry, typed: Typed) -> bool:
    """Whatever its words have become since. Of one that has no mark: as they are now."""
    return entry.sent == _mark(typed) if entry.sent else typed.kind == entry.kind and _said(typed) == words_now(entry)


def _mark(typed: Typed) -> str:
    return mark_of(typed.kind, sorted(_said(typed).items()))


def _said(typed: Typed) -> dict[str, str]:
    stance = {"stance": typed.stance} if typed.kind == EntryKind.ARGUMENT else {}
    return words_of(typed.kind, vars(typed)) | stance


def read(*, entry: Entry, by: User, at: datetime) -> bool:
    """A colleague who has written nothing of it has compared it with the sheet: it is given to everybody. Read
    already: False.

    Raises SameReader, SheetGone, NotOpenThen, NoSuchProposal.
    """
    with transaction.atomic():
        found = _waiting(entry)
        if found.is_given:
            return False
        if found.typed_by_id == by.pk or has_corrected(found, by):
            raise SameReader
        found.read_by, found.read_at = by, at
        give(found, by=by, at=at)
        record("offline_read", actor=by, subject=found)
    return True


def take_out(*, entry: Entry, by: User, at: datetime) -> None:
    """A draft, or what waits to be read: its sheet can be typed anew. What was sent under its key is remembered, and
    not entered by being sent again. Raises SheetGone, AlreadyRead.
    """
    with transaction.atomic():
        found = _waiting(entry)
        if found.is_given:
            raise AlreadyRead
        record("offline_discarded", actor=by, subject=found)
        receipt = found.receipt
        if found.state == EntryState.DRAFT:
            found.delete()
        else:
            found.corrections.all().delete()
            gone = {"state": EntryState.TAKEN_OUT, "receipt": None, "changed_at": at, **NOTHING_SAID}
            Entry.objects.filter(pk=found.pk).update(**gone)
        if receipt is not None and not receipt.is_printed:
            receipt.delete()


def _waiting(entry: Entry) -> Entry:
    found = (
        Entry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("consultation", "receipt")
        .filter(pk=entry.pk)
        .exclude(state__in=GONE)
        .first()
    )
    if found is None:
        raise SheetGone
    return found


# ── How somebody types, and what the city has set ────────────────────────────


def stay_at(*, consultation: Consultation, by: User, typed: Typed) -> None:
    """The next sheet begins with the same challenge, channel, place and day."""
    stays = {
        "challenge": typed.challenge,
        "channel": typed.channel,
        "place": typed.place.strip()[:80],
        "given_on": typed.given_on,
    }
    EntryDesk.objects.update_or_create(consultation=consultation, user=by, defaults=stays)


def begin_pile(*, consultation: Consultation, by: User, size: int, at: datetime) -> None:
    """So many sheets are counted from now on; 0: none are."""
    EntryDesk.objects.update_or_create(
        consultation=consultation, user=by, defaults={"pile": size, "pile_since": at if size else None}
    )


def reads_twice(consultation: Consultation) -> bool:
    return EntryRule.objects.filter(consultation=consultation, read_twice=True).exists()


def set_rule(*, consultation: Consultation, read_twice: bool, by: User) -> None:
    """What waits to be read then still waits. No change: nothing happens."""
    with transaction.atomic():
        rule, _made = EntryRule.objects.get_or_create(consultation=consultation)
        if rule.read_twice != read_twice:
            rule.read_twice = read_twice
            rule.save(update_fields=["read_twice"])
            record("offline_rule_set", actor=by, subject=consultation, read_twice=read_twice)
