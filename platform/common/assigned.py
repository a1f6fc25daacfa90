"""What is assigned to somebody of the team, and what they hold: each app says it in its `assigned.py`.

The desk of a service shows what is assigned to it, and nothing else. Whoever loses a role lets go of what it let them
hold, in the transaction that takes it away.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any


@dataclass(frozen=True)
class Assigned:
    """One thing that waits for them: `asks` says in words what is asked, `url` is where it is done.

    `message`: what they may copy and send. `item`: the line of the week (portal) that they mark as done themselves.
    """

    title: str
    asks: Any
    url: str
    due_on: date | None = None
    message: str = ""
    item: Any = None


Finds = Callable[[Any], Iterable[Assigned]]
LetsGo = Callable[[Any], None]

_finding: list[Finds] = []
_letting_go: list[LetsGo] = []


def assigns(find: Finds) -> Finds:
    """Register what is assigned to a person: one query where nothing is."""
    _finding.append(find)
    return find


def lets_go(release: LetsGo) -> LetsGo:
    """Register how a person gives back what their present role does not let them hold."""
    _letting_go.append(release)
    return release


def assigned_to(user: Any) -> list[Assigned]:
    """What is due first comes first; then what has no day."""
    found = chain.from_iterable(find(user) for find in _finding)
    return sorted(found, key=lambda each: (each.due_on or date.max, each.title))


def let_go(user: Any) -> None:
    """After a change of role, in its transaction."""
    for release in _letting_go:
        release(user)
