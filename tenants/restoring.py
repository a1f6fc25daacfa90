"""Putting a city back as a file has it (tenants.dumps): a point before a mistake, or another database.

One transaction makes the schema beside, fills it, compares what was counted, takes over from the present one what must
not be lost, and puts it in its place: killed anywhere, the city is as before. What follows (a release, erasures made
again, files) waits in rows, and the command may be run again.

What does not go back: the register, when the city is there (state, addresses, domains, billing); the trail, which goes
on; numbers, of which none is given twice; and persons: who was erased since is erased again, from the trail, and whom
the city has put out since stays out (tenants.put_out). What must not be undone goes on as it is now (tenants.goes_on).
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import psycopg
from django.core import serializers
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.audit import record
from accounts.erasure import erase_again
from accounts.models import User
from accounts.selectors import able_administrators
from accounts.services import gives_up_role
from common.db import as_owner, connection
from common.outbox import messages_of, run_message
from tenants.changes import change_from
from tenants.dumps import MAILS, DumpRefused, columns_of, last_numbers, read_manifest
from tenants.enums import LifecycleState
from tenants.goes_on import go_on
from tenants.models import Domain, HostReservation, Municipality, StructureSnapshot, WaitingOutbox
from tenants.put_out import PutOut, keep_out
from tenants.replay import City, advance
from tenants.schema import grant_rights, make_role, schema_exists
from tenants.structure import current_fingerprint

# Erasures are known from the trail, which is kept for twelve months.
OLDEST = timedelta(days=360)


@dataclass
class Restored:
    city: Municipality
    rows: dict[str, int]
    was_there: bool
    put_out: PutOut = field(default_factory=PutOut)
    without_administrator: bool = False
    erased_again: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Dump:
    archive: ZipFile
    schema_name: str
    structure: str
    at: datetime
    columns: dict[str, list[str]]
    rows: dict[str, int]
    numbers: dict[str, int]

    @property
    def beside(self) -> str:
        return f"restored_{self.schema_name}"


@contextmanager
def _opened(source: IO[bytes]) -> Iterator[_Dump]:
    """Read through once before anything is done with it."""
    try:
        archive = ZipFile(source)
        dump = _looked_through(archive)
    except _DAMAGES as problem:
        raise DumpRefused("This file is damaged: nothing was changed.") from problem
    with archive:
        yield dump


# What Python raises for bytes that are others than those that were written, or are missing.
_DAMAGES = (BadZipFile, zlib.error, EOFError, LookupError, ValueError, TypeError, AttributeError, RuntimeError,
            serializers.base.DeserializationError)  # fmt: skip


def _looked_through(archive: ZipFile) -> _Dump:
    """What the file says, if all that it says is there, each byte as it was written."""
    said = read_manifest(archive)
    at = parse_datetime(said["at"])
    if at is None:
        raise ValueError
    dump = _Dump(archive, said["schema"], said["structure"], at, said["columns"], said["rows"], said["numbers"])
    there = {*archive.namelist()}
    is_whole = archive.testzip() is None and {"structure.sql", *(f"tables/{name}" for name in dump.columns)} <= there
    if not is_whole or not any(isinstance(each, Municipality) for each in _register(dump)):
        raise ValueError
    return dump


def restore(source: IO[bytes], *, at: datetime) -> Restored:
    """Put the city of a file in its place. Raises DumpRefused, and then nothing has changed."""
    with schema_context("public"), _opened(source) as dump:
        _refuse_a_later_release(dump)
        city = Municipality.objects.filter(schema_name=dump.schema_name).first()
        if city is None:
            _refuse_what_is_taken(dump)
        else:
            _refuse_where_people_are(city, dump, at=at)
        restored = _put_in_place(dump, city, at=at)
        _write_files(dump)
    _follow(restored, dump)
    return restored


# ── Refusals ─────────────────────────────────────────────────────────────────


def _refuse_a_later_release(dump: _Dump) -> None:
    columns = dump.columns["django_migrations"]
    app, name = columns.index("app"), columns.index("name")
    lines = [line.split("\t") for line in dump.archive.read("tables/django_migrations").decode().splitlines()]
    known = {*MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    replaced = {key for each in MigrationLoader(None).disk_migrations.values() for key in each.replaces}
    if not {(line[app], line[name]) for line in lines} <= known | replaced:
        raise DumpRefused("This file is of a later release than the one that runs here: bring that up to date first.")


def _refuse_where_people_are(city: Municipality, dump: _Dump, *, at: datetime) -> None:
    if city.state == LifecycleState.DELETED:
        raise DumpRefused("This city was deleted here, and deleted cities do not come back.")
    if city.moved_at is not None:
        raise DumpRefused("This city lives in another installation now: restore it there.")
    if city.maintenance_since is None:
        raise DumpRefused(
            f"{city.name} is being used, and what is written meanwhile would be lost. Close it first:"
            f" manage.py fleet maintenance {city.slug} --on"
        )
    if dump.at < at - OLDEST:
        raise DumpRefused("This file is about a year old: who was erased since is no longer known from the trail.")


def _refuse_what_is_taken(dump: _Dump) -> None:
    """The city is not in this database: its address, authority and hosts must be free."""
    rows = _register(dump)
    city = next(row for row in rows if isinstance(row, Municipality))
    taken = Q(slug=city.slug)
    if city.authority_code:
        taken |= Q(kind=city.kind, authority_code=city.authority_code)
    hosts = [row.domain for row in rows if isinstance(row, Domain)]
    if Municipality.objects.filter(taken).exists() or Domain.objects.filter(domain__in=hosts).exists():
        raise DumpRefused("Another city has its address, its authority or one of its hosts here.")
    reserved = HostReservation.objects.filter(host__in=hosts, released_at=None)
    if reserved.exclude(schema_name=dump.schema_name).exists():
        raise DumpRefused("One of its hosts is reserved for another authority here.")
    if schema_exists(dump.schema_name):
        raise DumpRefused("A schema of its name is here without a city in the register: find out whose it is first.")


def _register(dump: _Dump) -> list[Any]:
    text = dump.archive.read("register.json").decode()
    return [each.object for each in serializers.deserialize("json", text, ignorenonexistent=True)]


# ── One transaction ──────────────────────────────────────────────────────────


def _put_in_place(dump: _Dump, city: Municipality | None, *, at: datetime) -> Restored:
    names = {"role": sql.Identifier(dump.schema_name), "schema": sql.Identifier(dump.schema_name)}
    names["beside"] = sql.Identifier(dump.beside)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # The lock of whoever makes, releases or deletes it.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [dump.schema_name])
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            make_role(cursor, dump.schema_name)
            cursor.execute(sql.SQL("CREATE SCHEMA {beside}").format(**names))
            _fill(cursor, dump)
            put_out = PutOut() if city is None else _take_over(cursor, dump)
            _go_on_counting(cursor, dump, there=city is not None)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if city is not None:
                cursor.execute(sql.SQL("DROP SCHEMA {schema} CASCADE").format(**names))
            cursor.execute(sql.SQL("ALTER SCHEMA {beside} RENAME TO {schema}").format(**names))
            restored = Restored(city or _enter(dump, at=at), dump.rows, city is not None, put_out)
            StructureSnapshot.objects.get_or_create(
                pk=dump.structure, defaults={"sql": dump.archive.read("structure.sql").decode()}
            )
            cities = Municipality.objects.filter(schema_name=dump.schema_name)
            cities.update(structure=dump.structure, structure_problem="")
            grant_rights(dump.schema_name, state=cities.select_for_update(no_key=True).get().state)
            WaitingOutbox.objects.create(schema_name=dump.schema_name, due_at=at)  # its messages came as rows
            record("city_restored", actor=None, subject=restored.city, as_of=dump.at.isoformat())
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") != "55P03":
            raise
        raise DumpRefused("Something still uses the city: nothing was changed, try again in a minute.") from problem
    except (DataError, IntegrityError, ProgrammingError, psycopg.Error) as problem:  # COPY raises its own
        code = getattr(problem.__cause__ or problem, "sqlstate", "")
        raise DumpRefused(f"The database refuses what is in this file ({code}): nothing was changed.") from problem
    return restored


def _fill(cursor: Any, dump: _Dump) -> None:
    """Make the tables and their rows, and count them."""
    cursor.execute(sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(dump.beside)))
    cursor.execute(dump.archive.read("structure.sql").decode())
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # of the rows that migrations write, which the file has too
    cursor.execute("SET LOCAL search_path = public")
    if set(columns_of(dump.beside)) != set(dump.columns):
        raise DumpRefused("The tables of this file are not those that it says: nothing was changed.")
    tables = {table: sql.Identifier(dump.beside, table) for table in dump.columns}
    cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables.values())))
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table, columns in dump.columns.items():
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(
            tables[table], sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with dump.archive.open(f"tables/{table}") as file, cursor.copy(command) as copy:
            while piece := file.read(1 << 18):
                copy.write(piece)
    counts = [sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(name), tables[name]) for name in tables]
    cursor.execute(sql.SQL(" UNION ALL ").join(counts))
    if dict(cursor.fetchall()) != dump.rows:
        raise DumpRefused("Fewer or more rows came than the file says: nothing was changed.")


def _take_over(cursor: Any, dump: _Dump) -> PutOut:
    """From the present schema: its trail, what is erased, who was put out, mails that waited, and that messages that
    were done are not done again."""
    here: dict[str, sql.Composable] = {"old": sql.Identifier(dump.schema_name), "new": sql.Identifier(dump.beside)}
    here |= {"mails": sql.Literal(MAILS), "at": sql.Literal(dump.at)}
    present = columns_of(dump.schema_name)
    for name, table in (("columns", "accounts_auditentry"), ("mail_columns", "common_outboxmessage")):
        both = (each for each in dump.columns[table] if each in present[table])
        here[name] = sql.SQL(", ").join(map(sql.Identifier, both))
    for statement in _TAKEN_OVER:
        cursor.execute(sql.SQL(statement).format(**here, task=sql.Literal(f"{erase_again.__module__}.erase_again")))
    put_out = keep_out(cursor, old=dump.schema_name, new=dump.beside)
    go_on(cursor, old=dump.schema_name, new=dump.beside)
    return put_out


_TAKEN_OVER = (
    "LOCK TABLE {old}.accounts_auditentry, {old}.accounts_user, {old}.common_outboxmessage IN ACCESS EXCLUSIVE MODE",
    """INSERT INTO {new}.accounts_auditentry ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns}
       FROM {old}.accounts_auditentry WHERE id > (SELECT coalesce(max(id), 0) FROM {new}.accounts_auditentry)""",
    "DELETE FROM {new}.common_outboxmessage WHERE id NOT IN (SELECT id FROM {old}.common_outboxmessage)",
    # Mails that waited already are in no file, but in those of the releases before.
    """INSERT INTO {new}.common_outboxmessage ({mail_columns}) SELECT {mail_columns} FROM {old}.common_outboxmessage
       WHERE task = {mails} AND created_at <= {at} ON CONFLICT (id) DO NOTHING""",
    # Nobody comes in as them from this moment on. Not whoever is merely missing: that may be the mistake.
    """CREATE TEMPORARY TABLE erased ON COMMIT DROP AS
       SELECT u.id, bool_or(coalesce((t.details ->> 'with_texts')::boolean, false)) AS with_texts
       FROM {new}.accounts_user u JOIN {old}.accounts_auditentry t
         ON t.subject_type = 'accounts.user' AND t.subject_id = u.id::text
       WHERE t.action IN ('erasure_asked', 'account_erased') GROUP BY u.id""",
    """UPDATE {new}.accounts_user SET is_active = false, public_name = '', name_key = '', function = ''
       WHERE id IN (SELECT id FROM erased)""",
    """INSERT INTO {new}.common_outboxmessage (id, task, payload, created_at, due_at, attempts, last_error)
       SELECT gen_random_uuid(), {task}, jsonb_build_object('user_id', id, 'with_texts', with_texts), now(), now(),
              0, '' FROM erased""",
    # Pages that were kept of the present one are none of the restored one's.
    """UPDATE {new}.common_contentrevision n SET value = greatest(n.value, o.value), soon = greatest(n.soon, o.soon)
       FROM {old}.common_contentrevision o""",
)


def _go_on_counting(cursor: Any, dump: _Dump, *, there: bool) -> None:
    """Numbers go on from the highest: one that was given since may stand in the trail, a link or a mail."""
    cursor.execute(
        sql.SQL("UPDATE {}.common_contentrevision SET value = value + 1").format(sql.Identifier(dump.beside))
    )
    present = last_numbers(dump.schema_name) if there else {}
    for table, number in dump.numbers.items():
        last = max(number, present.get(table, 0))
        if last:
            sequence = "pg_get_serial_sequence(%s, 'id')"
            cursor.execute(f"SELECT setval({sequence}, %s)", [f'"{dump.beside}"."{table}"', last])


def _enter(dump: _Dump, *, at: datetime) -> Municipality:
    """Write the register's rows, with numbers of this database. Closed until somebody has looked at it."""
    rows = _register(dump)
    city: Municipality = next(row for row in rows if isinstance(row, Municipality))
    city.maintenance_since = at
    for row in rows:
        if isinstance(row, HostReservation) and HostReservation.objects.filter(
            host=row.host, schema_name=row.schema_name, released_at=row.released_at
        ):
            continue  # it was here before
        row.pk = None
        row._state.adding = True
        if isinstance(row, Domain):
            row.tenant = city
        elif hasattr(row, "municipality_id"):
            row.municipality = city
        row.save(force_insert=True)
    return city


