"""What screening says of a text."""

from dataclasses import dataclass
from typing import NamedTuple

from consultations.screening.enums import FlagKind


@dataclass(frozen=True)
class Flag:
    """A passage to look at: `text[start:end]` is `found`; `reason` says in a few words why."""

    kind: FlagKind
    start: int
    end: int
    found: str
    reason: str


class Finding(NamedTuple):
    """A passage of a `Reading`, as a detector finds it."""

    kind: FlagKind
    start: int
    end: int
    reason: str


def overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(begun < end and start < ended for begun, ended in spans)
