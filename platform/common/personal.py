"""What is held about a person: each app says what it gives them as their copy, and what their leaving means for it.

The copy: RGPD, articles 15 and 20. Leaving: article 17 (accounts.erasure asks every app, in one transaction). An app
declares both for its own tables, in `exports.py` and `services/erasure.py`, which the house imports (common.apps); a
test goes through all tables that point to a person, and fails for one of which nothing is said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

Row = dict[str, Any]


@dataclass(frozen=True)
class PersonalFile:
    """One file of a person's copy: rows of text, numbers and moments, and pictures under their own names."""

    name: str
    title: str
    about: str
    rows: list[Row]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class Copying(Protocol):
    """The files with all that an app holds about a person."""

    def __call__(self, user: Any) -> Iterable[PersonalFile]: ...


class Erasing(Protocol):
    """Make an app forget a person, in the transaction of the caller; again changes nothing.

    `with_texts`: what they published goes too, as far as nobody else's words hang on it. Afterwards no row points to
    them any more: the database refuses to let the person go otherwise.
    """

    def __call__(self, user: Any, *, with_texts: bool, at: datetime) -> None: ...


_copyings: list[Copying] = []
_erasings: list[Erasing] = []
copied: set[type[Model]] = set()
erased: set[type[Model]] = set()
# Why not, for those of which it is not plain.
not_copied: dict[type[Model], str] = {}
not_erased: dict[type[Model], str] = {}


def copies(*models: type[Model]) -> Callable[[Copying], Copying]:
    """Register what gives a person their copy of these tables."""

    def register(copying: Copying) -> Copying:
        _copyings.append(copying)
        copied.update(models)
        return copying

    return register


def erases(*models: type[Model]) -> Callable[[Erasing], Erasing]:
    """Register what makes these tables forget a person."""

    def register(erasing: Erasing) -> Erasing:
        _erasings.append(erasing)
        erased.update(models)
        return erasing

    return register


def leaves_out_of_copies(*models: type[Model], because: str) -> None:
    not_copied.update(dict.fromkeys(models, because))


def leaves_when_erasing(*models: type[Model], because: str) -> None:
    not_erased.update(dict.fromkeys(models, because))


def personal_files(user: Any) -> Iterator[PersonalFile]:
    """All that the present schema holds about a person, app by app."""
    for copying in _copyings:
        yield from copying(user)


def forget_person(user: Any, *, with_texts: bool, at: datetime) -> None:
    """Have every app forget them. For accounts.erasure, which owns the transaction.

    Who stands on others lets go first: its rows point to theirs.
    """
    for erasing in reversed(_erasings):
        erasing(user, with_texts=with_texts, at=at)
