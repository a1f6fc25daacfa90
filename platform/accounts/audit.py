"""The audit trail: one entry a service, in its transaction. Shown to people; nothing decides by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import AuditEntry, User
from common.trail import labels

# The key of the API through which somebody acts, if any: each of their entries names it.
_through: ContextVar[int | None] = ContextVar("acting_through", default=None)


@contextmanager
def acting_through(key: int) -> Iterator[None]:
    before = _through.set(key)
    try:
        yield
    finally:
        _through.reset(before)


class ActionWithoutWords(Exception):
    """No app has put the action in words (common.trail)."""


def record(
    action: str,
    at: datetime | None = None,
    /,
    *,
    actor: User | None,
    subject: models.Model | None = None,
    **details: Any,
) -> AuditEntry:
    """Note a fact, of now unless its moment is given. `actor` is None when the machine acted; `details` are ids, codes,
    and what the city itself wrote (`title`, of what may be deleted later): no names or addresses.

    Raises ActionWithoutWords where no app has said what the action is called.
    """
    if action not in labels:
        raise ActionWithoutWords(action)
    if (key := _through.get()) is not None:
        details["api_key"] = key
    return AuditEntry.objects.create(
        at=at or timezone.now(),
        action=action,
        actor=actor,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        details=details,
    )
