"""What each address of the kit answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.framing.models import Consultation
from consultations.kit.models import SheetPart, SheetRun, Spot
from tests.support.roles import FRAMERS, FRAMERS_MOVE_ON, MOVES_ON, POST_ONLY, Rows

CITY: Rows = {
    "kit_short": (MOVES_ON, None),
    "desk_mobilise": (FRAMERS_MOVE_ON, None),
    "desk_kit": (FRAMERS, None),
    "desk_kit_spot_add": (POST_ONLY, None),
    "desk_kit_spot_remove": (POST_ONLY, None),
    "desk_kit_texts": (FRAMERS, None),
    "desk_kit_picture": (FRAMERS, None),
    "desk_kit_preview": (FRAMERS, None),
    "desk_kit_sheets": (FRAMERS, None),
    "desk_kit_part": (FRAMERS, None),
    "desk_kit_file": (FRAMERS, None),
}
LOOKED_AT = {"desk_mobilise", "desk_kit", "desk_kit_texts", "desk_kit_picture", "desk_kit_preview"}
LOOKED_AT |= {"desk_kit_part", "desk_kit_file"}
EVERYDAY = {"desk_kit_spot_add", "desk_kit_spot_remove", "desk_kit_sheets"}


def things(made: dict[str, Any]) -> dict[str, Any]:
    consultation = Consultation.objects.get(is_current=True)
    run = SheetRun.objects.create(consultation=consultation, first=71, last=72)
    SheetPart.objects.create(run=run, first=71, last=72, content=b"%PDF-")
    return {"kit_spot": Spot.objects.create(consultation=consultation, support="a", name="Médiathèque")}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if not (address.name or "").startswith(("kit_", "desk_kit")):
        return {}
    pictured = address.name == "desk_kit_picture"
    return {
        "tag": "a1",
        "pk": things["kit_spot"].pk if "kit_spot" in things else 1,
        "consultation": "territoires-resilients",
        "name": "carre" if pictured else "affiche-a3",
        "variant": "bureau",
        "first": 71,
        "last": 72,
    }
