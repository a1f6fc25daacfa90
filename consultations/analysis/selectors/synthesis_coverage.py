"""Who is heard in a synthesis: what the meter shows while it is composed, and what is published with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from consultations.analysis.enums import RunKind
from consultations.analysis.models import AnalysisRun
from consultations.analysis.selectors.synthesis_filling import QUOTED_MOST, Part, Slot, visible
from consultations.analysis.selectors.synthesis_material import Material, Person, quoted_people
from consultations.framing.models import Challenge

# Of those who wrote something, how many in a hundred should find themselves in it.
GOAL = 70


@dataclass(frozen=True)
class Better:
    """What would raise the share of people most: in this place, this possibility."""

    key: int
    proposal: int
    share: int


@dataclass(frozen=True)
class Coverage:
    themes: int
    all_themes: int
    missing: list[int]  # themes of which nothing is said
    groups: int
    all_groups: int  # none: there are none to be heard
    people: int
    all_people: int
    most: int  # how often the person who is quoted most is quoted
    too_often: list[int]  # the places in which somebody is quoted once too often

    @property
    def share(self) -> int:
        return 100 * self.people // self.all_people if self.all_people else 0

    def told(self) -> dict[str, Any]:
        """As it is published."""
        return {
            "themes": [self.themes, self.all_themes],
            "groups": [self.groups, self.all_groups],
            "share": self.share,
            "most": self.most,
        }


def coverage_of(material: Material, parts: list[Part]) -> Coverage:
    slots = [slot for slot in visible(parts) if slot["proposal"] in material.proposals]
    said = {part["topic"] for part in parts if any(slot in slots for slot in part["slots"])}
    quoted = quoted_people(material, slots)
    groups, all_groups = _groups(material.challenge, {slot["proposal"] for slot in slots})
    return Coverage(
        themes=len(said & material.by_topic.keys()),
        all_themes=len(material.by_topic),
        missing=[topic for topic in material.by_topic if topic not in said],
        groups=groups,
        all_groups=all_groups,
        people=len(_heard(material, slots)),
        all_people=len(material.people),
        most=max(quoted.values(), default=0),
        too_often=_too_often(material, slots),
    )


def _heard(material: Material, slots: Iterable[Slot]) -> set[Person]:
    """Quoted, or summarised: who wrote a proposal that is quoted, or an argument under it."""
    return material.people_in(slot["proposal"] for slot in slots)


def _too_often(material: Material, slots: list[Slot]) -> list[int]:
    found = []
    for place, slot in enumerate(slots, start=1):
        before, now = quoted_people(material, slots[: place - 1]), quoted_people(material, slots[:place])
        if any(count > max(QUOTED_MOST, before[who]) for who, count in now.items()):
            found.append(slot["key"])
    return found


def better_of(material: Material, parts: list[Part], choices: dict[int, list[int]]) -> Better | None:
    """`choices`: by place, what could stand there. None where nothing raises the share."""
    slots = visible(parts)
    now = len(_heard(material, slots))
    best: Better | None = None
    for place, slot in enumerate(slots):
        heard = _heard(material, slots[:place] + slots[place + 1 :])
        for pk in choices.get(slot["key"], ()):
            count = len(heard | material.people_in([pk]))
            if count > now:
                now, best = count, Better(slot["key"], pk, 100 * count // len(material.people))
    return best


def _groups(challenge: Challenge, proposals: set[int]) -> tuple[int, int]:
    """How many opinion groups have something of theirs quoted: what characterises them, or what most of them like.
    Of the last analysis that found groups here; none: there is nothing to count.
    """
    runs = AnalysisRun.objects.filter(
        consultation=challenge.consultation_id, kind=RunKind.GROUPS, published_at__isnull=False
    )
    run = runs.first()
    part = ((run.result if run else None) or {}).get("challenges", {}).get(str(challenge.pk))
    if not part or part.get("shown") != "groups":
        return 0, 0
    heard = 0
    for number, group in enumerate(part["groups"]):
        own = {row["proposal"] for row in group["more"]}
        liked = {row["proposal"] for row in (*part["together"], *part["parting"]) if row["shares"][number] > 50}
        heard += bool((own | liked) & proposals)
    return heard, len(part["groups"])
