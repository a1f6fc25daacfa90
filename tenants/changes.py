"""What a release changes in a city's tables, recorded once as SQL.

The structure that cities have is replayed in a scratch schema, Django runs the missing migrations
there, and every statement that it sends is kept. What does not reduce to the same SQL in each city
(Python, values asked anew each time, statements that want no transaction) is kept as None: it runs
as Python in each.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, router, transaction
from django.db.migrations.migration import Migration
from django.db.migrations.operations import AddField, AlterField, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.models import Field
from django_tenants.utils import schema_context
from psycopg import sql

from common.db import as_owner, connection
from tenants.models import StructureChange, StructureSnapshot
from tenants.structure import current_fingerprint, migration_executor, one_at_a_time, scratch_schema

# What Django asks beside a migration's own statements, and what only looks at PostgreSQL's catalogue.
_BESIDE = re.compile(
    r'\s*(SAVEPOINT|RELEASE|ROLLBACK|SELECT set_config)\b|.*(\bpg_\w+|\binformation_schema\b|"django_migrations")',
    re.I | re.S,
)


def change_from(before: str) -> StructureChange | None:
    """The recorded change from a structure to that of this release; recorded now (some seconds) if it never was.

    None when that structure was never captured.
    """
    after = current_fingerprint()
    with schema_context("public"):
        snapshot = StructureSnapshot.objects.filter(pk=before).first()
        if snapshot is None:
            return None
        with one_at_a_time():
            change = StructureChange.objects.filter(before=before, after=after).first()
            return change or StructureChange.objects.create(before=before, after=after, migrations=_recorded(snapshot))


def _recorded(snapshot: StructureSnapshot) -> list[list[Any]]:
    with scratch_schema() as schema_name, as_owner():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(schema_name)))
            cursor.execute(snapshot.sql)
            cursor.execute("SET LOCAL search_path = public")
        with schema_context(schema_name):
            tape = _Tape(schema_name)
            executor = migration_executor(tape.progress)
            known = set(executor.loader.applied_migrations)
            with tape.rolling():
                executor.migrate(executor.loader.graph.leaf_nodes())
            # Squashed migrations leave rows of their own.
            taped = {(app, name) for app, name, _statements in tape.migrations}
            others = set(executor.recorder.applied_migrations()) - known - taped
    return tape.migrations + [[app, name, []] for app, name in sorted(others)]


class _Tape:
    """Follows an executor, migration by migration."""

    def __init__(self, schema_name: str) -> None:
        self.schema_name = schema_name
        self.migrations: list[list[Any]] = []
        self._statements: list[str] = []
        self._strayed = False  # something was asked past the schema editor
        self._editing = False

    @contextmanager
    def rolling(self) -> Iterator[None]:
        tape = self

        class Editor(connection.SchemaEditorClass):
            def execute(self, sql: Any, params: Sequence[Any] | None = ()) -> None:
                if params is not None:
                    sql, params = self.connection.ops.compose_sql(str(sql), params), None
                tape._statements.append(str(sql))
                tape._editing = True
                try:
                    super().execute(sql, params)
                finally:
                    tape._editing = False

        connection.SchemaEditorClass = Editor
        try:
            with connection.execute_wrapper(self._listen):
                yield
        finally:
            del connection.SchemaEditorClass

    def _listen(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not self._editing and not _BESIDE.match(str(sql)):
            self._strayed = True
        return execute(sql, params, many, context)

    def progress(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        if migration is None:
            return
        if action == "apply_start":
            self._statements, self._strayed = [], False
        elif action == "apply_success":
            kept = None if self._is_for_python(migration) else self._statements
            self.migrations.append([migration.app_label, migration.name, kept])

    def _is_for_python(self, migration: Migration) -> bool:
        if self._strayed or _runs_python(migration.operations, migration.app_label):
            return True
        if not self._statements:
            return False
        names_the_scratch = any(self.schema_name in statement for statement in self._statements)
        return not migration.atomic or names_the_scratch or _asks_anew(migration.operations)


def _runs_python(operations: Sequence[Operation], app_label: str) -> bool:
    """Whether Python would run in a city; the router keeps that of public's own apps out."""
    return any(
        _runs_python(operation.database_operations, app_label)
        if isinstance(operation, SeparateDatabaseAndState)
        else not operation.reduces_to_sql
        and router.allow_migrate(DEFAULT_DB_ALIAS, app_label, **getattr(operation, "hints", {}))
        for operation in operations
    )


def _asks_anew(operations: Sequence[Operation]) -> bool:
    """Whether a new column is filled with a value that must differ between cities: the moment, or chance."""
    return any(
        _asks_anew(operation.database_operations)
        if isinstance(operation, SeparateDatabaseAndState)
        else isinstance(operation, AddField | AlterField) and _varies(operation.field)
        for operation in operations
    )


def _varies(field: "Field[Any, Any]") -> bool:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return True
    return field.has_default() and callable(field.default) and field.default() != field.default()
