"""What each address of the address book answers to whom (tests.support.addresses)."""

from typing import Any

from tests.contacts.factories import ExchangeFactory
from tests.support.roles import FRAMERS, POST_ONLY, Rows

CITY: Rows = {
    "desk_contacts": (FRAMERS, None),
    "desk_contact_new": (FRAMERS, None),
    "desk_contact": (FRAMERS, None),
    "desk_contact_edit": (FRAMERS, None),
    "desk_contact_note": (POST_ONLY, None),
    "desk_contact_willing": (POST_ONLY, None),
    "desk_contact_delete": (POST_ONLY, None),
}
LOOKED_AT = {"desk_contacts", "desk_contact"}
EVERYDAY = CITY.keys() - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"contact": ExchangeFactory().contact}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    contact = things.get("contact")
    if contact is None or not (address.name or "").startswith("desk_contact"):
        return {}
    return {"pk": contact.pk}
