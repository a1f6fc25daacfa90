"""A city's schema and role in PostgreSQL: making, granting, dropping. Runs as the service's own role, in public."""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import schema_context
from psycopg import sql

from common.tables import ALL, Declared, declared
from tenants.citus import give_a_machine, run_all, stay_here
from tenants.enums import WRITABLE
from tenants.structure import current_snapshot

# Only a release writes it.
READ_ONLY_TABLES = ("django_migrations",)


def create_schema(schema_name: str) -> None:
    """Make the role, the schema, its tables and its grants, all or nothing. Done already: nothing happens.

    Takes 0.1 to 0.3 s: the structure is replayed as one script, not migrated.
    """
    with schema_context("public"):
        if schema_exists(schema_name):  # a spare one, most of the time: nothing is read for it
            return
    snapshot = current_snapshot()
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        # Two workers on the same city: the second waits and finds it done.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [schema_name])
        if schema_exists(schema_name):
            return
        names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}
        make_role(cursor, schema_name)
        stay_here(cursor)
        cursor.execute(sql.SQL("CREATE SCHEMA {schema}").format(**names))
        # Tables are born with their rights; given to them afterwards, each right would write all of them again.
        run_all(cursor, _named([*_RIGHTS_IN_SCHEMA, *_RIGHTS_TO_WRITE_WHAT_COMES], names))
        cursor.execute(sql.SQL("SET LOCAL search_path = {schema}, public").format(**names))
        cursor.execute(snapshot.sql)
        cursor.execute(
            "UPDATE public.tenants_municipality SET structure = %s, structure_problem = '' WHERE schema_name = %s",
            [snapshot.pk, schema_name],
        )
        # Back to the path that the wrapper believes is set.
        cursor.execute("SET LOCAL search_path = public")
        run_all(cursor, _named(_limits(), names))
        give_a_machine(cursor, schema_name)


def make_role(cursor: Any, schema_name: str) -> None:
    """The role of a city, if it is not there."""
    role = sql.Identifier(schema_name)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
    if cursor.fetchone() is None:
        # On Citus the coordinator signs in with it on the machines, and nobody else (docs/scale.md).
        login = sql.SQL("LOGIN" if settings.CITUS else "NOLOGIN")
        cursor.execute(sql.SQL("CREATE ROLE {} {}").format(role, login))
    # SET lets the service's role put the city's on; without INHERIT it has none of its rights otherwise.
    cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(role))


def grant_rights(schema_name: str, *, state: str) -> None:
    """Give a city's role exactly what its state allows on every table, and revoke all else.

    Called in the transaction of each change of state, and after a release that added tables; create_schema gives a new
    one the same. Call it with the city's row locked, so that the state stays.
    """
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}
        statements = _rights_to_write() if state in WRITABLE else _rights_to_read(_columns_of(schema_name))
        run_all(cursor, _named([*_RIGHTS_IN_SCHEMA, *_COMMON_RIGHTS, *statements, *_limits()], names))


def _named(statements: list[str], names: dict[str, sql.Identifier]) -> list[sql.Composable]:
    return [sql.SQL(statement).format(**names) for statement in statements]


_RIGHTS_IN_SCHEMA = [
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    # Tables that come later: with a new schema, with a release.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
]
_RIGHTS_TO_WRITE_WHAT_COMES = [
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT INSERT, UPDATE, DELETE ON TABLES TO {role}",
]
_COMMON_RIGHTS = [
    # With those on tables go those on their columns.
    "REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
]


def _limits() -> list[str]:
    return [
        *(f"REVOKE UPDATE, DELETE ON {{schema}}.{each.table} FROM {{role}}" for each in _append_only()),
        *(f"REVOKE INSERT, UPDATE, DELETE ON {{schema}}.{table} FROM {{role}}" for table in READ_ONLY_TABLES),
    ]


def _rights_to_write() -> list[str]:
    return [
        "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        *_RIGHTS_TO_WRITE_WHAT_COMES,
    ]


def _rights_to_read(there: dict[str, set[str]]) -> list[str]:
    """`there`: the columns of each table. A city that is being released may lack some that are declared."""
    written = [
        (each.table, [column for column in each.always_written if column == ALL or column in there[each.table]])
        for each in declared.values()
        if each.table in there
    ]
    return [
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE INSERT, UPDATE, DELETE ON TABLES FROM {role}",
        *(f"GRANT INSERT ON {{schema}}.{each.table} TO {{role}}" for each in _append_only()),
        *(
            f"GRANT INSERT, UPDATE, DELETE ON {{schema}}.{table} TO {{role}}"
            if ALL in columns
            else f"GRANT UPDATE ({', '.join(columns)}) ON {{schema}}.{table} TO {{role}}"
            for table, columns in written
            if columns
        ),
    ]


def _columns_of(schema_name: str) -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 GROUP BY 1",
            [schema_name],
        )
        return {table: set(columns) for table, columns in cursor.fetchall()}


def _append_only() -> list[Declared]:
    return [each for each in declared.values() if each.append_only]


_HAS_RIGHTS_LEFT = """
SELECT EXISTS (
  SELECT FROM pg_shdepend d JOIN pg_roles r ON d.refclassid = 'pg_authid'::regclass AND r.oid = d.refobjid
  WHERE r.rolname = %s AND d.deptype = 'a' AND d.classid = 'pg_class'::regclass
    AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""


def drop_schema(schema_name: str, *, with_role: bool = True) -> None:
    """Remove a city's schema and role, if they are there. There is no way back.

    A role is one for all databases of the server: it stays where another may have the city.
    """
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [schema_name])
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {schema} CASCADE").format(**names))
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND %s", [schema_name, with_role])
        if cursor.fetchone():
            cursor.execute(_HAS_RIGHTS_LEFT, [schema_name])
            if cursor.fetchone()[0]:  # once given city by city; now a migration of the app gives them to all
                for each in declared.values():
                    if each.read_by_every_city:
                        cursor.execute(sql.SQL(f"REVOKE ALL ON public.{each.table} FROM {{role}}").format(**names))
            cursor.execute(sql.SQL("DROP ROLE {role}").format(**names))


def schema_exists(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema_name])
        return cursor.fetchone() is not None
