"""Somebody of the team was in touch with a contact, and writes down what was said."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.text import Words
from consultations.contacts.models import Contact, Exchange
from consultations.contacts.services.keeping import locked
from consultations.contacts.services.refusals import ExchangeToCome

NOTED = Words(3, 2000)


def note_exchange(*, contact: Contact, way: str, words: str, day: date, by: User, at: datetime) -> Exchange:
    """The same again is the same one. Raises ExchangeToCome, BookContactGone, TextTooLong, TextTooShort."""
    words = NOTED.cleaned(words)
    if day > timezone.localdate(at):
        raise ExchangeToCome
    moment = at if day == timezone.localdate(at) else timezone.make_aware(datetime.combine(day, time(12)))
    with transaction.atomic():
        found = locked(contact)
        same = Exchange.objects.filter(contact=found, way=way, words=words, by=by, at__date=day).first()
        if same:
            return same
        made = Exchange.objects.create(contact=found, way=way, words=words, by=by, at=moment, created_at=at)
        touched(found, moment=moment, at=at)
        record("exchange_noted", actor=by, subject=found)
    return made


def touched(contact: Contact, *, moment: datetime, at: datetime) -> None:
    Contact.objects.filter(pk=contact.pk).update(
        written_at=Greatest(Coalesce("written_at", moment), moment), used_at=at
    )
