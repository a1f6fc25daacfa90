"""What each app keeps, for how long, and how it goes: the rows of each city's page "Vos données", and one nightly task
that deletes in every city. Both read the same durations.

"No longer than is necessary for the purposes": RGPD, article 5, paragraph 1, e.
"""

import logging
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise, lazy
from django.utils.translation import ngettext_lazy

logger = logging.getLogger(__name__)

_BATCH = 1000
# What is left after that goes the next night: no task holds a worker for long.
_BATCHES = 20


_UNITS = (
    (timedelta(days=100), timedelta(days=365) / 12, ngettext_lazy("%(n)s month", "%(n)s months", "n")),
    (timedelta(days=1), timedelta(days=1), ngettext_lazy("%(n)s day", "%(n)s days", "n")),
    (timedelta(hours=1), timedelta(hours=1), ngettext_lazy("%(n)s hour", "%(n)s hours", "n")),
    (timedelta(0), timedelta(minutes=1), ngettext_lazy("%(n)s minute", "%(n)s minutes", "n")),
)


def _span(length: timedelta) -> str:
    unit, words = next((unit, words) for minimum, unit, words in _UNITS if length >= minimum)
    return words % {"n": round(length / unit)}


# A duration in words, when shown: in months from a hundred days on.
span = lazy(_span, str)


@dataclass(frozen=True, order=True)
class KeptData:
    """A row of "Vos données": which data, what for, for how long."""

    order: int
    data: Promise = field(compare=False)
    purpose: Promise = field(compare=False)
    duration: Promise = field(compare=False)


kept_data: list[KeptData] = []


def keeps(order: int, data: Promise, purpose: Promise, duration: Promise) -> KeptData:
    """Declare a row of "Vos données"."""
    row = KeptData(order, data, purpose, duration)
    insort(kept_data, row)
    return row


class Over(Protocol):
    """The rows of the present schema whose time is over at a moment."""

    def __call__(self, *, at: datetime) -> QuerySet[Any]: ...


class Forgetting(Protocol):
    """Do away with what is over at a moment; how many rows. Idempotent."""

    def __call__(self, *, at: datetime) -> int: ...


@dataclass(frozen=True)
class _Rule:
    name: str
    data: KeptData
    over: Over
    forget: Forgetting
    in_read_only: bool
    in_public: bool
    in_cities: bool = True


_rules: dict[str, _Rule] = {}


def forgets(
    name: str,
    data: KeptData,
    *,
    delete: Callable[[QuerySet[Any]], object] = QuerySet.delete,
    forget: Forgetting | None = None,
    in_read_only: bool = False,
    in_public: bool = False,
    in_cities: bool = True,
) -> Callable[[Over], Over]:
    """Register which rows of an app are of no more use, and when: the name that logs give them, and the row of
    "Vos données" that promises it. Only cities in which there are such rows are entered at night.

    `delete` is given the rows of a batch (`delete_in_batches`); `forget` does all of it, where that is not enough.
    `in_read_only`: in cities that only read, too; their role must be allowed it (common.tables, `always_written`).
    `in_public`: in the service's own schema, too; `in_cities=False`: there alone.
    """

    def register(over: Over) -> Over:
        def forget_in_batches(*, at: datetime) -> int:
            return delete_in_batches(over(at=at), delete=delete)

        assert name not in _rules, f"two rules are called {name}"
        _rules[name] = _Rule(name, data, over, forget or forget_in_batches, in_read_only, in_public, in_cities)
        return over

    return register


def all_over(*, at: datetime, writes: bool) -> list[QuerySet[Any]]:
    """What `forget_what_is_over` would find in a city, rule by rule."""
    return [rule.over(at=at) for rule in _rules.values() if rule.in_cities and (writes or rule.in_read_only)]


def forget_what_is_over(*, at: datetime, writes: bool, public: bool = False) -> dict[str, int]:
    """Apply the rules to the present schema; how many rows went, by rule. One that fails is logged, and only that.

    `writes`: whether people may write in this city.
    """
    gone = {}
    for rule in list(_rules.values()):
        if rule.in_public if public else rule.in_cities and (writes or rule.in_read_only):
            try:
                gone[rule.name] = rule.forget(at=at)
            except Exception:
                logger.exception("kept until the next night: %s", rule.name)
    return gone


def delete_in_batches(over: QuerySet[Any], *, delete: Callable[[QuerySet[Any]], object] = QuerySet.delete) -> int:
    """Delete those rows in batches, each committed; how many. `delete` is given the rows of a batch.

    A row that somebody is changing at that moment is skipped.
    """
    gone = 0
    for _batch in range(_BATCHES):
        with transaction.atomic():
            rows = over.order_by("pk").select_for_update(of=("self",), skip_locked=True)
            keys = list(rows.values_list("pk", flat=True)[:_BATCH])
            if keys:
                delete(over.model._base_manager.filter(pk__in=keys))
        gone += len(keys)
        if len(keys) < _BATCH:
            break
    return gone
