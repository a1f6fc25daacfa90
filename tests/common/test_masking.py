"""Counts of persons that are published: what somebody could work out is solved for, by linear programming."""

from collections.abc import Callable, Sequence
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from common.masking import LEAST, mask, mask_table, masked, tell_growth

Cells = list[list[int]]
Shown = list[int | None]
# Sums that are known to be equal: places on the left, places on the right.
Sums = list[tuple[list[int], list[int]]]


def bounds(shown: Shown, sums: Sums) -> dict[int, tuple[float, float]]:
    """Between what and what each hidden count must be, for whoever knows what is shown."""
    equal = np.zeros((len(sums), len(shown)))
    for row, (left, right) in enumerate(sums):
        equal[row, left], equal[row, right] = 1, -1
    limits = [(0, None) if value is None else (value, value) for value in shown]
    found = {}
    for place in (each for each, value in enumerate(shown) if value is None):
        one = np.zeros(len(shown))
        one[place] = 1
        low, high = (linprog(sign * one, A_eq=equal, b_eq=np.zeros(len(sums)), bounds=limits) for sign in (1, -1))
        assert low.status == 0
        found[place] = (low.fun, -high.fun if high.status == 0 else float("inf"))
    return found


def told(true: Sequence[int], shown: Shown, sums: Sums) -> list[int]:
    """The hidden counts that can be worked out, near enough. That nobody is somewhere is about nobody."""
    found = {place: each for place, each in bounds(shown, sums).items() if true[place] or each[1] > 1e-6}
    least = LEAST - 1e-6
    return [place for place, (low, high) in found.items() if high < least or high - low < least]


def as_list(cells: Cells) -> list[int]:
    body = [value for row in cells for value in row]
    return [*body, *map(sum, cells), *map(sum, zip(*cells, strict=True)), sum(body)]


def sums_of(height: int, width: int) -> Sums:
    body = height * width
    rows = [(list(range(row * width, row * width + width)), [body + row]) for row in range(height)]
    columns = [(list(range(column, body, width)), [body + height + column]) for column in range(width)]
    return [*rows, *columns, (list(range(body, body + height)), [body + height + width])]


def masked_list(cells: Cells) -> Shown:
    found = mask_table(cells)
    return [*(value for row in found.cells for value in row), *found.rows, *found.columns, found.total]


def random_tables(height: int, width: int, *, number: int) -> list[Cells]:
    random = Random(height * 100 + width)
    sizes = (0, 1, 2, 3, 4, 5, 6, 9, 30)
    found = [[[random.choice(sizes) for _c in range(width)] for _r in range(height)] for _n in range(number)]
    return [cells for cells in found if sum(map(sum, cells)) >= LEAST]


@pytest.mark.parametrize(("height", "width", "number"), [(2, 2, 60), (2, 3, 40), (3, 4, 20), (4, 6, 6)])
def test_no_hidden_cell_of_a_table_can_be_worked_out(height: int, width: int, number: int) -> None:
    for cells in random_tables(height, width, number=number):
        shown, true = masked_list(cells), as_list(cells)
        assert all(value in (None, own) for value, own in zip(shown, true, strict=True))
        assert not any(value is not None and 0 < value < LEAST for value in shown), cells
        assert not told(true, shown, sums_of(height, width)), cells


def test_a_table_hides_no_more_than_it_must() -> None:
    for cells in random_tables(2, 2, number=12):
        true, shown = as_list(cells), masked_list(cells)
        small = {place for place, value in enumerate(true) if 0 < value < LEAST}
        zeros = {place for place, value in enumerate(true) if not value and shown[place] is None}
        further = {place for place, value in enumerate(shown) if value is None} - small - zeros
        for more in combinations(set(range(len(true))) - small - zeros, max(0, len(further) - 1)):
            hidden = small | zeros | set(more)
            other = [None if place in hidden else value for place, value in enumerate(true)]
            assert not further or told(true, other, sums_of(2, 2)), (cells, more)


