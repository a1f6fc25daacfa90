"""Who took part, as it is published: each page, filter and file shows these counts and no others."""

from dataclasses import dataclass
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

_NOBODY = {"persons": 0}


@dataclass(frozen=True)
class ToldPart:
    """`counts` is None where it is hidden."""

    code: str
    label: str
    counts: dict[str, int] | None

    @property
    def persons(self) -> int | None:
        return self.counts["persons"] if self.counts else None


@dataclass(frozen=True)
class Told:
    """A breakdown of `persons`; `later`: those of them who came since the parts were last told."""

    persons: int
    parts: list[ToldPart]
    later: int

    @property
    def hides(self) -> bool:
        return any(each.counts is None for each in self.parts)

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


def told(row: Breakdown | None, names: dict[str, str]) -> Told | None:
    """None where nothing is told yet. Parts of nobody are left out, unless it is not known whether they are."""
    if row is None or row.persons < LEAST:
        return None
    shown = {part: counts for part, counts in row.shown.items() if part in names}
    # Of a neighbourhood that is not in the list any more: with those who said none of it, if these are told.
    if former := [counts["persons"] for part, counts in row.shown.items() if part not in names]:
        rest = shown.pop("", None)
        if rest is not None:
            shown[""] = {"persons": rest["persons"] + sum(former)}
    left = row.persons - sum(counts["persons"] for counts in shown.values())
    untold = [part for part in names if part not in shown]
    # Where nobody is left over, nobody is in the parts that are not told.
    hidden = None if left else _NOBODY
    parts = [ToldPart(code, label, shown.get(code, hidden)) for code, label in names.items()]
    return Told(
        persons=row.persons,
        parts=[each for each in parts if each.persons != 0 or not each.code],
        later=0 if untold else left,
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
    channels = _parts_of(rows, names, Dimension.CHANNEL)
    return Participants(
        total=kept.persons if kept.persons >= LEAST or not kept.persons else None,
        proposed=_did(rows.get(Dimension.PROPOSED)),
        reacted=_did(rows.get(Dimension.REACTED)),
        argued=_did(rows.get(Dimension.ARGUED)),
        capacities=_parts_of(rows, names, Dimension.CAPACITY),
        neighbourhoods=_parts_of(rows, names, Dimension.PLACE) if len(names[Dimension.PLACE]) > 1 else [],
        channels=channels if len(channels) > 1 else [],
    )


published_by.append(participants_as_told)


def _parts_of(rows: dict[str, Breakdown], names: dict[str, dict[str, str]], dimension: Dimension) -> list[Part]:
    found = told(rows.get(dimension), names[dimension])
    return [Part(each.label, each.persons) for each in found.parts if each.persons != 0] if found else []


def _did(row: Breakdown | None) -> int | None:
    found = told(row, {"YES": "", "": ""})
    return next((each.persons for each in found.said), 0) if found else None
