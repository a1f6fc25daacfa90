"""The roots of a project as a drawing: positions worked out here, so that its template only writes them.

One trunk, 64 units a station; under it a column of 130 for each proposal, four signs of arguments a row, those that
were taken up first, and the names of whom they thank. Type of 14 to 15 in 360 units reads the same on a telephone.
"""

from dataclasses import dataclass
from textwrap import wrap

from common.text import shortened
from consultations.outcomes.selectors.lineage import Lineage, Root

_COLUMNS, _SIGNS, _NAMES = 3, 24, 5
_STATION, _COLUMN, _FIRST_X, _FIRST_Y = 64, 130, 46, 36


@dataclass(frozen=True)
class Sign:
    """An argument: of a stance where it was taken up; empty: a seed."""

    x: int
    y: int
    stance: str = ""


@dataclass(frozen=True)
class Line:
    y: int
    words: str


@dataclass(frozen=True)
class Column:
    root: Root
    x: int
    y: int
    path: str
    title: list[Line]
    versions: Line
    signs: list[Sign]
    more: Line | None
    names: list[Line]

    @property
    def left(self) -> int:
        """Where its words begin."""
        return self.x - 41


@dataclass(frozen=True)
class Station:
    y: int
    kind: str


@dataclass(frozen=True)
class Drawing:
    stations: list[Station]
    trunk_end: int
    columns: list[Column]
    height: int
    left_out: int


def drawing_of(lineage: Lineage) -> Drawing | None:
    """Of the three proposals with most arguments taken up. None where no proposal is left to show."""
    leaves = sorted(lineage.leaves, key=lambda each: (-len(each.taken), -each.argument_count, each.proposal.pk))
    if not leaves:
        return None
    kinds = ["project", *(["answer"] if lineage.answers else []), *(["collective"] if lineage.collectives else [])]
    stations = [Station(_FIRST_Y + number * _STATION, kind) for number, kind in enumerate(kinds)]
    end = stations[-1].y
    columns = [_column(leaf, number, end) for number, leaf in enumerate(leaves[:_COLUMNS])]
    height = max(_foot(column) for column in columns)
    return Drawing(stations, end, columns, height, len(leaves) - len(columns))


def _column(root: Root, number: int, trunk_end: int) -> Column:
    x, y = _FIRST_X + number * _COLUMN, trunk_end + 90
    bend = f"M{_FIRST_X} {trunk_end}C{_FIRST_X} {trunk_end + 50} {x} {trunk_end + 34} {x} {y}"
    words = wrap(root.title, 15, max_lines=2, placeholder="…")
    title = [Line(y + 27 + 18 * place, line) for place, line in enumerate(words)]
    below = title[-1].y
    top = below + 47
    shown = [each.argument.stance for each in root.taken][:_SIGNS]
    shown += [""] * (min(root.argument_count, _SIGNS) - len(shown))
    signs = [Sign(x - 33 + 22 * (place % 4), top + 22 * (place // 4), stance) for place, stance in enumerate(shown)]
    foot = signs[-1].y if signs else below + 18
    left = root.argument_count - len(shown)
    more = Line(foot + 26, str(left)) if left else None
    first = (more.y if more else foot) + 32
    names = [Line(first + 21 * place, shortened(name, 15)) for place, name in enumerate(root.thanked[:_NAMES])]
    return Column(root, x, y, bend, title, Line(below + 18, ""), signs, more, names)


def _foot(column: Column) -> int:
    lines = [column.versions.y, *(sign.y for sign in column.signs), *(line.y for line in column.names)]
    return max(lines + ([column.more.y] if column.more else [])) + 16
