"""A city's schema and role in PostgreSQL: making, granting, dropping. Runs as the service's own role, in public."""

from typing import Any

from django.db import connection, transaction
from django_tenants.utils import schema_context
from psycopg import sql

from tenants.enums import LifecycleState
from tenants.structure import current_snapshot

# What a city's pages read of public. Read-only, and nothing else of public is granted.
SHARED_TABLES = ("library_challengeset", "library_challengetemplate")
# Written once, for ever: a city's own role can add to its audit trail but not change it.
APPEND_ONLY_TABLES = ("accounts_auditentry",)


def create_schema(schema_name: str) -> None:
    """Make the role, the schema, its tables and its grants, all or nothing. Done already: nothing happens.

    Takes 0.1 to 0.3 s: the structure is replayed as one script, not migrated.
    """
    snapshot = current_snapshot()
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        # Two workers on the same city: the second waits and finds it done.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [schema_name])
        if schema_exists(schema_name):
            return
        names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {role} NOLOGIN").format(**names))
        # SET lets the service's role put the city's on; without INHERIT it has none of its rights otherwise.
        cursor.execute(sql.SQL("GRANT {role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(**names))
        cursor.execute(sql.SQL("CREATE SCHEMA {schema}").format(**names))
        cursor.execute(sql.SQL("SET LOCAL search_path = {schema}, public").format(**names))
        cursor.execute(snapshot.sql)
        cursor.execute(
            "UPDATE public.tenants_municipality SET structure = %s, structure_problem = '' WHERE schema_name = %s",
            [snapshot.pk, schema_name],
        )
        # Back to the path that the wrapper believes is set.
        cursor.execute("SET LOCAL search_path = public")
        grant_rights(schema_name, state=LifecycleState.TRIAL)
        _share_tables(cursor)


def grant_rights(schema_name: str, *, state: str) -> None:
    """Give a city's role what its state allows on every table there is, those of a new release included."""
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_grants({"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}))


def _grants(names: dict[str, sql.Identifier]) -> sql.Composed:
    statements = [
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        # Tables that later releases add.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {role}",
        *(f"REVOKE UPDATE, DELETE ON {{schema}}.{table} FROM {{role}}" for table in APPEND_ONLY_TABLES),
    ]
    return sql.SQL(";\n").join(sql.SQL(statement).format(**names) for statement in statements)


def _share_tables(cursor: Any) -> None:
    """To all roles at once, the first time. One by one, cities fail each other's grants by doing them together,
    and their list outgrows the table's row in PostgreSQL's catalogue: no more than 2,400 could be made."""
    for table in SHARED_TABLES:
        cursor.execute("SELECT has_table_privilege('public', %s, 'SELECT')", [f"public.{table}"])
        if not cursor.fetchone()[0]:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [table])
            cursor.execute(sql.SQL("GRANT SELECT ON public.{} TO PUBLIC").format(sql.Identifier(table)))


def drop_schema(schema_name: str) -> None:
    """Remove a city's schema and role, if they are there. There is no way back."""
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [schema_name])
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {schema} CASCADE").format(**names))
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
        if cursor.fetchone():
            for table in SHARED_TABLES:
                cursor.execute(sql.SQL(f"REVOKE ALL ON public.{table} FROM {{role}}").format(**names))
            cursor.execute(sql.SQL("DROP ROLE {role}").format(**names))


def schema_exists(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema_name])
        return cursor.fetchone() is not None
