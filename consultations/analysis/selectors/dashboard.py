"""The figures of a consultation on one page: ten queries, however much people have written.

What people wrote is counted by day and by challenge, and never by what is known of who wrote it: it is signed, and a
part without a proposal, or with all of them, would tell of every author. Persons are counted by what is known of them
and never by day, because what was done on that day stands beside. A filter chooses days: of persons there are the
counts of the whole consultation alone, as a sum of its own would tell, by difference, of who came before or after.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Line:
    """What was done in one part of the consultation."""

    label: str
    counts: dict[str, int]
    bar: str = "0%"
    challenge: Challenge | None = None

    @property
    def argued(self) -> int | None:
        return share_of(self.counts["argued"], self.counts["reactions"])

    @property
    def taken(self) -> int | None:
        return share_of(self.counts["taken"], self.counts["arguments"])


@dataclass(frozen=True)
class PartLine:
    """How many persons are in one part; None where that is hidden."""

    label: str
    persons: int | None
    bar: str


@dataclass(frozen=True)
class Week:
    monday: date
    counts: dict[str, int]


@dataclass(frozen=True)
class Writing:
    """Proposals, arguments and reactions together, as columns. `moments`: the highest, and what the city says of."""

    columns: list[Column]
    are_days: bool
    moments: list[Moment]

    @property
    def peaks(self) -> list[Moment]:
        highest = sorted(self.moments, key=lambda each: -each.count)[:PEAKS]
        return [each for each in self.moments if each in highest and each.count]

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
    writing: Writing | None
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
        return any(each.hides for each in self.parts.values())

    def lines(self, dimension: str) -> list[PartLine]:
        """With a bar each: as long as the longest of those who said it. What was not said has none."""
        found = self.parts.get(dimension)
        if found is None:
            return []
        most = max((each.persons or 0 for each in found.said), default=0) or 1
        return [
            PartLine(each.label, each.persons, percent((each.persons or 0) / most) if each.code else "")
            for each in found.parts
            if each.persons != 0
        ]


def figures_of(consultation: Consultation, *, at: datetime, period: str = "") -> Figures:
    """Of one that was read with its phases; an unknown `period` is the whole."""
    periods = periods_of(consultation, at=at)
    chosen = next((each for each in periods if each.code == period), periods[0])
    kept = Attendance.objects.filter(consultation=consultation).first()
    persons = kept.persons if kept else 0
    days = _days(consultation, chosen)
    places = listed_neighbourhoods()
    rows, names = breakdowns_of(consultation), labels(places)
    parts = {each: found for each in names if (found := told(rows.get(each), names[each], of=persons))}
    if not places:
        parts.pop(Dimension.PLACE, None)
    population = Population.objects.first()
    settings = Dashboard.objects.filter(consultation=consultation).first()
    said = read_moments(settings.moments) if settings else {}
    challenges, channels = _by_challenge_and_way(consultation, chosen)
    return Figures(
        consultation=consultation,
        period=chosen,
        periods=periods,
        persons=persons,
        total=Line("", _sum(each.counts for each in challenges)),
        challenges=challenges,
        channels=channels,
        weeks=_weeks(days),
        writing=_writing(days, said, consultation.phases.all()),
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


def _sum(every: Iterable[dict[str, int]]) -> dict[str, int]:
    rows = list(every)
    return {name: sum(each[name] for each in rows) for name in COUNTED}


def _by_challenge_and_way(consultation: Consultation, period: Period) -> tuple[list[Line], list[Line]]:
    """By challenge; and by the way it came, which stands beside each text, where there are several."""
    shown = shown_challenges_of(consultation)
    rows = list(_figures(consultation, period).values("challenge_id", "channel").annotate(**_sums()))
    rows = [row for row in rows if row["challenge_id"] in {each.pk for each in shown}]
    found = [(each, _sum(_counts(row) for row in rows if row["challenge_id"] == each.pk)) for each in shown]
    most = max((counts["arguments"] for _challenge, counts in found), default=0) or 1
    by_challenge = [
        Line(str(each.label or each), counts, percent(counts["arguments"] / most), each) for each, counts in found
    ]
    ways = [(label, _sum(_counts(row) for row in rows if row["channel"] == code)) for code, label in Channel.choices]
    came = [Line(str(label), counts) for label, counts in ways if counts["proposals"] or counts["arguments"]]
    return by_challenge, came if len(came) > 1 else []


def _days(consultation: Consultation, period: Period) -> dict[date, dict[str, int]]:
    return {row["day"]: _counts(row) for row in _figures(consultation, period).values("day").annotate(**_sums())}


def _weeks(days: dict[date, dict[str, int]]) -> list[Week]:
    """From the first in which something was done to the last; of their days, those of the period."""
    mondays = {day - timedelta(days=day.weekday()) for day in days}
    return [
        Week(monday, _sum(days[day] for number in range(7) if (day := monday + timedelta(days=number)) in days))
        for monday in _steps(mondays, 7)
    ]


def _writing(days: dict[date, dict[str, int]], said: Mapping[date, str], phases: Iterable[Phase]) -> Writing | None:
    """By day; where there are too many, by week."""
    if not days:
        return None
    are_days = (max(days) - min(days)).days < _COLUMNS_MAX
    done = {day: counts["proposals"] + counts["arguments"] + counts["reactions"] for day, counts in days.items()}
    if are_days:
        shown = [(day, done.get(day, 0)) for day in _steps(done, 1)]
    else:
        shown = [
            (week.monday, sum(done.get(week.monday + timedelta(days=number), 0) for number in range(7)))
            for week in _weeks(days)
        ]
    every = columns(shown)
    return Writing(every, are_days, moments_of(every, said, phases, are_days=are_days))


def _steps(dates: Collection[date], days: int) -> list[date]:
    """From the first to the last."""
    if not dates:
        return []
    first, last = min(dates), max(dates)
    return [first + timedelta(days=number) for number in range(0, (last - first).days + 1, days)]


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
