"""What one city may use, so that a hot one slows itself: tasks a minute, mails a day, files (settings, CITY_…).

Past its tasks of the minute, the next ones wait behind those of everybody else; codes, which somebody sits and waits
for, are none of them and have limits of their own. Past its mails of the day, news by mail
wait until the morning; codes and decisions leave. Past its storage, no file is taken; words are. Nothing is lost, and
reading is never refused. The service's own schema has no such limits. Counts are in the cache, and begin anew with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.utils import timezone
from psycopg import sql

from common.db import connection

# The priorities of messages: the broker hands those of the first out before any of the second.
AT_ONCE, BEHIND_OTHERS = 0, 9
# The share of an allowance from which a team is told.
TOLD_FROM = 0.8
_MEASURED_EVERY = 300
_MEGABYTE = 1_000_000

# Of the storage: for the pictures of visitors without an account, who are anybody.
VISITORS_SHARE = 20


@dataclass(frozen=True)
class Used:
    """How much of an allowance is used; `most` is 0 where there is no limit."""

    amount: int
    most: int

    @property
    def megabytes(self) -> tuple[int, int]:
        return self.amount // _MEGABYTE, self.most // _MEGABYTE

    @property
    def is_used_up(self) -> bool:
        return bool(self.most) and self.amount >= self.most

    @property
    def is_told(self) -> bool:
        return bool(self.most) and self.amount >= TOLD_FROM * self.most


def _in_a_city() -> bool:
    return bool(connection.schema_name != "public")


def _one_more(key: str, *, seconds: int) -> int:
    """How many of them there are now, in the present schema."""
    try:
        return int(cache.incr(key))
    except ValueError:  # the first
        return 1 if cache.add(key, 1, seconds) else int(cache.incr(key))


def priority_of_task() -> int:
    """Count one more task of the present city, and say whether it goes before those of others or behind them."""
    if not _in_a_city() or not settings.CITY_TASKS_A_MINUTE:
        return AT_ONCE
    minute = int(timezone.now().timestamp() // 60)
    number = _one_more(f"tasks-{minute}", seconds=120)
    return AT_ONCE if number <= settings.CITY_TASKS_A_MINUTE else BEHIND_OTHERS


# ── Mails ────────────────────────────────────────────────────────────────────


def count_mail(*, at: datetime) -> None:
    """One more has left."""
    if _in_a_city():
        _one_more(_mails_key(at), seconds=2 * 24 * 3600)


def mails(*, at: datetime) -> Used:
    """Those of the city's own day."""
    if not _in_a_city() or not settings.CITY_MAILS_A_DAY:
        return Used(0, 0)
    return Used(int(cache.get(_mails_key(at)) or 0), settings.CITY_MAILS_A_DAY)


def _mails_key(at: datetime) -> str:
    return f"mails-{timezone.localdate(at)}"


# ── Storage ──────────────────────────────────────────────────────────────────


def holds_nothing_yet() -> None:
    """The present city is being made: in its first minutes nobody need measure its tables, each of which is files."""
    cache.set("stored", 0, _MEASURED_EVERY)


def storage() -> Used:
    """Bytes of the files that are in the city's tables; looked at every five minutes at most."""
    return _used("stored", _stored, of=1)


def storage_of_visitors(measure: Callable[[], int]) -> Used:
    """The same of what visitors without an account have left, which `measure` counts: it has a part of its own."""
    return _used("stored-visitors", measure, of=VISITORS_SHARE)


def _used(key: str, measure: Callable[[], int], *, of: int) -> Used:
    if not _in_a_city() or not settings.CITY_STORAGE_MB:
        return Used(0, 0)
    stored = cache.get(key)
    if stored is None:
        stored = measure()
        cache.set(key, stored, _MEASURED_EVERY)
    return Used(stored, settings.CITY_STORAGE_MB * _MEGABYTE // of)


def _stored() -> int:
    """What is there, and not the room that it takes: PostgreSQL keeps that of what was replaced. Lengths alone: no
    content is read for it."""
    sums = [
        sql.SQL("(SELECT coalesce(sum(octet_length({column})), 0) FROM {table})").format(
            column=sql.Identifier(str(field.column)), table=sql.Identifier(model._meta.db_table)
        )
        for app in apps.get_app_configs()
        if app.name in settings.TENANT_APPS
        for model in app.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT ") + sql.SQL(" + ").join(sums))
        return int(cursor.fetchone()[0])
