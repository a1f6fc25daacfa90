"""A city's schema and role in PostgreSQL: making, granting, dropping. Runs as the service's own role, in public."""

from typing import Any

from django.db import connection, transaction
from django_tenants.utils import schema_context
from psycopg import sql

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
        _share_tables(cursor)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {role} NOLOGIN").format(**names))
        # SET lets the service's role put the city's on; without INHERIT it has none of its rights otherwise.
        cursor.execute(sql.SQL("GRANT {role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(**names))
        cursor.execute(sql.SQL("CREATE SCHEMA {schema}").format(**names))
        cursor.execute(sql.SQL("SET LOCAL search_path = {schema}, public").format(**names))
        cursor.execute(snapshot.sql)
        cursor.execute(_grants(names))
        # Back to the path that the wrapper believes is set.
        cursor.execute("SET LOCAL search_path = public")


def _share_tables(cursor: Any) -> None:
    """Let every role of this database read the shared tables; once, then it costs a look.

    Not city by city: two cities made at once would refuse each other the table's list of rights, which each
    of them would make longer. The database's roles are the service's own and the cities'.
    """
    look = "SELECT bool_and(has_table_privilege('public', 'public.' || name, 'SELECT')) FROM unnest(%s::text[]) name"
    cursor.execute(look, [list(SHARED_TABLES)])
    if cursor.fetchone()[0]:
        return
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('shared tables', 0))")
    cursor.execute(look, [list(SHARED_TABLES)])
    if not cursor.fetchone()[0]:
        for table in SHARED_TABLES:
            cursor.execute(sql.SQL(f"GRANT SELECT ON public.{table} TO PUBLIC"))


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


_HAS_RIGHTS_LEFT = """
SELECT EXISTS (
  SELECT FROM pg_shdepend d JOIN pg_roles r ON d.refclassid = 'pg_authid'::regclass AND r.oid = d.refobjid
  WHERE r.rolname = %s AND d.deptype = 'a' AND d.classid = 'pg_class'::regclass
    AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""


def drop_schema(schema_name: str) -> None:
    """Remove a city's schema and role, if they are there. There is no way back."""
    with schema_context("public"), transaction.atomic(), connection.cursor() as cursor:
        names = {"schema": sql.Identifier(schema_name), "role": sql.Identifier(schema_name)}
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [schema_name])
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {schema} CASCADE").format(**names))
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
        if cursor.fetchone():
            cursor.execute(_HAS_RIGHTS_LEFT, [schema_name])
            if cursor.fetchone()[0]:  # given city by city once: see _share_tables
                for table in SHARED_TABLES:
                    cursor.execute(sql.SQL(f"REVOKE ALL ON public.{table} FROM {{role}}").format(**names))
            cursor.execute(sql.SQL("DROP ROLE {role}").format(**names))


def schema_exists(schema_name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema_name])
        return cursor.fetchone() is not None
