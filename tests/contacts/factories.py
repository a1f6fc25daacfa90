"""Contacts of the address book."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from consultations.contacts.enums import ContactKind, Way
from consultations.contacts.models import Contact, Exchange
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
