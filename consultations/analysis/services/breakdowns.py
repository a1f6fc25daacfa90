"""Who took part, as it is published: anew once enough have come, and never so that a difference tells of somebody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.neighbourhoods import listed_neighbourhoods
from common.masking import LEAST, mask, tell_growth
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Attendance, Breakdown
from consultations.analysis.selectors.attendance import Person, people_of
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation

_COUNTED = ("proposals", "arguments", "taken", "reactions", "argued")
# While people still come a breakdown is told anew with a tenth more of them: some forty versions up to a thousand.
_GROWTH = 10


def count_people(consultation: Consultation, *, at: datetime) -> int:
    """Bring what is published to the facts, as far as may be told; whether the number of all was wrong, as 0 or 1."""
    people = list(people_of(consultation.pk, places=frozenset(listed_neighbourhoods())))
    is_over = consultation.state(at) in (ConsultationState.CLOSED, ConsultationState.ARCHIVED)
    kept = Attendance.objects.filter(consultation=consultation).first()
    was_wrong = (kept.persons if kept else 0) != len(people)
    if kept is None and not people:
        return 0
    _count_weeks(kept or Attendance(consultation=consultation), people, is_over=is_over, at=at)
    every = {each.dimension: each for each in Breakdown.objects.filter(consultation=consultation)}
    for dimension in Dimension:
        row = every.get(dimension) or Breakdown(consultation=consultation, dimension=dimension)
        if tell(row, people, at_least=LEAST if is_over else max(LEAST, row.persons // _GROWTH)):
            row.told_at = at
            row.save()
    return int(was_wrong)


def tell(row: Breakdown, people: Sequence[Person], *, at_least: int) -> bool:
    """Make the next version, once so many have come since the last one. Whether there is one."""
    parts = {
        part: [each for each in people if each.parts[Dimension(row.dimension)] == part] for part in _parts(row, people)
    }
    counted = Counter[str]()
    for version in row.arrivals:
        counted.update(version)
    came = {part: max(0, len(theirs) - counted[part]) for part, theirs in parts.items()}
    left = sum(max(0, counted[part] - len(theirs)) for part, theirs in parts.items())
    if left >= max(LEAST, row.persons // _GROWTH):
        # So many have left, or say something else now, that what was told is not true any more: told as a first time.
        row.arrivals, row.told, row.shown = [], {}, {}
        came = {part: len(theirs) for part, theirs in parts.items()}
    if sum(came.values()) < at_least:
        return False
    row.arrivals = [*row.arrivals, {part: count for part, count in came.items() if count}]
    names = list(parts)
    growth = [[version.get(part, 0) for part in names] for version in row.arrivals]
    for part, is_told in zip(names, tell_growth(growth, [row.told.get(part, []) for part in names]), strict=True):
        if is_told:
            row.told[part] = [*row.told.get(part, []), len(row.arrivals) - 1]
            row.shown[part] = _counts(parts[part], sum(version.get(part, 0) for version in row.arrivals))
    row.persons = sum(map(sum, growth))
    return True


def _parts(row: Breakdown, people: Iterable[Person]) -> list[str]:
    """All that there ever were: one that nobody is in any more keeps its place."""
    now = {each.parts[Dimension(row.dimension)] for each in people}
    return sorted(now.union(*row.arrivals))


def _counts(people: Iterable[Person], persons: int) -> dict[str, int]:
    everybody = list(people)
    return {"persons": persons} | {name: sum(getattr(each, name) for each in everybody) for name in _COUNTED}


def _count_weeks(row: Attendance, people: Sequence[Person], *, is_over: bool, at: datetime) -> None:
    """Those of weeks that are over, once and for all: what is told of one week never changes with the next."""
    row.persons, row.counted_at = len(people), at
    days = Counter(each.since for each in people)
    today = timezone.localdate(at)
    monday = today - timedelta(days=today.weekday())
    ended = sorted({day - timedelta(days=day.weekday()) for day in days if is_over or day < monday})
    known: dict[str, Any] = {each["monday"]: each for each in row.weeks}
    new = [each for each in ended if each.isoformat() not in known]
    if new:
        week = {each: [days[each + timedelta(days=number)] for number in range(7)] for each in ended}
        rest = sum(count for day, count in days.items() if day - timedelta(days=day.weekday()) not in week)
        told = _told_weeks(week, known, rest=rest)
        row.weeks = [*row.weeks, *told] if told is not None else row.weeks
    row.save()


def _told_weeks(week: Mapping[Any, list[int]], known: Mapping[str, Any], *, rest: int) -> list[dict[str, Any]] | None:
    """Those that are not known yet. None while those of this week are so few that they would follow from the others."""
    if 0 < rest < LEAST:
        return None
    before = [_was_told(known.get(each.isoformat())) for each in week]
    shown = mask([*map(sum, week.values()), rest], told=[*before, None])
    told = []
    for (monday, days), persons in zip(week.items(), shown, strict=False):
        if monday.isoformat() not in known:
            hides = persons is None
            told.append(
                {
                    "monday": monday.isoformat(),
                    "persons": persons,
                    "days": [None] * 7 if hides or not persons else mask(days),
                }
            )
    return told


def _was_told(kept: Mapping[str, Any] | None) -> bool | None:
    return None if kept is None else kept["persons"] is not None
