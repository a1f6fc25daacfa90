"""Counts of persons that are published: none under 5, nor any from which one could be worked out by subtraction.

What is hidden for its own sake is every count under 5; then the fewest others, so that none of those is left alone in
a sum that is known. Somebody who knows this rule, all that is shown, and that nobody is counted less than zero times
finds at least two values for each hidden count of one person or more. A zero that follows from the rest is shown: it
is about nobody.

The method is that of cell suppression (Hundepool et al., *Statistical Disclosure Control*, 2012, chapter 4): a table
and its totals are a flow, a count that can be worked out is one that no cycle of hidden counts goes through.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

# Fewer persons than that are not told.
LEAST = 5
# How many sets of further counts are tried before the search takes one at a time.
_TRIED_MAX = 5_000

Shown = int | None


@dataclass(frozen=True)
class MaskedTable:
    """None is a hidden count. Sums of rows, of columns, and of all."""

    cells: list[list[Shown]]
    rows: list[Shown]
    columns: list[Shown]
    total: Shown


@dataclass(frozen=True)
class _Count:
    """A count as what flows from one sum into another."""

    source: str
    target: str
    value: int
    is_fixed: bool = False  # known from elsewhere: hiding it would not help


def mask(counts: Sequence[int]) -> list[Shown]:
    """The parts of a whole that is told beside them, or somewhere else. Of fewer than 5 in all, none is shown."""
    if sum(counts) < LEAST:
        return [None] * len(counts)
    hidden = _hidden(
        [*(_Count("whole", "parts", each) for each in counts), _Count("parts", "whole", sum(counts), True)]
    )
    return [None if place in hidden else value for place, value in enumerate(counts)]


def masked(count: int, *, of: int) -> Shown:
    """How many of these persons did something; the others, too, are a count."""
    return mask([count, of - count])[0]


def mask_table(cells: Sequence[Sequence[int]]) -> MaskedTable:
    """With the sums of its rows and columns, which are hidden where they must be."""
    height, width = len(cells), len(cells[0])
    total = sum(map(sum, cells))
    counts = [_Count(f"r{row}", f"c{column}", cells[row][column]) for row in range(height) for column in range(width)]
    counts += [_Count("rows", f"r{row}", sum(cells[row])) for row in range(height)]
    counts += [_Count(f"c{column}", "columns", sum(row[column] for row in cells)) for column in range(width)]
    counts.append(_Count("columns", "rows", total))
    hidden = set(range(len(counts))) if total < LEAST else _hidden(counts)
    shown = [None if place in hidden else count.value for place, count in enumerate(counts)]
    body = height * width
    return MaskedTable(
        cells=[shown[start : start + width] for start in range(0, body, width)],
        rows=shown[body : body + height],
        columns=shown[body + height : -1],
        total=shown[-1],
    )


def _hidden(counts: Sequence[_Count]) -> set[int]:
    small = {place for place, count in enumerate(counts) if count.value < LEAST and not count.is_fixed}
    found = _with_fewest(counts, small)
    return found - _worked_out(counts, found)


def _with_fewest(counts: Sequence[_Count], hidden: set[int]) -> set[int]:
    """The same with the fewest further ones; of as many, those of the fewest persons, and sums last."""
    if not _told(counts, hidden):
        return hidden
    others = [place for place, count in enumerate(counts) if place not in hidden and not count.is_fixed]
    others.sort(key=lambda place: (counts[place].value, place))
    tried = 0
    for size in range(1, len(others) + 1):
        tried += comb(len(others), size)
        if tried > _TRIED_MAX:
            break
        enough = [more for more in combinations(others, size) if not _told(counts, hidden | set(more))]
        if enough:
            return hidden | set(min(enough, key=lambda more: (sum(counts[place].value for place in more), more)))
    return _one_by_one(counts, hidden, others)


def _one_by_one(counts: Sequence[_Count], hidden: set[int], others: Sequence[int]) -> set[int]:
    """All of them, but for those that need not be: begun with the largest."""
    found = hidden | set(others)
    for place in reversed(others):
        if not _told(counts, found - {place}):
            found.discard(place)
    return found


def _told(counts: Sequence[_Count], hidden: set[int]) -> bool:
    """Whether one person or more could be counted by subtraction."""
    return any(counts[place].value for place in _worked_out(counts, hidden))


def _worked_out(counts: Sequence[_Count], hidden: set[int]) -> set[int]:
    """Those of the hidden ones that can take one value only."""
    return {place for place in hidden if not _may_differ(counts, hidden, place)}


def _may_differ(counts: Sequence[_Count], hidden: set[int], place: int) -> bool:
    count, others = counts[place], hidden - {place}
    if _leads(counts, others, count.target, count.source):
        return True
    return count.value > 0 and _leads(counts, others, count.source, count.target)


def _leads(counts: Sequence[_Count], hidden: Iterable[int], start: str, end: str) -> bool:
    """Whether one more at `start` can be brought to `end` by others that are hidden: more in some, fewer in others."""
    ways: dict[str, set[str]] = {}
    for place in hidden:
        count = counts[place]
        ways.setdefault(count.source, set()).add(count.target)
        if count.value:
            ways.setdefault(count.target, set()).add(count.source)
    reached, to_see = {start}, [start]
    while to_see:
        further = ways.get(to_see.pop(), set()) - reached
        reached |= further
        to_see += further
    return end in reached
