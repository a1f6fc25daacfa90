"""What each address of imports answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.imports.models import Import
from tests.support.roles import FRAMERS, POST_ONLY, Rows

CITY: Rows = {
    "desk_imports": (FRAMERS, None),
    "desk_import": (FRAMERS, None),
    "desk_import_say": (POST_ONLY, None),
    "desk_import_start": (POST_ONLY, None),
    "desk_import_give_up": (POST_ONLY, None),
    "desk_import_undo": (POST_ONLY, None),
}
LOOKED_AT = {"desk_imports", "desk_import"}
EVERYDAY = CITY.keys() - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"import": Import.objects.create(format="decidim", names="propositions.csv", digest="x")}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    found = things.get("import")
    if found is None or not (address.name or "").startswith("desk_import"):
        return {}
    return {"pk": found.pk}
