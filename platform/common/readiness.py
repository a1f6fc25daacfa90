"""What must hold before something opens to everyone: each app says its own conditions, in its `opening_checks.py`.

Whoever opens it asks them all (framing.services.opening); a page lists them, each with the link that mends it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from common.worklist import Asked


@dataclass(frozen=True)
class Condition:
    """Whether it holds; else what is missing, the page where it is met (or none), and who of the team may meet it.

    Without a page and a detail nobody of the team has anything to do.
    """

    label: Any
    holds: bool
    url: str = ""
    detail: Any = ""
    roles: frozenset[str] = frozenset()

    def may_be_met_by(self, user: Any) -> bool:
        return bool(self.url) and user.role in self.roles


Source = Callable[[Asked], Iterable[Condition]]


@dataclass(frozen=True, order=True)
class _Declared:
    order: int
    find: Source = field(compare=False)
    queries: int = field(compare=False)


sources: list[_Declared] = []


def conditions(*, order: int, queries: int = 0) -> Callable[[Source], Source]:
    """Register what says its conditions; `queries`: at most (tests/framing/test_ready.py holds it)."""

    def register(find: Source) -> Source:
        sources.append(_Declared(order, find, queries))
        return find

    return register


def conditions_of(asked: Asked) -> list[Condition]:
    """All of them, in their order: those that hold too."""
    return [each for source in sorted(sources) for each in source.find(asked)]
