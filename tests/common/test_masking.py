"""Counts of persons that are published: what somebody could work out is tried by brute force."""

from collections.abc import Iterator
from itertools import combinations, product
from random import Random

import pytest

from common.masking import LEAST, mask, mask_table, masked

# A table as one list of sums: its cells row by row, the sums of its rows, of its columns, and of all.
Table = tuple[int, ...]


def table_of(cells: list[list[int]]) -> Table:
    body = [value for row in cells for value in row]
    return (*body, *map(sum, cells), *map(sum, zip(*cells, strict=True)), sum(body))


def tables_like(table: Table, shown: list[int | None], *, width: int) -> Iterator[Table]:
    """Every table near this one that shows the same: a count that may differ at all may differ by one."""
    height = (len(table) - width - 1) // (width + 1)
    body = table[: height * width]
    hidden = [place for place in range(len(body)) if shown[place] is None]
    for steps in product((0, 1, -1), repeat=len(hidden)):
        other = list(body)
        for place, step in zip(hidden, steps, strict=True):
            other[place] += step
        if min(other) < 0:
            continue
        whole = table_of([other[start : start + width] for start in range(0, len(other), width)])
        if all(value is None or value == found for value, found in zip(shown, whole, strict=True)):
            yield whole


def told(table: Table, shown: list[int | None], *, width: int) -> bool:
    """Whether a hidden count of somebody is the same in all of them."""
    values: list[set[int]] = [set() for _count in table]
    for other in tables_like(table, shown, width=width):
        for place, value in enumerate(other):
            values[place].add(value)
    return any(shown[place] is None and value and len(values[place]) == 1 for place, value in enumerate(table))


def random_tables(height: int, width: int, *, number: int) -> list[list[list[int]]]:
    random = Random(height * 100 + width)
    sizes = (0, 1, 2, 3, 4, 5, 6, 9, 30)
    found = [[[random.choice(sizes) for _c in range(width)] for _r in range(height)] for _n in range(number)]
    return [cells for cells in found if sum(map(sum, cells)) >= LEAST]


@pytest.mark.parametrize(("height", "width", "number"), [(2, 2, 150), (2, 3, 60), (3, 3, 12)])
def test_nobody_under_five_can_be_counted_from_a_table(height: int, width: int, number: int) -> None:
    for cells in random_tables(height, width, number=number):
        found = mask_table(cells)
        shown = [*(value for row in found.cells for value in row), *found.rows, *found.columns, found.total]
        table = table_of(cells)
        assert all(value in (None, true) for value, true in zip(shown, table, strict=True))
        assert not any(value is not None and 0 < value < LEAST for value in shown), cells
        assert not told(table, shown, width=width), cells


def test_a_table_hides_no_more_than_it_must() -> None:
    for cells in random_tables(2, 2, number=60):
        found = mask_table(cells)
        table = table_of(cells)
        shown = [*(value for row in found.cells for value in row), *found.rows, *found.columns, found.total]
        small = {place for place, value in enumerate(table) if value < LEAST}
        further = {place for place, value in enumerate(shown) if value is None} - small
        for fewer in range(len(further)):
            for more in combinations(set(range(len(table))) - small, fewer):
                hidden = small | set(more)
                other = [None if place in hidden else value for place, value in enumerate(table)]
                assert told(table, other, width=2), (cells, more)


def test_nobody_under_five_can_be_counted_from_the_parts_of_a_whole() -> None:
    for counts in product((0, 1, 3, 4, 5, 7), repeat=4):
        shown, total = mask(counts), sum(counts)
        hidden = [place for place, value in enumerate(shown) if value is None]
        if total < LEAST:
            assert len(hidden) == len(counts)
            continue
        missing = total - sum(value for value in shown if value is not None)
        wholes = [found for found in product(range(missing + 1), repeat=len(hidden)) if sum(found) == missing]
        for place, values in zip(hidden, zip(*wholes, strict=True), strict=True):
            assert counts[place] == 0 or len(set(values)) > 1, counts
        assert not any(0 < (value or 0) < LEAST for value in shown)


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    assert mask([40, 3, 12, 7]) == [40, None, 12, None]
    assert mask([40, 3, 2, 7]) == [40, None, None, 7]
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
