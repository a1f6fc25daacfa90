"""A city's copies of what it has, as one file that any program reads.

The desk's copy is to work with: what everybody reads, signed by pseudonyms that mean nothing outside of it. The
complete one is for the end of the contract, or a reason that is stated: everything, with names and addresses, but no
key to the door. What of each table goes into which is declared by its app (common.citycopy); undeclared, into neither.

Read with the city's own role, in one transaction: nothing of another city can get in, and all the tables are of the
same moment.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context
from psycopg import sql

from common.citycopy import Declared, codes_of, declared, meaning_of
from common.db import connection
from tenants.files import file_names
from tenants.models import Municipality

_ROWS_AT_ONCE = 1000

# Generated columns are left out: they only repeat others.
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = current_schema() AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""

# What PostgreSQL calls a kind of value (its first word), as whoever opens a copy calls what they find there.
_KINDS = {
    "bigint": _("whole number"),
    "integer": _("whole number"),
    "smallint": _("whole number"),
    "double": _("number with decimals"),
    "text": _("text"),
    "character": _("text"),
    "boolean": _("true or false"),
    "timestamp": _("day and hour"),
    "date": _("day"),
    "uuid": _("identifier"),
    "jsonb": _("list or record, in JSON"),
    "bytea": _("bytes, in hexadecimal after \\x"),
}


@dataclass(frozen=True)
class Column:
    """A column as the note of a copy describes it."""

    name: str
    kind: str
    meaning: str
    codes: list[tuple[str, str]]


@dataclass
class Table:
    name: str
    columns: list[tuple[str, str]]
    rows: int = 0

    @property
    def file_name(self) -> str:
        return f"{self.name}.jsonl"

    @property
    def title(self) -> str:
        return str(declared[self.name].title)

    def described(self, *, complete: bool) -> list[Column]:
        """Its columns, in words."""
        people = () if complete else declared[self.name].people
        return [
            Column(
                name,
                str(_("pseudonym") if name in people else _KINDS[kind.split("(")[0].split()[0]]),
                meaning_of(self.name, name),
                codes_of(self.name, name),
            )
            for name, kind in self.columns
        ]


def write_export(*, municipality: Municipality, target: IO[bytes], at: datetime, complete: bool) -> list[Table]:
    """Write the ZIP of a city into `target`; what went into it, table by table.

    One JSON Lines file a table (moments in UTC, ISO 8601) and LISEZMOI.txt, which says what is in it and what each
    column is; in the complete copy also the files that were uploaded, under `fichiers/`.
    """
    with (
        schema_context(municipality.schema_name),
        one_moment(),
        ZipFile(target, "w", compression=ZIP_DEFLATED) as archive,
    ):
        tables = tables_of_present_city(complete=complete)
        alias = None if complete else _Aliases()
        for table in tables:
            with archive.open(table.file_name, "w", force_zip64=True) as file:
                for line in _lines(table, alias):
                    file.write(line + b"\n")
                    table.rows += 1
        files = list(file_names()) if complete else []
        for name in files:
            with default_storage.open(name) as source, archive.open(f"fichiers/{name}", "w", force_zip64=True) as file:
                for chunk in source.chunks():
                    file.write(chunk)
        context = {
            "city": municipality,
            "tables": [(table, table.described(complete=complete)) for table in tables],
            "files": len(files),
            "at": timezone.localtime(at),
            "complete": complete,
        }
        archive.writestr("LISEZMOI.txt", render_to_string("tenants/export/readme.txt", context))
    return tables


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction in which every table is read as it was at its beginning."""
    own = not connection.in_atomic_block
    connection.cursor().close()  # role and path are set before the transaction whose first statement must be the next
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        yield


def columns_of_present_city() -> dict[str, list[tuple[str, str]]]:
    """Every table of the city with its columns and their types."""
    tables: dict[str, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for name, column, kind in cursor.fetchall():
            tables.setdefault(name, []).append((column, kind))
    return tables


def tables_of_present_city(*, complete: bool) -> list[Table]:
    """The tables that go into a copy, with the columns that do."""
    tables = []
    for name, columns in columns_of_present_city().items():
        kept = _kept(declared.get(name, Declared(name)), complete=complete)
        if kept:
            tables.append(Table(name, [(column, kind) for column, kind in columns if column in kept]))
    return tables


def _kept(table: Declared, *, complete: bool) -> set[str]:
    if complete:
        return {*table.shared, *table.people, *table.complete}
    # A number of a person alone says nothing that other tables don't.
    return {*table.shared, *table.people} if table.shared else set()


class _Aliases:
    """Pseudonyms for people: the same in all tables of one copy, others in the next copy."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, number: int | None) -> str | None:
        if number is None:
            return None
        return "p-" + hmac.new(self._key, str(number).encode(), hashlib.sha256).hexdigest()[:12]


def _lines(table: Table, aliases: _Aliases | None) -> Iterator[bytes]:
    """Each row as a line of JSON, a thousand in memory at a time."""
    says = declared[table.name]
    with connection.chunked_cursor() as cursor:
        cursor.execute(*_query(table, says, complete=aliases is None))
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for (row,) in rows:
                if aliases is not None:
                    row.update({column: aliases.of(row[column]) for column in says.people})
                    row.update({column: "" for column, hidden in says.blank.items() if row[hidden]})
                yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _query(table: Table, says: Declared, *, complete: bool) -> tuple[sql.Composed, tuple[Any, ...]]:
    """The SQL for a table's rows: only those that its app declares, in random order where their number is left out:
    the order would say who did what when.
    """
    which: sql.Composable = sql.SQL("")
    values: tuple[Any, ...] = ()
    rows = says.complete_rows if complete else says.rows
    if rows is not None:
        statement, values = rows().order_by().values("pk").query.sql_with_params()
        key = sql.Identifier(rows().model._meta.pk.column)
        which = sql.SQL("WHERE {key} IN (").format(key=key) + sql.SQL(statement) + sql.SQL(")")
    is_numbered = "id" in says.shared or (complete and "id" not in says.never)
    order = sql.SQL("1" if is_numbered else "random()")
    query = sql.SQL("SELECT to_json(t) FROM (SELECT {columns} FROM {table} {which} ORDER BY {order}) t").format(
        columns=sql.SQL(", ").join(sql.Identifier(name) for name, _kind in table.columns),
        table=sql.Identifier(table.name),
        which=which,
        order=order,
    )
    return query, values
