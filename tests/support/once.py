"""What many tests begin with, made once by each worker: for the next ones its rows are put back, at a tenth of the price.

Only in a transaction that nothing was written in yet, and that will be undone: elsewhere it is made as it always was.
"""

import pickle
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

import pytest
from django.conf import UserSettingsHolder, settings
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg import sql

from common import outbox
from tests.database import server_connection

Made = TypeVar("Made")


class Rows(NamedTuple):
    """Of one table: all that was added or changed, as the statement that puts it back, and as JSON."""

    statement: sql.Composed
    rows: str


_kept: dict[Hashable, tuple[bytes, list[Rows]] | None] = {}
_NOW = timezone.now
# What the test replaces (tests/conftest.py).
patches: list[pytest.MonkeyPatch] = []
# Of the worker, the same in all of its tests.
_OF_THE_WORKER = {"STRIPE_API_BASE"}


def once(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` returns, its rows with it. `key`: all that it depends on, but the code and the cities as they begin.

    It keeps rows: no files, and no rights of a city's role. What it deletes of the cities has it made each time.
    """
    key = (key, connection.schema_name, _handlers())
    if not _begins() or (key in _kept and _kept[key] is None):
        return make()
    found = _kept.get(key)
    if found is None:
        since = _ask("SELECT pg_current_xact_id()::text::bigint")[0][0]
        made = make()
        rows = _written(since)
        _kept[key] = rows if rows is None else (pickle.dumps(made), rows)
        return made
    for table in found[1]:
        _ask(table.statement, [table.rows])
    return pickle.loads(found[0])  # type: ignore[no-any-return]


def _begins() -> bool:
    """Whether the test has changed nothing yet that could make a difference."""
    replaced = any(
        each._setattr or any(where is not outbox._handlers for where, _name, _value in each._setitem)
        for each in patches
    )
    if replaced or timezone.now is not _NOW or _changed_settings() - _OF_THE_WORKER or not connection.in_atomic_block:
        return False
    return bool(_ask("SELECT pg_current_xact_id_if_assigned() IS NULL")[0][0])


def _changed_settings() -> set[str]:
    changed, holder = set(), settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        changed |= vars(holder).keys() - {"default_settings", "_deleted", "SETTINGS_MODULE"}
        holder = holder.default_settings
    return changed


def _handlers() -> Hashable:
    """A test may have replaced what does one kind of task."""
    return hash(tuple((name, each.__module__, each.__qualname__) for name, each in sorted(outbox._handlers.items())))


def _ask(statement: Any, values: Any = None) -> list[Any]:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _written(since: int) -> list[Rows] | None:
    """What this transaction has written since; None where rows of before are gone."""
    tables = _ask(
        "SELECT schemaname, relname, n_tup_del > 0, array_agg(attname::text ORDER BY attnum),"
        " array_agg(attname::text ORDER BY attnum) FILTER (WHERE attnum = ANY(indkey))"
        " FROM pg_stat_xact_user_tables JOIN pg_index ON indrelid = relid AND indisprimary"
        " JOIN pg_attribute ON attrelid = relid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 GROUP BY relid, schemaname, relname, n_tup_del ORDER BY relid"
    )
    found = []
    for schema, name, deletes, columns, keys in tables:
        table = sql.Identifier(schema, name)
        if deletes and _lost(table, _names(keys)):
            return None
        new = sql.SQL("SELECT jsonb_agg(to_jsonb(t))::text FROM {} t WHERE xmin::text::bigint >= {}")
        rows = _ask(new.format(table, since))[0][0]
        if rows:
            found.append(Rows(_putting_back(table, columns, keys), rows))
    return found


def _names(columns: list[str], prefix: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(prefix) + sql.Identifier(column) for column in columns)


def _lost(table: sql.Identifier, keys: sql.Composed) -> bool:
    """Whether a row that every test begins with is gone."""
    every = sql.SQL("SELECT {} FROM {}").format(keys, table)
    with server_connection(connection.settings_dict["NAME"]) as server:
        before = server.execute(every).fetchall()
    return not set(before) <= set(_ask(every))


def _putting_back(table: sql.Identifier, columns: list[str], keys: list[str]) -> sql.Composed:
    return sql.SQL(
        "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"
        " SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s)"
        " ON CONFLICT ({keys}) DO UPDATE SET ({names}) = ROW({values})"
    ).format(table=table, names=_names(columns), keys=_names(keys), values=_names(columns, "excluded."))
