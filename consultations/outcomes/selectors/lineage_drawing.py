"""The roots of a project as a drawing: positions worked out here, so that its template only writes them.

One trunk, 64 units a station; under it a column for each proposal, four signs of arguments a row, those that were
taken up first, and the names of whom they thank. Type of 14 to 15 in 360 units reads the same on a telephone. Nothing
is drawn beyond the edge: words are cut by how wide their letters may be.
"""

from dataclasses import dataclass

from consultations.outcomes.selectors.lineage import Lineage, Root

_COLUMNS, _SIGNS, _NAMES = 3, 24, 5
_STATION, _FIRST_X, _FIRST_Y = 64, 46, 36
_WIDTH, _MARGIN = 350, 5
# How wide a letter may be, as a part of the size of type: none of our two fonts is wider.
_NARROW, _OTHER, _CAPITAL, _WIDE = 0.42, 0.66, 0.74, 1.03


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

    @property
    def stances(self) -> set[str]:
        """Of the arguments in it that were taken up; with "" where others were not."""
        return {sign.stance for column in self.columns for sign in column.signs}

    @property
    def has_people(self) -> bool:
        return any(column.names for column in self.columns)


def drawing_of(lineage: Lineage) -> Drawing | None:
    """Of the three proposals with most arguments taken up. None where no proposal is left to show."""
    leaves = sorted(lineage.leaves, key=lambda each: (-len(each.taken), -each.argument_count, each.proposal.pk))
    if not leaves:
        return None
    kinds = ["project", *(["answer"] if lineage.answers else []), *(["collective"] if lineage.collectives else [])]
    stations = [Station(_FIRST_Y + number * _STATION, kind) for number, kind in enumerate(kinds)]
    end = stations[-1].y
    drawn = leaves[:_COLUMNS]
    columns = [_column(leaf, number, end, room=_WIDTH // len(drawn)) for number, leaf in enumerate(drawn)]
    height = max(_foot(column) for column in columns)
    return Drawing(stations, end, columns, height, len(leaves) - len(columns))


def _column(root: Root, number: int, trunk_end: int, *, room: int) -> Column:
    x, y = _FIRST_X + number * room, trunk_end + 90
    bend = f"M{_FIRST_X} {trunk_end}C{_FIRST_X} {trunk_end + 50} {x} {trunk_end + 34} {x} {y}"
    words = _lines(root.title, room - _MARGIN, size=15)
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
    thanked = (_cut(name, room - _MARGIN - 19, size=14) for name in root.thanked[:_NAMES])
    names = [Line(first + 21 * place, name) for place, name in enumerate(thanked)]
    return Column(root, x, y, bend, title, Line(below + 18, ""), signs, more, names)


def _foot(column: Column) -> int:
    lines = [column.versions.y, *(sign.y for sign in column.signs), *(line.y for line in column.names)]
    return max(lines + ([column.more.y] if column.more else [])) + 16


def _lines(words: str, room: float, *, size: int) -> list[str]:
    """In two lines at most; what is too long ends with "…"."""
    first, rest = "", words.split()
    while rest and _width(f"{first} {rest[0]}".strip(), size) <= room:
        first = f"{first} {rest.pop(0)}".strip()
    if not first:
        return [_cut(words, room, size=size)]
    return [first, _cut(" ".join(rest), room, size=size)] if rest else [first]


def _cut(words: str, room: float, *, size: int) -> str:
    if _width(words, size) <= room:
        return words
    while words and _width(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words.rstrip(' ,;:’')}…"


def _width(words: str, size: int) -> float:
    """At most so many units: what a reader's own font does is not known."""
    return size * sum(_letter(letter) for letter in words)


def _letter(letter: str) -> float:
    if letter in "iljtfrI1|!.,;:'’() ":
        return _NARROW
    if letter in "mwMWŒœÆæ&€£¶©®™¼½¾#@%" or letter > "\u024f":
        return _WIDE
    return _CAPITAL if letter.isupper() else _OTHER
