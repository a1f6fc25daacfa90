"""One city as one file, from which it can be put back as it was, here or in another database (tenants.restoring).

Not pg_dump: of one schema among two thousand it takes 22 s at best, its file wants a server of the same version or a
later one, and what must not come back would be in it. The tables are those of `structure`, which the file holds; rows
are PostgreSQL's own COPY, all of the same moment.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core import serializers
from django.core.files.storage import default_storage
from django.db.models import Model
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.tasks import send_mail
from common.db import connection
from common.models import OutboxMessage
from tenants.export import one_moment
from tenants.files import file_names
from tenants.models import Domain, DomainCheck, HostReservation, Municipality, StructureSnapshot, VerificationRequest
from tenants.structure import current_snapshot

FORMAT = 1
# Keys to the door: what opened it then must not open it again. Whoever was in comes in anew.
LEFT_OUT = ("django_session", "accounts_signinlink", "accounts_begunaction")
# Mails that wait, or were given up, are written in full, with the codes and links of whoever they are for.
MAILS = f"{send_mail.__module__}.{send_mail.__name__}"


class DumpRefused(Exception):
    """Why a city is not written or put back, in a sentence for who typed the command."""


@dataclass(frozen=True)
class Written:
    rows: dict[str, int]
    files: int


def write_dump(*, municipality: Municipality, target: IO[bytes], at: datetime) -> Written:
    """Write a city into `target`: its tables, files and rows of the register. Raises DumpRefused."""
    current_snapshot()  # a release notes it for its first new city only
    with schema_context("public"), one_moment(), ZipFile(target, "w", compression=ZIP_DEFLATED) as archive:
        city = Municipality.objects.get(pk=municipality.pk)
        snapshot = StructureSnapshot.objects.filter(pk=city.structure).first()
        if snapshot is None:
            raise DumpRefused("Nobody has noted which structure this city has: run `manage.py fleet migrate` first.")
        columns, rows = columns_of(city.schema_name), {}
        for table, names in columns.items():
            with connection.cursor() as cursor, archive.open(f"tables/{table}", "w", force_zip64=True) as file:
                query = sql.SQL("SELECT {columns} FROM {table} WHERE {which}").format(
                    columns=sql.SQL(", ").join(map(sql.Identifier, names)),
                    table=sql.Identifier(city.schema_name, table),
                    which=_which(table),
                )
                with cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copy:
                    for piece in copy:
                        file.write(piece)
                rows[table] = cursor.rowcount
        with schema_context(city.schema_name):
            names = list(file_names())
            for name in names:
                with default_storage.open(name) as source, archive.open(f"files/{name}", "w", force_zip64=True) as file:
                    for chunk in source.chunks():
                        file.write(chunk)
        archive.writestr("structure.sql", snapshot.sql)
        archive.writestr("register.json", serializers.serialize("json", _of_the_register(city)))
        said = {"schema": city.schema_name, "slug": city.slug, "structure": snapshot.pk, "at": at.isoformat()}
        said |= {"columns": columns, "rows": rows, "numbers": last_numbers(city.schema_name)}
        # Last: a file that was cut off has none.
        archive.writestr("manifest.json", json.dumps({"format": FORMAT, **said}, indent=1))
    return Written(rows, len(names))


def _which(table: str) -> sql.Composable:
    if table == OutboxMessage._meta.db_table:
        return sql.SQL("task <> {}").format(sql.Literal(MAILS))
    return sql.Literal(table not in LEFT_OUT)


def _of_the_register(city: Municipality) -> list[Model]:
    return [
        city,
        *Domain.objects.filter(tenant=city),
        *DomainCheck.objects.filter(municipality=city),
        *VerificationRequest.objects.filter(municipality=city),
        *HostReservation.objects.filter(schema_name=city.schema_name),
    ]


def columns_of(schema_name: str) -> dict[str, list[str]]:
    """The columns of each table of a schema but those that PostgreSQL makes itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'"
            " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY 1 ORDER BY 1",
            [schema_name],
        )
        return dict(cursor.fetchall())


def last_numbers(schema_name: str) -> dict[str, int]:
    """The last number that each table has given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, coalesce(pg_sequence_last_value(d.objid), 0) FROM pg_depend d"
            " JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_class t ON t.oid = d.refobjid"
            " WHERE d.deptype = 'i' AND d.classid = 'pg_class'::regclass AND s.relnamespace = %s::regnamespace",
            [schema_name],
        )
        return dict(cursor.fetchall())


def read_manifest(archive: ZipFile) -> dict[str, Any]:
    """What a file says of itself. Raises DumpRefused."""
    try:
        said: dict[str, Any] = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError) as problem:
        raise DumpRefused("This file is no city that dump_city has written, or it was cut off.") from problem
    if said.get("format") != FORMAT:
        raise DumpRefused("This file was written in another way than this release reads.")
    return said
