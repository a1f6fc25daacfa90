"""What is of no more use goes: each app says what of its own is over, one nightly task asks them all in every city.

"No longer than is necessary for the purposes": RGPD, article 5, paragraph 1, e. The durations are promises of each
city's page "Vos données" (framing/resident/privacy.html; tests/common/test_retention.py compares them).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import QuerySet

logger = logging.getLogger(__name__)

_BATCH = 1000
# What is left after that goes the next night: no task holds a worker for long.
_BATCHES = 20


class Forgetting(Protocol):
    """Remove what is over at a moment; how many rows. Again removes nothing more."""

    def __call__(self, *, at: datetime) -> int: ...


@dataclass(frozen=True)
class _Rule:
    name: str
    forget: Forgetting
    in_read_only: bool
    in_public: bool


_rules: dict[str, _Rule] = {}


def forgets(name: str, *, in_read_only: bool = False, in_public: bool = False) -> Callable[[Forgetting], Forgetting]:
    """Register what removes the rows of an app that are of no more use, under the name that logs give them.

    `in_read_only`: in cities that only read, too; their role must be allowed it (common.tables, `always_written`).
    `in_public`: in the service's own schema, too.
    """

    def register(forget: Forgetting) -> Forgetting:
        _rules[name] = _Rule(name, forget, in_read_only, in_public)
        return forget

    return register


def forget_what_is_over(*, at: datetime, writes: bool, public: bool = False) -> dict[str, int]:
    """Apply the rules to the present schema; how many rows went, by rule. One that fails is logged, and only that.

    `writes`: whether people may write in this city.
    """
    gone = {}
    for rule in list(_rules.values()):
        if rule.in_public if public else writes or rule.in_read_only:
            try:
                gone[rule.name] = rule.forget(at=at)
            except Exception:
                logger.exception("kept until the next night: %s", rule.name)
    return gone


def delete_in_batches(over: QuerySet[Any], *, delete: Callable[[QuerySet[Any]], object] = QuerySet.delete) -> int:
    """Delete those rows, some at a time, each time for good; how many. `delete` is given the rows of one time.

    A row that somebody is changing at that moment is passed over: it is of use.
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
