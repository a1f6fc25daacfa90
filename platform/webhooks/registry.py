"""What other sites may be told of: each app declares its own in its `webhooks.py`, and nothing else lists it.

    PUBLISHED = kind("proposal.published", _("A proposal is published"), order=10)

    @tells(PUBLISHED, proposal_submitted)
    def published(proposal_id: int, **kwargs: Any) -> Fact | None:

The function says of an event's payload what is told: numbers and the address of a page that everybody reads, and
never what somebody wrote, who they are, or anything that is hidden. None, or ObjectDoesNotExist: nothing is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from common.events import Event


@dataclass(frozen=True, order=True)
class Kind:
    """`key`, for programs, is for ever: a noun and what happened to it."""

    order: int
    key: str
    label: Promise = field(compare=False)


@dataclass(frozen=True)
class Fact:
    """`page` is a path of the city; `data` are numbers, codes and dates."""

    page: str
    data: dict[str, Any]


Tell = Callable[..., Fact | None]

_kinds: dict[str, Kind] = {}
sources: list[tuple[Kind, Event, Tell]] = []


def kind(key: str, label: Promise, *, order: int) -> Kind:
    assert key not in _kinds, f"{key} is declared twice"
    _kinds[key] = Kind(order, key, label)
    return _kinds[key]


def tells(what: Kind, *events: Event) -> Callable[[Tell], Tell]:
    """Register what says it after each of these events, which must be sent through the outbox (announce_later): the
    message is then kept in one transaction with the end of theirs.
    """

    def register(tell: Tell) -> Tell:
        sources.extend((what, event, tell) for event in events)
        return tell

    return register


def kinds() -> list[Kind]:
    return sorted(_kinds.values())


def label_of(key: str) -> str:
    """In words; of one that there was in an earlier release, its key."""
    return str(_kinds[key].label) if key in _kinds else key
