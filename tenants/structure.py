"""The structure of a city's schema, captured once a release and replayed for each new city.

Migrating an empty schema takes seconds; replaying the result takes a fraction of one. The capture reads PostgreSQL's
catalogue, not the models, so it holds whatever the migrations did: constraints, generated columns, and the rows they
wrote. Names have no schema: the script runs under the search path of the schema it builds.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import schema_context
from psycopg import sql

from common.db import as_owner, connection
from tenants.citus import stay_here
from tenants.models import StructureSnapshot

_CAPTURE_LOCK = 0x7265736C  # any constant


def fingerprint() -> str:
    """A hash of the migration files on disk: names the structure that they lead to."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        if config.name in settings.TENANT_APPS:
            for file in _migration_files(config.label):
                digest.update(f"{config.label}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _migration_files(label: str) -> list[Path]:
    """The migration files of an app, MIGRATION_MODULES and namespace packages included."""
    module, _explicit = MigrationLoader.migrations_module(label)
    if module is None or find_spec(module) is None:  # none wanted, or an app without tables
        return []
    found: dict[str, Path] = {}
    for folder in import_module(module).__path__:
        for file in Path(folder).glob("*.py"):
            if file.name[0] not in "_~":
                found.setdefault(file.name, file)
    return [found[name] for name in sorted(found)]


def current_fingerprint() -> str:
    """The fingerprint of this release, computed once a process."""
    return _fingerprint_under(tuple(sorted(settings.MIGRATION_MODULES.items())))


@lru_cache(maxsize=8)
def _fingerprint_under(migration_modules: tuple[tuple[str, str], ...]) -> str:
    return fingerprint()


def current_snapshot() -> StructureSnapshot:
    """The snapshot of this release, captured now (some seconds) if no process has done it yet."""
    wanted = current_fingerprint()
    with schema_context("public"):
        snapshot = StructureSnapshot.objects.filter(pk=wanted).first()
        return snapshot or _capture_once(wanted)


def _capture_once(wanted: str) -> StructureSnapshot:
    with one_at_a_time():
        snapshot = StructureSnapshot.objects.filter(pk=wanted).first()
        if snapshot is None:
            with migrated_scratch_schema() as schema_name:
                snapshot = StructureSnapshot.objects.create(pk=wanted, sql=capture(schema_name))
        return snapshot


def one_at_a_time() -> AbstractContextManager[None]:
    """Hold the lock for capturing or recording; the process that holds it may take it again."""
    return session_lock("the structure of cities", seed=_CAPTURE_LOCK)


class LockHeld(Exception):
    """Another process has kept the lock for longer than one was ready to wait."""


@contextmanager
def session_lock(name: str, *, seed: int, within: float = inf) -> Iterator[None]:
    """Hold an advisory lock across transactions; raises LockHeld after `within` seconds.

    It polls: a statement that waits is an open transaction, and an index built concurrently by the holder would wait
    for it in turn.
    """
    until = time.monotonic() + within
    while not _lock_function("pg_try_advisory_lock", name, seed):
        if time.monotonic() > until:
            raise LockHeld(name)
        time.sleep(0.05)
    try:
        yield
    finally:
        _lock_function("pg_advisory_unlock", name, seed)


def _lock_function(function: str, name: str, seed: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, %s))", [name, seed])
        return bool(cursor.fetchone()[0])


@contextmanager
def scratch_schema() -> Iterator[str]:
    """An empty schema of the service's own, dropped at the end, as are those that killed processes left."""
    with schema_context("public"), one_at_a_time():
        _drop_scratch_schemas()
        schema_name = f"scratch_{secrets.token_hex(5)}"
        with transaction.atomic(), connection.cursor() as cursor:
            stay_here(cursor)
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))
        try:
            yield schema_name
        finally:
            with schema_context("public"):
                _drop_scratch_schemas()


def _drop_scratch_schemas() -> None:
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'scratch\_%'")
        for (schema_name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema_name)))


@contextmanager
def migrated_scratch_schema() -> Iterator[str]:
    """A scratch schema made by running every migration."""
    with scratch_schema() as schema_name:
        migrate(schema_name)
        with schema_context("public"):
            yield schema_name


def migrate(schema_name: str) -> None:
    """Run every migration that the schema lacks. Slow: for the capture and for a release, never for a new city."""
    with as_owner():
        # Without public on the path, else its own record of migrations would be found.
        connection.set_schema(schema_name, include_public=False)
        MigrationRecorder(connection).ensure_schema()
        connection.set_schema(schema_name)
        try:
            executor = migration_executor()
            executor.migrate(executor.loader.graph.leaf_nodes())
        finally:
            connection.set_schema_to_public()


_LOADING = Lock()


def migration_executor(progress: Callable[..., None] | None = None) -> MigrationExecutor:
    """Django's own, for the present schema. One thread at a time: loading imports the packages anew."""
    with _LOADING:
        return MigrationExecutor(connection, progress)


