"""What the machine proposes for each place of a synthesis. Nothing of it is published before the team has read it."""

from collections import Counter
from itertools import count
from typing import Any

from consultations.analysis.enums import Place
from consultations.analysis.selectors.synthesis_material import (
    Material,
    Person,
    arguments_to_choose,
)
from consultations.analysis.selectors.synthesis_ranking import CHOICES
from consultations.participation.enums import Stance
from consultations.participation.models import Argument

Slot = dict[str, Any]
Part = dict[str, Any]
# Of each theme; and how often one person may be quoted in all.
PLACES = (Place.SUPPORTED, Place.SUPPORTED, Place.DISPUTED, Place.LITTLE_SEEN)
QUOTED_MOST = 2
# A synthesis that nobody reads to its end says less: more themes are added by hand.
_PARTS = 8


def filled(material: Material) -> list[Part]:
    """Each theme with its places, the themes of most people first."""
    keys, quoted = count(1), Counter[Person]()
    parts = []
    for topic in list(material.by_topic)[:_PARTS]:
        part = filled_part(material, topic, quoted=quoted, first_key=next(keys))
        for _slot in part["slots"][1:]:
            next(keys)
        if part["slots"]:
            parts.append(part)
    return parts


def filled_part(material: Material, topic: int, *, quoted: Counter[Person], first_key: int) -> Part:
    """One theme. `quoted`: how often people are quoted already; counts on."""
    chosen: list[tuple[str, int]] = []
    for place in PLACES:
        taken = {pk for _place, pk in chosen}
        for pk in material.choices(topic, place):
            if pk not in taken and all(quoted[who] < QUOTED_MOST for who in material.authors[pk]):
                chosen.append((place, pk))
                quoted.update(material.authors[pk])
                break
    arguments = arguments_to_choose(material, [pk for _place, pk in chosen])
    slots = []
    for key, (name, pk) in enumerate(chosen, start=first_key):
        slot = {"key": key, "place": str(name), "proposal": pk, "pro": None, "con": None, "hidden": False}
        slots.append(with_arguments(slot, arguments, quoted=quoted))
    return {"topic": topic, "text": "", "slots": slots}


def with_arguments(slot: Slot, arguments: dict[tuple[int, str], list[Argument]], *, quoted: Counter[Person]) -> Slot:
    """The best argument of each side whose author is not quoted twice already."""
    for name, side in (("pro", Stance.FOR), ("con", Stance.AGAINST)):
        for argument in arguments.get((slot["proposal"], side), ()):
            who = argument.author_id or argument.imported_author
            if not who or quoted[who] < QUOTED_MOST:
                slot[name] = argument.pk
                quoted.update([who] if who else ())
                break
    return slot


def visible(parts: list[Part]) -> list[Slot]:
    return [slot for part in parts for slot in part["slots"] if not slot.get("hidden")]


def choices_for(material: Material, part: Part, slot: Slot) -> list[int]:
    """What can stand in a place, best first; what stands in another place of the theme cannot. With what is there."""
    elsewhere = {each["proposal"] for each in part["slots"] if each["key"] != slot["key"]}
    found = [pk for pk in material.choices(part["topic"], Place(slot["place"])) if pk not in elsewhere][:CHOICES]
    here = slot["proposal"]
    return found if here in found or here not in material.proposals else [here, *found[: CHOICES - 1]]
