"""People as signs on a plane: a disc, a ring, a square, a triangle, a diamond, so that no colour is needed.

Numbers are text already: pages write decimals with a comma, drawings with a point.
"""

import math
from dataclasses import dataclass

GRID = 60
LETTERS = "abcde"
# Lines of the path of a sign, in its own size: half of its width is one.
_SIGNS = {
    "c": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "d": ((0, -1.15), (1.15, 0.9), (-1.15, 0.9)),
    "e": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
}
# How far the area of a group reaches, in standard deviations.
_REACH = 1.75


@dataclass(frozen=True)
class Mark:
    kind: str
    x: str
    y: str
    path: str


@dataclass(frozen=True)
class Area:
    letter: str
    x: str
    y: str
    letter_y: str
    rx: str
    ry: str
    angle: str


def marks(points: list[list[int]], *, grouped: bool, big: bool) -> list[Mark]:
    """On a plane of 400 × 320, or of 200 × 120."""
    found = []
    for x, y, number in points:
        left, top = _place(x, y, big=big)
        kind = LETTERS[number] if grouped else "n"
        found.append(Mark(kind, _written(left), _written(top), _path(kind, left, top, 3.0 if big else 3.2)))
    return found


def areas(points: list[list[int]], letters: list[str]) -> list[Area]:
    found = []
    for number, letter in enumerate(letters):
        places = [_place(x, y, big=True) for x, y, whose in points if whose == number]
        if len(places) > 2:
            found.append(_area(letter, places))
    return found


def _place(x: int, y: int, *, big: bool) -> tuple[float, float]:
    """Both directions at one scale, in the middle of the plane."""
    width, height = (400.0, 320.0) if big else (200.0, 120.0)
    edge = 14.0 if big else 6.0
    step = (height - 2 * edge) / GRID
    return width / 2 + (x - GRID / 2) * step * (1.25 if big else 1.5), height / 2 + (y - GRID / 2) * step


def _path(kind: str, x: float, y: float, size: float) -> str:
    corners = _SIGNS.get(kind)
    if corners is None:
        return ""
    return "M" + "L".join(f"{_written(x + dx * size)} {_written(y + dy * size)}" for dx, dy in corners) + "z"


def _area(letter: str, places: list[tuple[float, float]]) -> Area:
    """An ellipse along the two directions in which a group spreads."""
    count = len(places)
    x, y = (sum(place[axis] for place in places) / count for axis in (0, 1))
    xx = sum((px - x) ** 2 for px, _ in places) / count
    yy = sum((py - y) ** 2 for _, py in places) / count
    xy = sum((px - x) * (py - y) for px, py in places) / count
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    wide, narrow = math.sqrt(middle + half), math.sqrt(max(middle - half, 1.0))
    angle = math.degrees(math.atan2(2 * xy, xx - yy) / 2)
    return Area(
        letter,
        _written(x),
        _written(y),
        _written(y + 12),
        _written(_REACH * wide),
        _written(_REACH * narrow),
        str(round(angle)),
    )


def _written(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
