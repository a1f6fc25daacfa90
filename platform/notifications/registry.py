"""The notice types of all apps. Each app's `notices` is imported once they are all loaded, and registers its own."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from accounts.abilities import Ability
from accounts.models import User
from common.events import Event
from notifications.types import About, NoticeType, Notification, Subject, Until, Words

Compose = Callable[[About], Words]

types: dict[str, NoticeType] = {}
subjects: dict[str, Subject] = {}


def notice_type(
    key: str,
    label: Promise,
    *,
    weight: int,
    event: Event,
    notification: Callable[..., Notification | None],
    subjects: tuple[Subject, ...],
    may_be_muted: bool = True,
    ability: Ability | None = None,
    until: Until | None = None,
    in_copies: bool = True,
) -> Callable[[Compose], Compose]:
    """Register what a function composes as a kind of notice (notifications.types.NoticeType)."""

    def register(words: Compose) -> Compose:
        assert key not in types, f"two notice types are called {key}"
        types[key] = NoticeType(
            key, label, weight, event, notification, words, subjects, may_be_muted, ability, until, in_copies
        )
        return words

    return register


def subject(
    name: str,
    model: type[Model],
    *,
    read: Callable[[User], QuerySet[Any]],
    gone: Callable[[Any], Words | None] = lambda row: None,
) -> Subject:
    """Register a noun. From then on a row of the model takes its notices along when it is deleted."""
    assert name not in subjects, f"two subjects are called {name}"
    subjects[name] = Subject(name, model, read, gone)
    return subjects[name]


def subject_of(model: type[Model]) -> Subject:
    (found,) = (each for each in subjects.values() if each.model is model)
    return found


def choices() -> list[tuple[str, Promise]]:
    return [(each.key, each.label) for each in types.values()]


def not_for(user: User) -> list[str]:
    """The keys of those that this person's role does not let them read."""
    return [each.key for each in types.values() if not each.is_for(user)]


def in_no_copy() -> list[str]:
    """The keys of those that stay out of the complete copy of a city."""
    return [each.key for each in types.values() if not each.in_copies]


def unmutable() -> list[str]:
    """The keys of those that are mailed even to those who want no mail."""
    return [each.key for each in types.values() if not each.may_be_muted]
