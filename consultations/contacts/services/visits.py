"""How often the address that a contact was given is opened: a number a day."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from consultations.contacts.models import Contact
from consultations.framing.models import Consultation

# One statement, whoever opens it at once; of a contact that is gone nothing is counted.
_ADD = """
INSERT INTO contacts_contactvisit (contact_id, day, count)
SELECT id, %(day)s, 1 FROM contacts_contact WHERE id = %(contact)s
ON CONFLICT (contact_id, day) DO UPDATE SET count = contacts_contactvisit.count + 1
"""


def count_visit(*, contact: int, day: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ADD, {"contact": contact, "day": day})


def own_address(contact: Contact, consultation: Consultation, *, city: Any) -> str:
    """Short enough to be typed; the same in each message to this contact."""
    root: str = city.url.rstrip("/")
    return root + reverse("contact_visit", args=[contact.pk, consultation.pk])
