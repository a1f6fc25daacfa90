"""Where the shapes of a chart stand: attributes of SVG, with a point in whatever language. Words stand beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


def percent(share: float) -> str:
    return f"{100 * share:.2f}%"


@dataclass(frozen=True)
class Column:
    """A day or a week."""

    day: date
    count: int
    x: str
    width: str
    y: str
    height: str


# Of its place, what a column fills.
_FILLS = 0.85


def columns(counted: Sequence[tuple[date, int]]) -> list[Column]:
    most = max((count for _day, count in counted), default=0) or 1
    found = []
    for place, (day, count) in enumerate(counted):
        height = count / most
        found.append(
            Column(
                day=day,
                count=count,
                x=percent((place + (1 - _FILLS) / 2) / len(counted)),
                width=percent(_FILLS / len(counted)),
                y=percent(1 - height),
                height=percent(height),
            )
        )
    return found


@dataclass(frozen=True)
class Gap:
    """A part of those who take part, beside its part of the population, on one line."""

    label: str
    share: int | None  # in whole percents; None where it is hidden
    population: int
    x: str
    population_x: str
    missing: int  # how many of ten are missing, compared with the population

    @property
    def is_missing(self) -> bool:
        return self.missing >= 2


@dataclass(frozen=True)
class GapChart:
    rows: list[Gap]
    axis: list[int]  # percents: at its beginning, in the middle, at its end


def gaps(parts: Sequence[tuple[str, float | None, float]]) -> GapChart:
    """Of each its label, its share of those who take part (None: hidden), and of the population."""
    most = max([each for _label, share, there in parts for each in (share or 0, there)], default=0)
    end = next((each for each in (20, 40, 60, 80) if most * 100 <= each), 100)
    rows = []
    for label, share, there in parts:
        missing = 0 if share is None or not there else round(10 * (1 - share / there))
        x = percent((share or 0) * 100 / end)
        rows.append(
            Gap(
                label=label,
                share=None if share is None else round(100 * share),
                population=round(100 * there),
                x=x,
                population_x=percent(there * 100 / end),
                missing=max(0, missing),
            )
        )
    return GapChart(rows, [0, end // 2, end])


def share_of(part: int, whole: int) -> int | None:
    """In whole percents; None where there is nothing to have a share of."""
    return round(100 * part / whole) if whole else None
