"""Contacts of the address book."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from consultations.contacts.enums import ContactKind, Way
from consultations.contacts.models import Contact, ContactBatch, Exchange
from consultations.contacts.services.keeping import key_of


class ContactFactory(DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    kind = ContactKind.ASSOCIATION
    name = factory.Sequence(lambda number: f"Les amis du jardin {number}")
    name_key = factory.LazyAttribute(lambda made: key_of(made.name))
    email = factory.Sequence(lambda number: f"jardin{number}@example.org")
    source = "Annuaire des associations"
    used_at = factory.LazyFunction(timezone.now)


class ExchangeFactory(DjangoModelFactory[Exchange]):
    class Meta:
        model = Exchange

    contact = factory.SubFactory(ContactFactory)
    way = Way.PHONE
    words = "D’accord pour relayer."
    at = factory.LazyFunction(timezone.now)


class BatchFactory(DjangoModelFactory[ContactBatch]):
    class Meta:
        model = ContactBatch

    digest = factory.Sequence(lambda number: f"{number:064}")
    lines = [["1", "Nom"], ["2", "Les amis du jardin"]]
    columns = {"name": 0}
    kind = ContactKind.ASSOCIATION
    source = "Annuaire des associations"