# ── What follows ─────────────────────────────────────────────────────────────


def _write_files(dump: _Dump) -> None:
    """Those that are missing; what is there stays."""
    with schema_context(dump.schema_name):
        for entry in dump.archive.namelist():
            name = entry.removeprefix("files/")
            if name != entry and not default_storage.exists(name):
                default_storage.save(name, ContentFile(dump.archive.read(entry)))


def _follow(restored: Restored, dump: _Dump) -> None:
    """Bring it to the structure of this release, then erase again. What fails waits, as after any release."""
    city, structure = restored.city, current_fingerprint()
    if dump.structure != structure:
        change = change_from(dump.structure)
        try:
            with as_owner():
                advance(City(city.schema_name, city.slug, dump.structure), change=change, structure=structure)
        finally:
            connection.set_schema_to_public()
    with schema_context(city.schema_name):
        for pk in list(messages_of(erase_again).values_list("pk", flat=True)):
            restored.erased_again += run_message(str(pk), at=dump.at)
        with as_owner(), transaction.atomic():
            for member in User.objects.filter(pk__in=restored.put_out.lowered):
                gives_up_role(member)
        restored.without_administrator = not able_administrators().exists()
        if messages_of(erase_again).exists():
            restored.problems.append("Somebody could not be erased again: the outbox tries, and its error says why.")
        record("city_restored", actor=None, subject=city, as_of=dump.at.isoformat())
