"""Contacts are added, changed, deleted; by several people of the team, none of whom overwrites another in silence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.audit import record
from accounts.models import User
from accounts.neighbourhoods import key_of_place
from common.db import connection
from common.meanwhile import ChangedMeanwhile
from common.sent_before import SentBefore
from common.text import Words
from consultations.contacts.models import NAME_MAX, PERSON_MAX, SOURCE_MAX, Concern, Contact, Unwilling
from consultations.contacts.services.refusals import AddressThere, BookContactGone, ChallengeGone, NameThere
from consultations.framing.models import Challenge

NAME = Words(2, NAME_MAX, one_line=True)
PERSON = Words(0, PERSON_MAX, one_line=True)
PHONE = Words(0, 30, one_line=True)
ADDRESS = Words(0, 300)
SOURCE = Words(3, SOURCE_MAX, one_line=True)
NOTE = Words(0, 1000)
_TEXTS = {"person": PERSON, "phone": PHONE, "address": ADDRESS, "note": NOTE}
FIELDS = ("kind", "name", "person", "email", "phone", "address", "neighbourhood", "source", "note")


def key_of(name: str) -> str:
    """The same for the same name, whatever its case, accents and signs."""
    return key_of_place(name)[:NAME_MAX]


def mark_of_address(email: str) -> UUID:
    """Tells that it is the same address, and nothing else."""
    return UUID(bytes=salted_hmac("contacts.unwilling", email.lower(), algorithm="sha256").digest()[:16])


def add_contact(
    *,
    given: dict[str, Any],
    challenges: Iterable[int],
    is_another: bool,
    by: User,
    at: datetime,
    form: UUID | None = None,
) -> Contact:
    """`is_another`: though one is called so already. `form`: drawn with the form, which sent twice makes one.

    Raises SentBefore, AddressThere, NameThere, ChallengeGone, TextTooLong, TextTooShort.
    """
    values = cleaned(given)
    with transaction.atomic():
        lock_book()
        made = Contact.objects.filter(form=form).first() if form else None
        if made is not None:
            if any(getattr(made, name) != value for name, value in values.items()):
                raise SentBefore(made, made.name)
            return made
        _refuse_twice(values, is_another=is_another)
        refused_at = at if is_unwilling(values["email"]) else None
        contact = Contact.objects.create(
            **values, created_by=by, created_at=at, used_at=at, refused_at=refused_at, form=form
        )
        _concern(contact, challenges)
        record("contact_added", actor=by, subject=contact)
    return contact


def change_contact(
    *,
    contact: Contact,
    given: dict[str, Any],
    challenges: Iterable[int],
    revision: int,
    is_another: bool,
    by: User,
    at: datetime,
) -> Contact:
    """Raises ChangedMeanwhile, BookContactGone, and what `add_contact` raises."""
    values = cleaned(given)
    with transaction.atomic():
        lock_book()
        found = locked(contact)
        if found.revision != revision:
            raise ChangedMeanwhile(found)
        is_another = is_another or values["name_key"] == found.name_key
        _refuse_twice(values, is_another=is_another, but=found.pk)
        for name, value in values.items():
            setattr(found, name, value)
        found.revision, found.used_at = found.revision + 1, at
        if found.refused_at is None and is_unwilling(found.email):
            found.refused_at = at
        found.save()
        _concern(found, challenges)
        record("contact_changed", actor=by, subject=found)
    return found


def delete_contact(*, contact: Contact, by: User) -> None:
    """With what was said with it. That it wants no message stays known. Gone already, nothing happens."""
    with transaction.atomic():
        found = Contact.objects.filter(pk=contact.pk).select_for_update(of=("self",), no_key=True).first()
        if found is not None:
            record("contact_deleted", actor=by, subject=found)
            found.delete()


def leave_alone(*, contact: Contact, by: User | None, at: datetime) -> Contact:
    """It wants no message: said to the team, or by its own link. Again changes nothing. Raises BookContactGone."""
    with transaction.atomic():
        found = locked(contact)
        if found.refused_at is None:
            found.refused_at, found.used_at = at, at
            found.save(update_fields=["refused_at", "used_at"])
            record("contact_left_alone", actor=by, subject=found)
        if found.email:
            Unwilling.objects.get_or_create(mark=mark_of_address(found.email), defaults={"since": at})
    return found


def take_up_again(*, contact: Contact, by: User, at: datetime) -> Contact:
    """It has asked to be written to after all. Raises BookContactGone."""
    with transaction.atomic():
        found = locked(contact)
        if found.refused_at is not None:
            found.refused_at, found.used_at = None, at
            found.save(update_fields=["refused_at", "used_at"])
            Unwilling.objects.filter(mark=mark_of_address(found.email)).delete()
            record("contact_willing", actor=by, subject=found)
    return found


def is_unwilling(email: str) -> bool:
    return bool(email) and Unwilling.objects.filter(mark=mark_of_address(email)).exists()


def lock_book() -> None:
    """One at a time adds to it: two who type the same see each other."""
    with connection.cursor() as cursor:
        key = f"address book {connection.schema_name}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def locked(contact: Contact) -> Contact:
    """Raises BookContactGone."""
    found = Contact.objects.filter(pk=contact.pk).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise BookContactGone
    return found


def cleaned(given: dict[str, Any]) -> dict[str, Any]:
    values = {name: str(given.get(name, "")) for name in FIELDS}
    values["name"], values["source"] = NAME.cleaned(values["name"]), SOURCE.cleaned(values["source"])
    values |= {name: words.cleaned(values[name], optional=True) for name, words in _TEXTS.items()}
    return {**values, "email": values["email"].strip().lower(), "name_key": key_of(values["name"])}


def _refuse_twice(values: dict[str, Any], *, is_another: bool, but: int = 0) -> None:
    others = Contact.objects.exclude(pk=but)
    if values["email"] and (found := others.filter(email=values["email"]).first()):
        raise AddressThere(found)
    if not is_another and (found := others.filter(name_key=values["name_key"]).first()):
        raise NameThere(found)


def _concern(contact: Contact, challenges: Iterable[int]) -> None:
    asked = set(challenges)
    there = set(Challenge.objects.filter(pk__in=asked).values_list("pk", flat=True))
    if asked - there:
        raise ChallengeGone
    Concern.objects.filter(contact=contact).exclude(challenge__in=there).delete()
    Concern.objects.bulk_create(
        [Concern(contact=contact, challenge_id=pk) for pk in sorted(there)], ignore_conflicts=True
    )
