"""Contacts out of a spreadsheet: read, matched, looked at line by line, taken up as a whole; and undone as a whole."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.neighbourhoods import NEIGHBOURHOOD_MAX, key_of_place, listed_neighbourhoods
from common.mail_addresses import check_mail_address
from common.text import TextTooLong, TextTooShort
from consultations.contacts.enums import ContactKind
from consultations.contacts.models import Contact, ContactBatch, Exchange, Unwilling
from consultations.contacts.reading import guessed, read_list
from consultations.contacts.services.keeping import FIELDS, SOURCE, cleaned, key_of, lock_book, mark_of_address
from consultations.contacts.services.refusals import BatchOver, ColumnMissing

# What a column may be, beside `postcode` and `town`, which end the address. Where a list comes from is asked once, for
# all of it.
COLUMNS = tuple(name for name in FIELDS if name != "source")
_KINDS = {
    ContactKind.SCHOOL: ("ecole", "college", "lycee", "scolaire", "universite", "school", "etablissement"),
    ContactKind.COMPANY: ("entreprise", "societe", "commerce", "sarl", "company", "artisan"),
    ContactKind.COUNCIL: ("conseil",),
    ContactKind.SERVICE: ("service", "mairie", "centre", "public"),
    ContactKind.ASSOCIATION: ("association", "asso", "club", "amicale", "comite"),
}


@dataclass
class Line:
    """One line of the list as it would be taken up. `there`: the contact that it is already; `mended`: what stands
    otherwise than in the file."""

    number: int
    values: dict[str, str]
    problems: list[str] = field(default_factory=list)
    there: str = ""
    mended: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return not self.problems and not self.there

    @property
    def others(self) -> list[str]:
        """What it has beside its name and its address, as it will stand."""
        kind = ContactKind(self.values["kind"]).label
        names = ("person", "phone", "address", "neighbourhood", "note")
        return [str(kind), *(self.values[name] for name in names if self.values[name])]


def start_batch(*, content: bytes, by: User, at: datetime) -> ContactBatch:
    """The same file, not yet taken up, is the same batch. Raises ListNotRead."""
    lines, digest = read_list(content), sha256(content).hexdigest()
    with transaction.atomic():
        lock_book()
        same = ContactBatch.objects.filter(digest=digest, done_at=None, made_by=by).first()
        if same:
            return same
        return ContactBatch.objects.create(
            digest=digest,
            lines=lines,
            columns=guessed(lines[0][1:]),
            kind=ContactKind.ASSOCIATION,
            made_by=by,
            made_at=at,
        )


def match_columns(*, batch: ContactBatch, columns: Mapping[str, int], kind: str, source: str) -> ContactBatch:
    """Raises ColumnMissing, BatchOver, TextTooShort, TextTooLong."""
    if "name" not in columns:
        raise ColumnMissing
    with transaction.atomic():
        found = _locked(batch)
        if found.done_at:
            raise BatchOver
        found.columns, found.kind, found.source = dict(columns), kind, SOURCE.cleaned(source)
        found.save(update_fields=["columns", "kind", "source"])
    return found


def lines_of(batch: ContactBatch) -> list[Line]:
    """Each with what is wrong with it, and whether it is there already, by its address or name. Three queries."""
    by_email = dict(Contact.objects.exclude(email="").values_list("email", "name"))
    by_name = dict(Contact.objects.values_list("name_key", "name"))
    listed = {key_of_place(name): name for name in listed_neighbourhoods().values()}
    found = []
    for cells in batch.lines[1:]:
        line = _line(batch, cells, listed)
        key, email = key_of(line.values["name"]), line.values["email"].lower()
        line.there = by_email.get(email, "") if email else ""
        line.there = line.there or by_name.get(key, "")
        if line.is_new:
            by_name[key] = line.values["name"]
            by_email |= {email: line.values["name"]} if email else {}
        found.append(line)
    return found


def take_up(*, batch: ContactBatch, by: User, at: datetime) -> int:
    """Add what is new of it; how many. Lines with a problem, or of contacts that are there, are left out. A second
    press adds nothing. Raises ColumnMissing."""
    with transaction.atomic():
        lock_book()
        found = _locked(batch)
        if found.done_at:
            return found.added
        if "name" not in found.columns or not found.source:
            raise ColumnMissing
        new = [cleaned({**line.values, "source": found.source}) for line in lines_of(found) if line.is_new]
        marks = {mark_of_address(each["email"]) for each in new if each["email"]}
        unwilling = set(Unwilling.objects.filter(mark__in=marks).values_list("mark", flat=True))
        Contact.objects.bulk_create(
            Contact(
                **each,
                batch=found,
                created_by=by,
                created_at=at,
                used_at=at,
                refused_at=at if each["email"] and mark_of_address(each["email"]) in unwilling else None,
            )
            for each in new
        )
        found.done_at, found.added, found.lines = at, len(new), []
        found.save(update_fields=["done_at", "added", "lines"])
        record("contacts_imported", actor=by, subject=found, count=len(new))
    return len(new)


def undo(*, batch: ContactBatch, by: User, at: datetime) -> tuple[int, int]:
    """Take away what it added; how many went, and how many stay: changed or written to since. Again changes nothing."""
    with transaction.atomic():
        lock_book()
        found = _locked(batch)
        if found.done_at is None or found.undone_at:
            return 0, 0
        own = Contact.objects.filter(batch=found)
        talked = Exchange.objects.filter(contact=OuterRef("pk"))
        gone = own.filter(~Exists(talked), revision=0)
        count, every = gone.count(), own.count()
        gone.delete()
        found.undone_at = at
        found.save(update_fields=["undone_at"])
        record("contacts_import_undone", actor=by, subject=found, count=count)
    return count, every - count


def _locked(batch: ContactBatch) -> ContactBatch:
    return ContactBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)


def _line(batch: ContactBatch, cells: list[str], listed: Mapping[str, str]) -> Line:
    words = cells[1:]
    values = {name: words[place] if place < len(words) else "" for name, place in batch.columns.items()}
    address = _address(*(values.get(name, "").strip() for name in ("address", "postcode", "town")))
    values = {name: values.get(name, "").strip() for name in COLUMNS} | {"address": address}
    values["kind"] = _kind(values["kind"]) or batch.kind
    values["neighbourhood"] = listed.get(key_of_place(values["neighbourhood"]), values["neighbourhood"])
    phone, values["phone"] = values["phone"], _phone(values["phone"])
    line = Line(int(cells[0]), values)
    if values["phone"] != phone:
        line.mended.append(_("Its telephone number has its first signs again: %(phone)s.") % {"phone": values["phone"]})
    try:
        cleaned({**values, "source": batch.source or "…………"})
    except TextTooShort as refusal:
        line.problems.append(str(refusal.message) if values["name"] else _("The name is missing."))
    except TextTooLong as refusal:
        line.problems.append(str(refusal.message))
    line.problems += _of_address(values["email"]) + _of_place(values["neighbourhood"], listed)
    return line


def _address(street: str, postcode: str, town: str) -> str:
    """As on an envelope. A spreadsheet takes the first zero off a postcode."""
    postcode = postcode.zfill(5) if re.fullmatch("[0-9]{4}", postcode) else postcode
    last = f"{postcode} {town}".strip()
    is_there = bool(postcode) and street.lower().endswith(last.lower())
    return street if is_there or not last else f"{street}\n{last}".strip()


def _phone(words: str) -> str:
    """A spreadsheet takes the first zero off a number, and the plus sign."""
    if re.fullmatch("[1-9][0-9]{8}", words):
        return f"0{words}"
    return f"+{words}" if re.fullmatch("33[1-9][0-9]{8}", words) else words


def _of_address(email: str) -> list[str]:
    if not email:
        return []
    try:
        check_mail_address(email)
    except ValidationError:
        return [_("“%(email)s” is no e-mail address.") % {"email": email[:80]}]
    return [] if len(email) <= 254 else [_("The e-mail address is too long.")]


def _of_place(words: str, listed: Mapping[str, str]) -> list[str]:
    if words and listed and words not in listed.values():
        return [_("“%(name)s” is no neighbourhood of your list.") % {"name": words[:60]}]
    return [_("The neighbourhood is named in 40 characters at most.")] if len(words) > NEIGHBOURHOOD_MAX else []


def _kind(words: str) -> str:
    key = key_of_place(words)
    return next((kind for kind, begins in _KINDS.items() if any(begin in key for begin in begins)), "")
