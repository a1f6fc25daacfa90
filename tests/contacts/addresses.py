"""What each address of the address book answers to whom (tests.support.addresses)."""

from typing import Any

from tests.contacts.factories import BatchFactory, ExchangeFactory
from tests.support.roles import FRAMERS, MOVES_ON, NOT_KEPT, POST_ONLY, Rows

CITY: Rows = {
    "desk_contacts": (FRAMERS, None),
    "desk_contact_new": (FRAMERS, None),
    "desk_contacts_write": (FRAMERS, None),
    "desk_contacts_import": (FRAMERS, None),
    "desk_contacts_batch": (FRAMERS, None),
    "desk_contacts_take_up": (POST_ONLY, None),
    "desk_contacts_undo": (POST_ONLY, None),
    "desk_contact": (FRAMERS, None),
    "desk_contact_edit": (FRAMERS, None),
    "desk_contact_letter": (FRAMERS, None),
    "desk_contact_note": (POST_ONLY, None),
    "desk_contact_willing": (POST_ONLY, None),
    "desk_contact_delete": (POST_ONLY, None),
    "contact_visit": (MOVES_ON, 302),  # test_letters.py
    "contact_visit_by_number": (MOVES_ON, 302),
    "contact_stop": (MOVES_ON, None),  # test_writing_to.py
    "contact_stop_by_link": (NOT_KEPT, 410),
}
LOOKED_AT = {"desk_contacts", "desk_contact"}
EVERYDAY = {name for name in CITY if name.startswith("desk_")} - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"contact": ExchangeFactory().contact, "contact_batch": BatchFactory()}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    contact = things.get("contact")
    if address.name == "contact_visit":
        return {"tag": "bcdfghjk", "consultation": 1}
    if address.name == "contact_visit_by_number":
        return {"contact": contact.pk if contact else 1, "consultation": 1}
    if contact is None or not (address.name or "").startswith("desk_contact"):
        return {}
    of_batch = address.name in ("desk_contacts_batch", "desk_contacts_take_up", "desk_contacts_undo")
    return {"pk": things["contact_batch"].pk if of_batch else contact.pk}
