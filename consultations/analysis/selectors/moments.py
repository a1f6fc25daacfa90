"""What brought people, in the city's own words: a day and what happened on it, one a line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import pgettext

from common.dates import is_reasonable
from common.templatetags.ui import first_day, last_day
from consultations.analysis.selectors.charts import Column
from consultations.framing.models import Phase

PEAKS, WORDS_MAX = 3, 120
_LINE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})[\s:,;–—-]+(\S.*)")


class NotRead(ValueError):
    """A line that has no day, or says nothing of it: its number."""


@dataclass(frozen=True)
class Moment:
    """`count`: what was done then."""

    day: date
    count: int
    words: str


def read_moments(text: str) -> dict[date, str]:
    """Raises NotRead. Two of one day are read together."""
    found: dict[date, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        read = _LINE.fullmatch(line.strip())
        try:
            day = date(*(int(read[part]) for part in (3, 2, 1))) if read else None
        except ValueError:
            day = None
        if not read or day is None or not is_reasonable(day) or len(read[4]) > WORDS_MAX:
            raise NotRead(number)
        found[day] = ", ".join(filter(None, (found.get(day), read[4].rstrip(" ."))))
    return found


def moments_of(
    columns: Sequence[Column], said: Mapping[date, str], phases: Iterable[Phase], *, are_days: bool
) -> list[Moment]:
    """The highest columns, and those of which the city says something, in the order of time; a phase that began or
    ended in one of the highest is said of it where the city says nothing."""
    highest = sorted((each for each in columns if each.count), key=lambda each: -each.count)[:PEAKS]
    known = _of_phases(phases)
    found = []
    for column in columns:
        own = _within(said, column.day, are_days=are_days)
        if column in highest or own:
            words = own or _within(known, column.day, are_days=are_days)
            found.append(Moment(column.day, column.count, words))
    return found


def _within(said: Mapping[date, str], first: date, *, are_days: bool) -> str:
    days = [first + timedelta(days=number) for number in range(1 if are_days else 7)]
    return ", ".join(said[day] for day in days if day in said)


def _of_phases(phases: Iterable[Phase]) -> dict[date, str]:
    found: dict[date, str] = {}
    for each in phases:
        name = each.get_kind_display()
        if each.opens_at:
            found.setdefault(first_day(each.opens_at), pgettext("phase", "first day of “%(phase)s”") % {"phase": name})
        if each.closes_at:
            found.setdefault(last_day(each.closes_at), pgettext("phase", "last day of “%(phase)s”") % {"phase": name})
    return found
