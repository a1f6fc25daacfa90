"""Bring one city to the structure of this release by replaying recorded SQL, whole migrations to a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.db import DatabaseError, transaction
from psycopg import sql

from common.db import connection
from tenants.citus import run_all
from tenants.enums import LifecycleState
from tenants.models import StructureChange
from tenants.schema import grant_rights
from tenants.structure import LockHeld, migrate, migration_executor, session_lock

# Another process with the same city: it ends soon, or holds nothing that anybody waits for.
WAIT_FOR_CITY_SECONDS = 60.0
_NEW = ("CREATE TABLE", "ADD COLUMN")


@dataclass(frozen=True)
class City:
    schema_name: str
    slug: str
    structure: str


@dataclass(frozen=True)
class Outcome:
    """The result for one city: done, skipped (nothing was left to do) or failed."""

    city: City
    result: str
    problem: str = ""


def advance(city: City, *, change: StructureChange | None, structure: str) -> Outcome:
    """Bring a city to `structure`, leaving out what it has already. Runs as the service, in the city's schema."""
    connection.set_schema(city.schema_name)
    try:
        with session_lock(city.schema_name, seed=0, within=WAIT_FOR_CITY_SECONDS):
            applied = _applied(city.schema_name, structure)
            if applied is None:
                return Outcome(city, "skipped")
            if change is None:
                _migrate_plainly(city, structure)
            else:
                _replay(city, change, applied)
    except LockHeld as problem:
        raise LockHeld(f"another process has held this city for {WAIT_FOR_CITY_SECONDS:.0f} s") from problem
    return Outcome(city, "done")


def _applied(schema_name: str, structure: str) -> set[tuple[str, str]] | None:
    """The migrations that a city has; None where it needs none: up to date by now, or deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT structure FROM public.tenants_municipality WHERE schema_name = %s AND state <> %s",
            [schema_name, LifecycleState.DELETED],
        )
        row = cursor.fetchone()
        if row is None or row[0] == structure:
            return None
        # By its full name: without the schema, the path would lead to public's.
        cursor.execute(sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(schema_name)))
        return set(cursor.fetchall())


def _replay(city: City, change: StructureChange, applied: set[tuple[str, str]]) -> None:
    missing = [entry for entry in change.migrations if (entry[0], entry[1]) not in applied]
    # Columns too: of some tables a city that only reads may write single ones.
    changes_rights = any(
        statements is None or any(word in statement.upper() for statement in statements for word in _NEW)
        for _app, _name, statements in change.migrations
    )
    runs = [list(run) for _kind, run in groupby(missing, key=lambda entry: entry[2] is None)]
    if not runs or runs[-1][0][2] is None:
        runs.append([])  # only notes the structure
    for run in runs:
        if run and run[0][2] is None:
            for app, name, _statements in run:
                _run_python(city, app, name)
            continue
        with _patient_transaction():
            for app, name, statements in run:
                _run_sql(app, name, statements)
            if changes_rights:
                _grant_again(city)
            if run is runs[-1]:
                _note(city, change.after)


@contextmanager
def _patient_transaction() -> Iterator[None]:
    """A transaction that gives up a lock it cannot get soon: the city's visitors would queue behind it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Lost with the machine, a city is as before and its turn comes again: see wait_for_disk.
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true), set_config('synchronous_commit', 'off', true)",
                [_lock_timeout()],
            )
        yield


@contextmanager
def _patient_session() -> Iterator[None]:
    """The same lock timeout for migrations that commit as they go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_lock_timeout()])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _lock_timeout() -> str:
    return f"{settings.FLEET_LOCK_TIMEOUT * 1000:.0f}ms"


def wait_for_disk() -> None:
    """Make all earlier commits durable, which were asynchronous."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")  # a transaction without a number commits nothing


def _run_sql(app: str, name: str, statements: list[str]) -> None:
    noted = sql.SQL("INSERT INTO django_migrations (app, name, applied) VALUES ({}, {}, now())").format(
        sql.Literal(app), sql.Literal(name)
    )
    # Each migration was a transaction of its own: its deferred checks are made before the next begins.
    checked = ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
    try:
        with connection.cursor() as cursor:
            run_all(cursor, [*statements, noted, *checked])
    except DatabaseError as problem:
        problem.add_note(f"{app}.{name}")
        raise


def _run_python(city: City, app: str, name: str) -> None:
    executor = migration_executor()
    try:
        if executor.loader.disk_migrations[app, name].atomic:
            # Its row of django_migrations too: Django writes that after deferred statements.
            with _patient_transaction():
                executor.migrate([(app, name)])
                _grant_again(city)
            return
        with _patient_session():
            executor.migrate([(app, name)])
    except Exception as problem:
        problem.add_note(f"{app}.{name}")
        raise


def _migrate_plainly(city: City, structure: str) -> None:
    """Run Django's migrations, for a city whose structure was never captured."""
    with _patient_session():
        migrate(city.schema_name)
    connection.set_schema(city.schema_name)
    with _patient_transaction():
        _grant_again(city)
        _note(city, structure)


def _grant_again(city: City) -> None:
    """New tables get the rights that the city's state allows; its row stays locked, so the state stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM public.tenants_municipality WHERE schema_name = %s FOR UPDATE", [city.schema_name]
        )
        (state,) = cursor.fetchone()
    grant_rights(city.schema_name, state=state)


def _note(city: City, structure: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.tenants_municipality SET structure = %s, structure_problem = '' WHERE schema_name = %s",
            [structure, city.schema_name],
        )
