"""What each address of imports answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.imports.models import Import, ImportFile
from tests.support.roles import FRAMERS, POST_ONLY, Rows

CITY: Rows = {
    "desk_imports": (FRAMERS, None),
    "desk_import": (FRAMERS, None),
    "desk_import_say": (POST_ONLY, None),
    "desk_import_start": (POST_ONLY, None),
    "desk_import_give_up": (POST_ONLY, None),
    "desk_import_undo": (POST_ONLY, None),
    "desk_import_left": (FRAMERS, None),
}
LOOKED_AT = {"desk_imports", "desk_import"}
EVERYDAY = CITY.keys() - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    found = Import.objects.create(format="decidim", names="propositions.csv", digest="x")
    left = ImportFile.objects.create(of=found, name="propositions.csv", size=0, is_left=True)
    return {"import": found, "left": left}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    found = things.get("import")
    if found is None or not (address.name or "").startswith("desk_import"):
        return {}
    if address.name == "desk_import_left":
        return {"pk": found.pk, "file": things["left"].pk}
    return {"pk": found.pk}
