"""Everything a city has, as one file that any program reads: what it takes with it when it leaves.

Read with the city's own role, in one transaction: nothing of another city can get in, and all the
tables are of the same moment. What lets people in (sessions, links, second factors) stays out.
"""

import json
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
from django_tenants.utils import schema_context
from psycopg import sql

from common.db import connection
from tenants.files import file_names
from tenants.models import Municipality

# Keys to the door, and the machine's own bookkeeping.
LEFT_OUT = frozenset(
    {
        "account_emailconfirmation",
        "accounts_addresschange",
        "accounts_signinlink",
        "common_contentrevision",
        "common_outboxmessage",
        "django_migrations",
        "django_session",
        "mfa_authenticator",
    }
)
COLUMNS_LEFT_OUT = frozenset({"password"})
_ROWS_AT_ONCE = 1000

# Generated columns are left out: they only repeat others.
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = current_schema() AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""


@dataclass
class Table:
    name: str
    columns: list[tuple[str, str]]
    rows: int = 0

    @property
    def file_name(self) -> str:
        return f"{self.name}.jsonl"


def write_export(*, municipality: Municipality, target: IO[bytes], at: datetime) -> list[Table]:
    """Write the ZIP of a city into `target`; what went into it, table by table.

    One JSON Lines file a table (moments in UTC, ISO 8601), the files that were uploaded under
    `fichiers/`, and LISEZMOI.txt, which says what each column is.
    """
    with (
        schema_context(municipality.schema_name),
        _one_moment(),
        ZipFile(target, "w", compression=ZIP_DEFLATED) as archive,
    ):
        tables = tables_of_present_city()
        for table in tables:
            with archive.open(table.file_name, "w", force_zip64=True) as file:
                for line in _lines(table):
                    file.write(line + b"\n")
                    table.rows += 1
        files = list(file_names())
        for name in files:
            with default_storage.open(name) as source, archive.open(f"fichiers/{name}", "w", force_zip64=True) as file:
                for chunk in source.chunks():
                    file.write(chunk)
        context = {"city": municipality, "tables": tables, "files": len(files), "at": timezone.localtime(at)}
        archive.writestr("LISEZMOI.txt", render_to_string("tenants/export/readme.txt", context))
    return tables


@contextmanager
def _one_moment() -> Iterator[None]:
    """Inside, every table is as it was at the beginning, whoever writes meanwhile."""
    own = not connection.in_atomic_block
    connection.cursor().close()  # role and path are set before the transaction whose first statement must be the next
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        yield


def tables_of_present_city() -> list[Table]:
    """The tables that go into the export, with the columns that do."""
    tables: dict[str, Table] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for name, column, kind in cursor.fetchall():
            if name not in LEFT_OUT and column not in COLUMNS_LEFT_OUT:
                tables.setdefault(name, Table(name, [])).columns.append((column, kind))
    return list(tables.values())


def _lines(table: Table) -> Iterator[bytes]:
    """Each row as a line of JSON, a thousand in memory at a time."""
    query = sql.SQL("SELECT to_json(t) FROM (SELECT {columns} FROM {table} ORDER BY 1) t").format(
        columns=sql.SQL(", ").join(sql.Identifier(name) for name, _kind in table.columns),
        table=sql.Identifier(table.name),
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for (row,) in rows:
                yield _json(row)


def _json(row: Any) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
