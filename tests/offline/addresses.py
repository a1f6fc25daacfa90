"""What each address of offline entry and of receipts answers to whom (tests.support.addresses)."""

from typing import Any

from accounts.enums import Role
from consultations.framing.models import Consultation
from tests.offline.factories import EntryFactory
from tests.support.roles import FRAMERS, MOVES_ON, OPEN, POST_ONLY, WORKERS, Rows

TYPISTS = {**FRAMERS, Role.MODERATOR: 200}
# Of another city: tests/offline/test_desk.py.
CITY: Rows = {
    "desk_offline": (
        {**WORKERS, Role.MODERATOR: 302, Role.FACILITATOR: 302, Role.ADMINISTRATOR: 302},
        None,
    ),
    "desk_entries": (TYPISTS, None),
    "desk_entry_close": (POST_ONLY, None),
    "desk_entry_pile": (POST_ONLY, None),
    "desk_entry_to_read": (TYPISTS, None),
    "desk_entry_rule": (FRAMERS, None),
    "desk_entry": (TYPISTS, None),
    "desk_entry_read": (POST_ONLY, None),
    "desk_entry_discard": (POST_ONLY, None),
    "offline_receipt": (OPEN, None),
    "offline_follow": (MOVES_ON, None),
    "offline_correct": (MOVES_ON, None),
    "offline_erase": (MOVES_ON, None),
    "offline_bind": (POST_ONLY, None),
    "offline_shut": (POST_ONLY, None),
}
LOOKED_AT = {"desk_offline", "desk_entry_to_read"}
EVERYDAY = {name for name in CITY if name.startswith("desk_entr")} - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"sheet": EntryFactory(consultation=Consultation.objects.get(is_current=True), state="TO_READ")}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if "sheet" in things and (address.name or "").startswith("desk_entry"):
        return {"pk": things["sheet"].pk}
    return {}
