"""The figures of a consultation on one page: ten queries, however much people have written.

A filter chooses days. Of persons it only chooses among counts that are published for the whole consultation: a sum of
its own would tell, by difference, of whoever came before or after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from accounts.neighbourhoods import listed_neighbourhoods
from common.masking import LEAST
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Attendance, Dashboard, DayFigures, Population
from consultations.analysis.selectors.charts import Column, GapChart, columns, gaps, percent, share_of
from consultations.analysis.selectors.moments import PEAKS, Moment, moments_of, read_moments
from consultations.analysis.selectors.periods import Period, periods_of
from consultations.analysis.selectors.told import Told, breakdowns_of, labels, told
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.selectors import shown_challenges_of
from consultations.participation.enums import Channel

COUNTED = ("proposals", "reworked", "arguments", "taken", "reactions", "argued")
# So many columns stand side by side; beyond, a week is one.
_COLUMNS_MAX = 130
# Of those who came in weeks that are told, how many must stand in days that are, for the chart to be of days.
_SEEN = 0.8


@dataclass(frozen=True)
class Line:
    """What was done in one challenge, or by one channel."""

    label: str
    counts: dict[str, int] | None
    bar: str = "0%"
    challenge: Challenge | None = None

    @property
    def argued(self) -> int | None:
        return share_of(self.counts["argued"], self.counts["reactions"]) if self.counts else None

    @property
    def taken(self) -> int | None:
        return share_of(self.counts["taken"], self.counts["arguments"]) if self.counts else None


@dataclass(frozen=True)
class PersonLine:
    """How many persons are in one part, None where it is hidden; shares of what they wrote in tenths, where told."""

    label: str
    persons: int | None
    bar: str
    argued: int | None = None
    taken: int | None = None


@dataclass(frozen=True)
class Week:
    monday: date
    persons: int | None
    is_told: bool  # over, so that its persons are told, or hidden
    counts: dict[str, int] | None  # None where they would tell of hidden persons, who did one thing at least
    days: list[int | None] = field(default_factory=list)


@dataclass(frozen=True)
class Attending:
    """Those who came for the first time, as columns; `moments`: the highest, and what the city says of days."""

    columns: list[Column]
    are_days: bool
    moments: list[Moment]

    @property
    def peaks(self) -> list[Moment]:
        highest = sorted(self.moments, key=lambda each: -(each.count or 0))[:PEAKS]
        return [each for each in self.moments if each in highest and each.count]

    @property
    def hides(self) -> bool:
        return any(each.count is None for each in self.columns)

    @property
    def last_day(self) -> date:
        return self.columns[-1].day


@dataclass(frozen=True)
class Compared:
    """Those who said something of themselves, beside the population."""

    chart: GapChart
    answered: int
    unanswered: int

    @property
    def missing(self) -> list[str]:
        return [each.label for each in self.chart.rows if each.is_missing]


@dataclass(frozen=True)
class Figures:
    consultation: Consultation
    period: Period
    periods: list[Period]
    persons: int
    total: Line
    challenges: list[Line]
    channels: list[Line]
    weeks: list[Week]
    attending: Attending | None
    parts: dict[str, Told]
    population: Population | None
    ages: Compared | None
    places: Compared | None
    settings: Dashboard | None

    @property
    def are_few(self) -> bool:
        return self.persons < LEAST

    @property
    def hides(self) -> bool:
        """Whether a number is not published somewhere on the page: its reason stands there then."""
        weeks = any(each.is_told and each.persons is None for each in self.weeks)
        return weeks or bool(self.attending and self.attending.hides) or any(each.hides for each in self.parts.values())

    def lines(self, dimension: str) -> list[PersonLine]:
        """Of persons, with a bar each: as long as the longest of those who said it. What was not said has none."""
        found = self.parts.get(dimension)
        if found is None:
            return []
        most = max((each.persons or 0 for each in found.said), default=0) or 1
        parts = [each for each in found.parts if each.persons != 0]
        return [
            PersonLine(
                each.label,
                each.persons,
                percent((each.persons or 0) / most) if each.code else "",
                (each.counts or {}).get("argued_of_ten"),
                (each.counts or {}).get("taken_of_ten"),
            )
            for each in parts
        ]


def figures_of(consultation: Consultation, *, at: datetime, period: str = "") -> Figures:
    """Of one that was read with its phases; an unknown `period` is the whole."""
    periods = periods_of(consultation, at=at)
    chosen = next((each for each in periods if each.code == period), periods[0])
    kept = Attendance.objects.filter(consultation=consultation).first()
    weeks = _weeks(consultation, kept.weeks if kept else [], chosen)
    places = listed_neighbourhoods()
    rows, names = breakdowns_of(consultation), labels(places)
    parts = {each: found for each in names if (found := told(rows.get(each), names[each]))}
    if not places:
        parts.pop(Dimension.PLACE, None)
    population = Population.objects.first()
    settings = Dashboard.objects.filter(consultation=consultation).first()
    said = read_moments(settings.moments) if settings else {}
    challenges, channels = _lines(consultation, chosen)
    return Figures(
        consultation=consultation,
        period=chosen,
        periods=periods,
        persons=kept.persons if kept else 0,
        total=Line("", _sum(each.counts for each in challenges)),
        challenges=challenges,
        channels=channels,
        weeks=weeks,
        attending=_attending(weeks, chosen, said, consultation.phases.all()),
        parts=parts,
        population=population,
        ages=compared(parts.get(Dimension.AGE), population.ages if population else {}, names[Dimension.AGE]),
        places=compared(parts.get(Dimension.PLACE), population.places if population else {}, names[Dimension.PLACE]),
        settings=settings,
    )


def _figures(consultation: Consultation, period: Period) -> Any:
    found = DayFigures.objects.filter(consultation=consultation).order_by()
    found = found.filter(day__gte=period.begins) if period.begins else found
    return found.filter(day__lte=period.ends) if period.ends else found


def _sums() -> dict[str, Sum]:
    return {f"sum_{name}": Sum(name) for name in COUNTED}


def _counts(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[f"sum_{name}"] for name in COUNTED}


def _sum(every: Iterable[dict[str, int] | None]) -> dict[str, int]:
    rows = [each for each in every if each]
    return {name: sum(each[name] for each in rows) for name in COUNTED}


def _lines(consultation: Consultation, period: Period) -> tuple[list[Line], list[Line]]:
    """By challenge, and by channel. Two queries."""
    rows = list(_figures(consultation, period).values("challenge_id", "channel").annotate(**_sums()))

    def of(name: str, key: Any) -> dict[str, int]:
        return _sum(_counts(row) for row in rows if row[name] == key)

    challenges = [(each, of("challenge_id", each.pk)) for each in shown_challenges_of(consultation)]
    most = max((counts["arguments"] for _challenge, counts in challenges), default=0) or 1
    return (
        [
            Line(str(each.label or each), counts, percent(counts["arguments"] / most), each)
            for each, counts in challenges
        ],
        [Line(str(label), of("channel", code)) for code, label in Channel.choices],
    )


def _weeks(consultation: Consultation, kept: Sequence[dict[str, Any]], period: Period) -> list[Week]:
    """Those that the period touches; what was done, of its days alone. One query."""
    days = {row["day"]: _counts(row) for row in _figures(consultation, period).values("day").annotate(**_sums())}
    told_weeks = {date.fromisoformat(each["monday"]): each for each in kept}
    mondays = {day - timedelta(days=day.weekday()) for day in days}
    mondays |= {each for each in told_weeks if any(period.has(each + timedelta(days=number)) for number in range(7))}
    if not mondays:
        return []
    found, monday = [], min(mondays)
    while monday <= max(mondays):
        week = told_weeks.get(monday)
        is_whole = period.has(monday) and period.has(monday + timedelta(days=6))
        found.append(
            Week(
                monday=monday,
                persons=week["persons"] if week and is_whole else None,
                is_told=bool(week) and is_whole,
                counts=_sum(days.get(monday + timedelta(days=number)) for number in range(7)),
                days=week["days"] if week else [],
            )
        )
        monday += timedelta(days=7)
    if any(week.is_told and week.persons is None for week in found):
        return [week if week.persons is not None else replace(week, counts=None) for week in found]
    return found


def _attending(
    weeks: Sequence[Week], period: Period, said: Mapping[date, str], phases: Iterable[Phase]
) -> Attending | None:
    """By day; where too few days may be told, or there are too many, by week; where those may not, not at all."""
    counted = [week for week in weeks if week.days]
    if not counted:
        return None
    days = [
        (day, count)
        for week in counted
        for number, count in enumerate(week.days)
        if period.has(day := week.monday + timedelta(days=number))
    ]
    whole = [(week.monday, week.persons) for week in counted if week.is_told]
    in_weeks, in_days = (sum(count or 0 for _day, count in each) for each in (whole, days))
    are_days = len(days) <= _COLUMNS_MAX and in_days >= max(LEAST, _SEEN * in_weeks)
    shown = days if are_days else whole
    if not any(count for _day, count in shown):
        return None
    every = columns(shown)
    return Attending(every, are_days, moments_of(every, said, phases, are_days=are_days))


def compared(found: Told | None, population: dict[str, int], names: dict[str, str]) -> Compared | None:
    """None where the city gave no population, or where so few said it that nothing may be told."""
    counted = {code: count for code, count in population.items() if code and code in names}
    if found is None or not found.answered or not sum(counted.values()):
        return None
    answered, inhabitants = found.answered, sum(counted.values())
    persons = {each.code: each.persons for each in found.said}
    parts = []
    for code, label in names.items():
        if code in counted:
            here = persons.get(code, 0)  # where nobody is, no part is shown
            parts.append((label, None if here is None else here / answered, counted[code] / inhabitants))
    return Compared(gaps(parts), answered, found.persons - found.later - answered)