# ── Reading the catalogue ────────────────────────────────────────────────────

_TABLES = """
SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY c.relname
"""
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
       pg_get_expr(d.adbin, d.adrelid),
       CASE WHEN a.attcollation <> t.typcollation THEN co.collname END
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
# In an order of their own, so that the same structure is always the same script. The last column: what a foreign
# key points at.
_CONSTRAINTS = """
SELECT r.relname, c.conname, pg_get_constraintdef(c.oid), f.relname
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
LEFT JOIN pg_class f ON f.oid = c.confrelid AND c.contype = 'f'
WHERE n.nspname = %s AND c.contype IN ('p', 'u', 'c', 'x', 'f')
ORDER BY r.relname, c.contype = 'f', c.contype = 'c', c.conname
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND NOT EXISTS (
  SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')
)
ORDER BY c.relname
"""


def capture(schema_name: str) -> str:
    """The SQL that builds the tables, keys, indexes and rows of `schema_name` under another search path."""
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        # With the schema on the path, PostgreSQL itself writes names without it.
        cursor.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(schema_name)))
        cursor.execute(_TABLES, [schema_name])
        tables = cursor.fetchall()
        parts: dict[str, list[str]] = {}
        for oid, table in tables:
            cursor.execute(_COLUMNS, [oid])
            parts[table] = [_column(*column) for column in cursor.fetchall()]
        rows = {table: _rows(cursor, table) for _oid, table in tables}
        cursor.execute(_CONSTRAINTS, [schema_name])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [schema_name])
        indexes = [_unqualified(definition, schema_name) for (definition,) in cursor.fetchall()]
        cursor.execute("SET LOCAL search_path = public")
    # Each table with its constraints in one statement, after those it points at: a constraint that is added later
    # costs as much again, and a foreign key has the rows looked through.
    order = _after_what_they_point_at(
        list(parts), [(table, target) for table, _name, _definition, target in constraints if target]
    )
    late = []
    for table, name, definition, target in constraints:
        if target and order.index(target) > order.index(table):  # they point at each other
            late.append(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        else:
            parts[table].append(f'CONSTRAINT "{name}" {definition}')
    made = ['CREATE TABLE "{}" (\n  {}\n)'.format(table, ",\n  ".join(parts[table])) for table in order]
    # Rows last: while a row's foreign keys wait to be checked, its table can get no index.
    return ";\n".join([*made, *indexes, *late, *(row for table in order for row in rows[table])]) + ";\n"


def _after_what_they_point_at(tables: list[str], pointers: list[tuple[str, str]]) -> list[str]:
    """Tables in an order in which the targets of foreign keys come first, as far as there is one."""
    targets: dict[str, list[str]] = {table: [] for table in tables}
    for table, target in pointers:
        targets[table].append(target)
    order: dict[str, None] = {}
    begun: set[str] = set()

    def place(table: str) -> None:
        if table not in begun:
            begun.add(table)
            for target in targets[table]:
                place(target)
            order[table] = None

    for table in tables:
        place(table)
    return list(order)


def _column(
    name: str,
    kind: str,
    not_null: bool,
    identity: str,
    generated: str,
    default: str | None,
    collation: str | None,
) -> str:
    parts = [f'"{name}" {kind}']
    if collation:
        parts.append(f'COLLATE "{collation}"')
    if generated:
        parts.append(f"GENERATED ALWAYS AS ({default}) STORED")
    elif identity:
        parts.append(f"GENERATED {'ALWAYS' if identity == 'a' else 'BY DEFAULT'} AS IDENTITY")
    elif default is not None:
        parts.append(f"DEFAULT {default}")
    if not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def _unqualified(definition: str, schema_name: str) -> str:
    """pg_get_indexdef always names the table's schema; the script must not."""
    return re.sub(rf" ON (ONLY )?{re.escape(schema_name)}\.", " ON ", definition, count=1)


def _rows(cursor: Any, table: str) -> list[str]:
    """The rows that the migrations wrote (their own record, and data migrations), as INSERTs quoted by PostgreSQL."""
    quoted = sql.Identifier(table)
    cursor.execute(
        """SELECT string_agg(format('%%I', attname), ', ' ORDER BY attnum),
                  string_agg(format('quote_nullable(%%I)', attname), ' || '', '' || ' ORDER BY attnum),
                  bool_or(attidentity <> '')
           FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''""",
        [f'"{table}"'],
    )
    names, values, has_identity = cursor.fetchone()
    cursor.execute(sql.SQL("SELECT " + values + " FROM {} ORDER BY 1").format(quoted))
    rows = [f"({row[0]})" for row in cursor.fetchall()]
    if not rows:
        return []
    inserts = [f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE VALUES\n' + ",\n".join(rows)]
    if has_identity:
        cursor.execute(sql.SQL("SELECT max(id) FROM {}").format(quoted))
        inserts.append(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), {cursor.fetchone()[0]})")
    return inserts
