"""What an app above moderation says of a kind of text of its own, so that it is reported and decided on like any other.

Its code, address and words are with those of the others; where its rows are, and what hiding one does, only that app
knows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from consultations.moderation.enums import Kind

if TYPE_CHECKING:
    from consultations.moderation.subjects import Subject


@dataclass(frozen=True)
class KindAbove:
    kind: Kind
    read: Callable[[list[int]], "Iterator[Subject | None]"]
    under_hidden: tuple[type[Model], Q]  # its rows that hang on something hidden
    lock: Callable[[int], None]  # what whoever writes it locks too
    hide: Callable[["Subject", bool], None]  # or show again
    # Where its words are, or were copied to: rows and columns; and what follows once a passage was taken out of them.
    places: Callable[["Subject"], Iterable[tuple[QuerySet[Any], tuple[str, ...]]]]
    redacted: Callable[["Subject"], None]
    models: tuple[type[Model], ...]  # of those rows


KINDS_ABOVE: dict[str, KindAbove] = {}


def register(found: KindAbove) -> None:
    KINDS_ABOVE[found.kind] = found
