"""Who took part, as it is published: anew once enough have come, and never so that a difference tells of somebody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.neighbourhoods import listed_neighbourhoods
from common.masking import LEAST, mask, tell_growth
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Attendance, Breakdown, CountedPerson
from consultations.analysis.selectors.attendance import Person, people_of
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation

# While people still come a breakdown is told anew with a tenth more of them: some forty versions up to a thousand.
_GROWTH = 10
# What is known of a person: frozen when they are first counted. The others say what they did, which everybody sees.
_KNOWN = (Dimension.AGE, Dimension.PLACE, Dimension.CAPACITY, Dimension.CHANNEL)


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
    rows = [every.get(each) or Breakdown(consultation=consultation, dimension=each) for each in Dimension]
    fresh = _not_counted(consultation, people, before=bool(every))
    has_told = False
    for row in rows:
        came = _came(row, people, fresh)
        if tell(row, came, people, at_least=LEAST if is_over else max(LEAST, row.persons // _GROWTH)):
            row.told_at = at
            row.save()
            has_told |= row.dimension in _KNOWN
    if has_told:
        _keep_counted(consultation, fresh)
    return int(was_wrong)


def _not_counted(consultation: Consultation, people: Sequence[Person], *, before: bool) -> list[Person]:
    counted = CountedPerson.objects.filter(consultation=consultation)
    known: set[int | str] = {user or name for user, name in counted.values_list("user", "imported")}
    fresh = [each for each in people if each.key not in known]
    if before and not known:  # told before it was kept who was counted
        _keep_counted(consultation, fresh)
        return []
    return fresh


def _keep_counted(consultation: Consultation, people: Iterable[Person]) -> None:
    CountedPerson.objects.bulk_create(
        CountedPerson(consultation=consultation, user_id=each.key)
        if isinstance(each.key, int)
        else CountedPerson(consultation=consultation, imported=each.key)
        for each in people
    )


def _came(row: Breakdown, people: Iterable[Person], fresh: Iterable[Person]) -> Counter[str]:
    """How many came into each part since the last version; who left, or says something else now, takes nothing back."""
    dimension = Dimension(row.dimension)
    if dimension in _KNOWN:
        return Counter(each.parts[dimension] for each in fresh)
    now = Counter(each.parts[dimension] for each in people)
    for version in row.arrivals:
        now.subtract(version)
    return +now


def tell(row: Breakdown, came: Mapping[str, int], people: Sequence[Person], *, at_least: int) -> bool:
    """Make the next version, once so many have come since the last one. Whether there is one."""
    if sum(came.values()) < at_least:
        return False
    row.arrivals = [*row.arrivals, {part: count for part, count in came.items() if count}]
    # All that there ever were: one that nobody is in any more keeps its place.
    names = sorted(set().union(*row.arrivals))
    growth = [[version.get(part, 0) for part in names] for version in row.arrivals]
    for part, is_told in zip(names, tell_growth(growth, [row.told.get(part, []) for part in names]), strict=True):
        if is_told:
            row.told[part] = [*row.told.get(part, []), len(row.arrivals) - 1]
            persons = sum(version.get(part, 0) for version in row.arrivals)
            row.shown[part] = {"persons": persons, **_tenths(people, Dimension(row.dimension), part)}
    row.persons = sum(map(sum, growth))
    return True


def _tenths(people: Sequence[Person], dimension: Dimension, part: str) -> dict[str, int]:
    """Which share of reactions is argued, of arguments taken up, in tenths: who wrote is read by everybody, and exact
    counts, a nought for one, would say in which part they are. Only where five wrote in this part, and five elsewhere.
    """
    here = [each for each in people if each.parts[dimension] == part]
    wrote_here = sum(each.arguments > 0 for each in here)
    if not LEAST <= wrote_here <= sum(each.arguments > 0 for each in people) - LEAST:
        return {}
    shares = {
        "argued": (sum(each.argued for each in here), sum(each.reactions for each in here)),
        "taken": (sum(each.taken for each in here), sum(each.arguments for each in here)),
    }
    return {f"{name}_of_ten": round(10 * part / whole) for name, (part, whole) in shares.items() if whole}


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
