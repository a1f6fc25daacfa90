"""How often the address that a contact was given is opened: a number a day."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.crypto import get_random_string

from consultations.contacts.models import Contact
from consultations.framing.models import Consultation

# One statement, whoever opens it at once; of a contact that is gone nothing is counted.
_ADD = """
INSERT INTO contacts_contactvisit (contact_id, day, count)
SELECT id, %(day)s, 1 FROM contacts_contact AS contact WHERE {whose}
ON CONFLICT (contact_id, day) DO UPDATE SET count = contacts_contactvisit.count + 1
"""
_BY_TAG = _ADD.format(whose="tag = %(tag)s AND tag <> ''")
# Numbers can be guessed: they count for whom such an address was sent, and no other was since.
_BY_NUMBER = _ADD.format(
    whose="id = %(contact)s AND tag = '' AND EXISTS "
    "(SELECT 1 FROM contacts_exchange WHERE contact_id = contact.id AND way IN ('MAIL', 'LETTER'))"
)
# Without vowels no word comes of them, without digits no number; none is taken for another.
_LETTERS, _LONG = "bcdfghjkmnpqrstvwxz", 8


def count_visit(*, day: date, tag: str = "", contact: int = 0) -> None:
    """By the tag of the address; `contact`: by the number that stood there before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BY_TAG if tag else _BY_NUMBER, {"tag": tag, "contact": contact, "day": day})


def own_address(contact: Contact, consultation: Consultation, *, city: Any) -> str:
    """Short enough to be typed; the same in each message to this contact. Its tag is drawn with the first."""
    if not contact.tag:
        drawn = get_random_string(_LONG, _LETTERS)
        Contact.objects.filter(pk=contact.pk, tag="").update(tag=drawn)
        contact.tag = Contact.objects.values_list("tag", flat=True).get(pk=contact.pk)
    root: str = city.url.rstrip("/")
    return root + reverse("contact_visit", args=[contact.tag, consultation.pk])
