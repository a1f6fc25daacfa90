"""Counts of persons that are published: none under 5, nor any from which one could be worked out by subtraction.

What is hidden for its own sake is every count under 5; then the fewest others, so that whoever knows all that is shown,
and that nobody is counted less than zero times, cannot tell of a hidden count that it is under 5, nor find it to within
fewer than 5 persons. A zero that follows from the rest is shown: it is about nobody.

Three rules keep it so on all pages together: **a filter chooses among counts that are published, and never makes
another sum of persons**; a file has the counts of its page; and what is published again, once more persons came, is
masked together with all that was published before it (`tell_growth`): no difference of two versions tells one either.

The method is that of cell suppression (Hundepool et al., *Statistical Disclosure Control*, 2012, chapter 4): a table
and its totals are a flow, a count that can be worked out is one that no cycle of hidden counts goes through.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

# Fewer persons than that are not told.
LEAST = 5
# How many sets of further counts are tried before the search takes one at a time.
_TRIED_MAX = 1_000

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


def mask(counts: Sequence[int], *, told: Sequence[bool | None] = ()) -> list[Shown]:
    """The parts of a whole that is told beside them, or somewhere else. Of fewer than 5 in all, none is shown.

    `told`: of some parts it was decided before whether they are; None: not yet.
    """
    if sum(counts) < LEAST:
        return [None] * len(counts)
    before = [*told, *[None] * (len(counts) - len(told))]
    parts = [_Count("whole", "parts", each, is_told is True) for each, is_told in zip(counts, before, strict=True)]
    hidden = _hidden(
        [*parts, _Count("parts", "whole", sum(counts), True)],
        {place for place, each in enumerate(before) if each is False},
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


def tell_growth(arrivals: Sequence[Sequence[int]], told: Sequence[Iterable[int]]) -> list[bool]:
    """Which parts of a whole that grows may be told anew, so that nothing follows from this version and those before.

    `arrivals`: for each version how many persons came into each part since the one before; `told`: for each part the
    versions (from 0) that told it. The wholes are known. A part that is not told keeps the count that it was told with;
    those who came since are in no part yet, and they are none, or 5 at least.
    """
    last = len(arrivals) - 1
    counts = [_Count("rows", f"r{row}", sum(each), is_fixed=True) for row, each in enumerate(arrivals)]
    hidden: set[int] = set()
    now: list[int] = []
    for part, before in enumerate(told):
        begins = 0
        for ends in [*sorted(before), last]:
            came = [(row, arrivals[row][part]) for row in range(begins, ends + 1)]
            source = f"r{ends}"
            if len(came) > 1:
                source = f"c{part}.{begins}"
                hidden.update(range(len(counts), len(counts) + len(came)))
                counts += [_Count(f"r{row}", source, value) for row, value in came]
            counts.append(_Count(source, "columns", sum(value for _row, value in came), is_fixed=ends != last))
            begins = ends + 1
        now.append(len(counts) - 1)
    return _tell_most(counts, hidden, now)


def _hidden(counts: Sequence[_Count], before: Iterable[int] = ()) -> set[int]:
    small = set(before) | {place for place, count in enumerate(counts) if count.value < LEAST and not count.is_fixed}
    found = _with_fewest(counts, small)
    return found - (_worked_out(counts, found) - set(before))


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


def _tell_most(counts: Sequence[_Count], hidden: set[int], now: Sequence[int]) -> list[bool]:
    """Parts are kept back from the smallest on until nothing follows from the others."""
    telling = sorted((place for place in now if counts[place].value >= LEAST), key=lambda place: -counts[place].value)
    while telling and _told(counts, hidden | (set(now) - set(telling))):
        telling.pop()
    return [place in telling for place in now]


def _told(counts: Sequence[_Count], hidden: set[int]) -> bool:
    """Whether a hidden count of somebody could be worked out, near enough."""
    return any(not _is_safe(counts, hidden, place) for place in hidden)


def _worked_out(counts: Sequence[_Count], hidden: set[int]) -> set[int]:
    """Those of the hidden ones that are zero and can be nothing else."""
    return {place for place in hidden if not counts[place].value and not _room(counts, hidden - {place}, place)[0]}


def _is_safe(counts: Sequence[_Count], hidden: set[int], place: int) -> bool:
    more, fewer = _room(counts, hidden - {place}, place)
    value = counts[place].value
    return (value + more >= LEAST and more + fewer >= LEAST) or (not value and not more)


def _room(counts: Sequence[_Count], others: set[int], place: int) -> tuple[int, int]:
    """By how much this count could be more, or fewer, than it is, as far as that matters."""
    count = counts[place]
    more = _flow(counts, others, count.target, count.source, LEAST)
    if more >= LEAST:
        return more, 0
    return more, _flow(counts, others, count.source, count.target, min(count.value, LEAST))


def _flow(counts: Sequence[_Count], hidden: Iterable[int], start: str, end: str, enough: int) -> int:
    """How many more at `start` can be brought to `end` by others that are hidden: more in some, fewer in others."""
    ways: dict[str, dict[str, int]] = {}
    for place in hidden:
        count = counts[place]
        there = ways.setdefault(count.source, {})
        there[count.target] = there.get(count.target, 0) + LEAST * LEAST
        back = ways.setdefault(count.target, {})
        back[count.source] = back.get(count.source, 0) + count.value
    brought = 0
    while brought < enough and (way := _way(ways, start, end)):
        by = min(enough - brought, *(ways[one][two] for one, two in pairwise(way)))
        for one, two in pairwise(way):
            ways[one][two] -= by
            ways[two][one] = ways[two].get(one, 0) + by
        brought += by
    return brought


def _way(ways: dict[str, dict[str, int]], start: str, end: str) -> list[str]:
    """The shortest; empty where there is none."""
    came, to_see = {start: start}, deque([start])
    while to_see:
        here = to_see.popleft()
        if here == end:
            break
        for there, room in ways.get(here, {}).items():
            if room and there not in came:
                came[there] = here
                to_see.append(there)
    if end not in came:
        return []
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]