def test_no_hidden_part_of_a_whole_can_be_worked_out() -> None:
    for counts in product((0, 1, 3, 4, 5, 7), repeat=4):
        shown, total = mask(counts), sum(counts)
        hidden = [place for place, value in enumerate(shown) if value is None]
        if total < LEAST:
            assert len(hidden) == len(counts)
            continue
        # Of a whole that is known, what is hidden is between none and all that is missing.
        missing = total - sum(value for value in shown if value is not None)
        assert not hidden or (len(hidden) > 1 and missing >= LEAST), counts
        assert not any(0 < (value or 0) < LEAST for value in shown)


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    assert mask([40, 3, 12, 7]) == [40, None, 12, None]
    assert mask([40, 3, 2, 7]) == [40, None, None, 7]
    assert mask([40, 2, 1, 7]) == [40, None, None, None]  # three of them in all would say that each is under 5
    assert mask([40, 0, 12]) == [40, 0, 12]
    assert mask([2, 1, 1]) == [None, None, None]


def test_those_who_did_not_do_something_are_a_count_too() -> None:
    assert masked(20, of=100) == 20
    assert masked(3, of=100) is None
    assert masked(98, of=100) is None
    assert masked(100, of=100) == 100
    assert masked(0, of=100) == 0


def test_a_small_cell_of_a_table_hides_a_rectangle() -> None:
    found = mask_table([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    assert found.cells == [[None, None, 30], [None, None, 60], [70, 80, 90]]
    assert (found.rows, found.columns, found.total) == ([53, 150, 240], [113, 150, 180], 443)


def test_a_large_table_is_masked_at_once() -> None:
    random = Random(7)
    cells = [[random.choice((0, 1, 2, 4, 8, 20, 90)) for _column in range(8)] for _row in range(12)]
    found = mask_table(cells)
    assert not any(0 < (value or 0) < LEAST for row in found.cells for value in row)


class Growing:
    """A breakdown that is published again and again; what somebody knows who kept all versions."""

    def __init__(self, parts: int, decide: Callable[..., list[bool]] = tell_growth) -> None:
        self.arrivals: Cells = []
        self.told: list[list[int]] = [[] for _part in range(parts)]
        self.decide = decide

    def grow(self, came: list[int]) -> None:
        self.arrivals.append(came)
        for part, is_told in enumerate(self.decide(self.arrivals, self.told)):
            if is_told:
                self.told[part].append(len(self.arrivals) - 1)

    def knows(self) -> tuple[list[int], Shown, Sums]:
        """Of each version who came into each part: hidden, but for what the versions that told it add up to."""
        width = len(self.told)
        true = [value for row in self.arrivals for value in row]
        shown: Shown = [None] * len(true)
        sums: Sums = []
        for row, each in enumerate(self.arrivals):
            sums.append((list(range(row * width, (row + 1) * width)), [len(true)]))
            true.append(sum(each))
            shown.append(sum(each))
        for part, versions in enumerate(self.told):
            begins = 0
            for ends in versions:
                places = [row * width + part for row in range(begins, ends + 1)]
                total = sum(true[place] for place in places)
                begins = ends + 1
                assert total >= LEAST
                if len(places) == 1:
                    shown[places[0]] = total
                    continue
                sums.append((places, [len(true)]))
                true.append(total)
                shown.append(total)
        return true, shown, sums


@pytest.mark.parametrize("seed", range(8))
def test_no_difference_of_versions_tells_who_came(seed: int) -> None:
    random = Random(seed)
    growing = Growing(parts := random.choice((2, 3, 5, 7)))
    weights = [random.choice((1, 2, 5, 20)) for _part in range(parts)]
    for _version in range(6):
        came = random.choices(range(parts), weights, k=random.choice((5, 6, 9, 15, 40)))
        growing.grow([came.count(part) for part in range(parts)])
        assert not told(*growing.knows()), (growing.arrivals, growing.told)


def test_without_the_rule_versions_would_tell() -> None:
    growing = Growing(2, decide=lambda arrivals, told: [True, False])
    growing.grow([9, 3])
    assert told(*growing.knows()) == [1]


def test_a_breakdown_that_grows_is_told_in_the_end() -> None:
    """What was kept back comes with those who come later; nobody is told alone."""
    growing = Growing(3)
    growing.grow([40, 20, 2])
    assert growing.told == [[0], [], []]
    growing.grow([5, 9, 9])
    assert [
        sum(growing.arrivals[row][part] for row in range(max(told, default=-1) + 1))
        for part, told in enumerate(growing.told)
    ] == [45, 29, 11]
