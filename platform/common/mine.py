"""What apps show on « ma participation » beside panels: what somebody can do next, and the lists of what is theirs.

An app says so in its `mine.py`, imported once all apps are there; only the portal's page asks for it.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.urls import reverse

T = TypeVar("T")

_address = ""


def shown_at(name: str) -> None:
    """Say the name of the address at which that page stands: the app that has it does."""
    global _address
    _address = name


def own_page(fragment: str = "") -> str:
    """Where it stands, for whoever leads people to what is theirs."""
    return reverse(_address) + (f"#{fragment}" if fragment else "")


@dataclass(frozen=True)
class Mine:
    """The page of one person, at one moment."""

    user: Any
    at: datetime
    _read: dict[Any, Any] = field(default_factory=dict)

    def once(self, read: Callable[["Mine"], T]) -> T:
        """What several of its parts need is read for the first of them."""
        if read not in self._read:
            self._read[read] = read(self)
        found: T = self._read[read]
        return found


@dataclass(frozen=True)
class Step:
    """Something to do next: a sign, what and why, and where."""

    icon: str
    title: str
    text: str
    action: str
    url: str


Steps = Callable[[Mine], Iterable[Step]]


@dataclass(frozen=True, order=True)
class Source:
    """`queries`: how many it may cost at most (tests/common/test_panels.py)."""

    weight: int
    steps: Steps = field(compare=False)
    queries: int = field(compare=False)


@dataclass(frozen=True)
class OwnList:
    """All of one kind, on pages of their own: its word in their address, their title, what shows its `rows`."""

    name: str
    title: Any  # a promise of words
    template: str
    rows: Callable[[Any], Any]


sources: list[Source] = []
own_lists: dict[str, OwnList] = {}


def next_steps(*, weight: int, queries: int = 1) -> Callable[[Steps], Steps]:
    """Register a function that finds steps of a person: what weighs least comes first."""

    def register(steps: Steps) -> Steps:
        insort(sources, Source(weight, steps, queries))
        return steps

    return register


def steps_of(mine: Mine) -> Iterator[Step]:
    for source in sources:
        yield from source.steps(mine)


def own_list(name: str, title: Any, template: str, rows: Callable[[Any], Any]) -> None:
    """Register a list that `rows` reads for a user."""
    own_lists[name] = OwnList(name, title, template, rows)
