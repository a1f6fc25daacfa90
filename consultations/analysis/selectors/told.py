"""Who took part, as it is published: each page, filter and file shows these counts and no others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext

from accounts.enums import AgeBand, Capacity
from accounts.neighbourhoods import listed_neighbourhoods
from common.masking import LEAST
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Attendance, Breakdown
from consultations.framing.models import Consultation
from consultations.outcomes.selectors.participants import Part, Participants, published_by
from consultations.participation.enums import Channel


@dataclass(frozen=True)
class ToldPart:
    """`persons` is None where it is hidden."""

    code: str
    label: str
    persons: int | None


@dataclass(frozen=True)
class Told:
    """A breakdown of `persons`, on that day; `later`: those of them who came since the parts were last told."""

    persons: int
    parts: list[ToldPart]
    later: int
    at: datetime

    @property
    def hides(self) -> bool:
        return any(each.persons is None for each in self.parts)

    @property
    def said(self) -> list[ToldPart]:
        """Without those who did not say."""
        return [each for each in self.parts if each.code]

    @property
    def answered(self) -> int | None:
        """How many said it; None where that is hidden."""
        unsaid = next((each for each in self.parts if not each.code), None)
        if unsaid is None:
            return self.persons - self.later
        return None if unsaid.persons is None else self.persons - self.later - unsaid.persons


def labels(places: dict[str, str]) -> dict[str, dict[str, str]]:
    """What each part is called, in its order; the empty one last."""
    return {
        Dimension.AGE: _named(AgeBand.choices, pgettext("age", "did not say")),
        Dimension.PLACE: _named(places.items(), pgettext("neighbourhood", "another one, or not said")),
        Dimension.CAPACITY: _named(Capacity.choices, pgettext("capacity", "not said")),
        Dimension.CHANNEL: _named(Channel.choices, ""),
    }


def _named(known: Any, unsaid: str) -> dict[str, str]:
    return {code: str(label) for code, label in known} | ({"": unsaid} if unsaid else {})


def told(row: Breakdown | None, names: dict[str, str], *, of: int) -> Told | None:
    """None where nothing is told yet, or where half of those who are told have left: nobody is taken out of what was
    told, and so it would be false. Parts of nobody are left out, unless it is not known whether they are.
    """
    if row is None or row.persons < LEAST or row.persons > 2 * of:
        return None
    shown = {part: persons for part, persons in row.shown.items() if part in names}
    # Of a neighbourhood that is not in the list any more: with those who said none of it, if these are told.
    if "" in shown:
        shown[""] += sum(persons for part, persons in row.shown.items() if part not in names)
    left = row.persons - sum(shown.values())
    untold = [part for part in names if part not in shown]
    is_gone = any(part not in names for version in row.arrivals for part in version)
    # Where nobody is left over, nobody is in the parts that are not told.
    hidden = None if left else 0
    parts = [ToldPart(code, label, shown.get(code, hidden)) for code, label in names.items()]
    return Told(
        persons=row.persons,
        parts=[each for each in parts if each.persons != 0 or not each.code],
        later=0 if untold or is_gone else left,
        at=row.told_at,
    )


def breakdowns_of(consultation: Consultation) -> dict[str, Breakdown]:
    """One query."""
    return {each.dimension: each for each in Breakdown.objects.filter(consultation=consultation)}


def participants_as_told(consultation: Consultation) -> Participants | None:
    """For the page of results. None where figures were not counted yet."""
    kept = Attendance.objects.filter(consultation=consultation).first()
    if kept is None:
        return None
    rows = breakdowns_of(consultation)
    names = labels(listed_neighbourhoods())

    def parts_of(dimension: Dimension) -> list[Part]:
        found = told(rows.get(dimension), names[dimension], of=kept.persons)
        return [Part(each.label, each.persons) for each in found.parts if each.persons != 0] if found else []

    channels = parts_of(Dimension.CHANNEL)
    return Participants(
        total=kept.persons if kept.persons >= LEAST or not kept.persons else None,
        proposed=_did(rows.get(Dimension.PROPOSED), of=kept.persons),
        reacted=_did(rows.get(Dimension.REACTED), of=kept.persons),
        argued=_did(rows.get(Dimension.ARGUED), of=kept.persons),
        capacities=parts_of(Dimension.CAPACITY),
        neighbourhoods=parts_of(Dimension.PLACE) if len(names[Dimension.PLACE]) > 1 else [],
        channels=channels if len(channels) > 1 else [],
    )


published_by.append(participants_as_told)


def _did(row: Breakdown | None, *, of: int) -> int | None:
    count = row.shown.get("YES") if row else None
    return count if count is not None and count <= of else None
