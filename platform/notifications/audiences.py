"""Groups of people whom a city may write to, of those who agreed to it: declared by the app that knows them.

An app registers its own in its `segments.py`, found as the house's other declarations (common.apps). A segment is kept
for ever by its key, and asks for a value where it is of one thing among several.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from notifications.selectors import reachable


@dataclass(frozen=True)
class Thing:
    """What a segment is about, as messages name it: its title, and the path of its page."""

    title: str
    path: str


# Value and words of each choice of a segment; where there is but one, its value is "".
Choices = Callable[[], Iterable[tuple[str, str]]]
# Those of the present city, of the given value, consenting or not.
People = Callable[[str], QuerySet[User]]


def _nothing(value: str) -> None:
    """What a segment is about that is about nothing in particular."""


@dataclass(frozen=True)
class Segment:
    key: str
    label: Any
    people: People
    choices: Choices | None
    about: Callable[[str], Thing | None]
    is_secret: bool = False  # made of what nobody sees of a person: the team reads how many they are, never who

    @property
    def is_of_thing(self) -> bool:
        """Its value is the number of what it is about."""
        return self.about is not _nothing

    def options(self) -> list[tuple[str, str]]:
        return list(self.choices()) if self.choices else [("", str(self.label))]


_segments: dict[str, tuple[int, Segment]] = {}


def segment(
    key: str,
    label: Any,
    *,
    order: int,
    choices: Choices | None = None,
    about: Callable[[str], Thing | None] = _nothing,
    is_secret: bool = False,
) -> Callable[[People], People]:
    """Register what gives the people of a group."""

    def register(people: People) -> People:
        assert key not in _segments, f"two segments are called {key}"
        _segments[key] = (order, Segment(key, label, people, choices, about, is_secret))
        return people

    return register


def segments() -> list[Segment]:
    return [each for _order, each in sorted(_segments.values(), key=lambda found: found[0])]


def segment_of(key: str) -> Segment | None:
    return _segments[key][1] if key in _segments else None


def recipients(key: str, value: str) -> QuerySet[User]:
    """Whom a message to this group would reach now: each once, those alone who agreed and whose address is theirs."""
    found = segment_of(key)
    if found is None:
        return User.objects.none()
    return reachable().filter(pk__in=found.people(value).order_by().values("pk")).order_by("pk")
