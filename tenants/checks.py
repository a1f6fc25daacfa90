"""System checks about tenancy."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connection


@register(Tags.database, deploy=True)
def session_survives_between_statements(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Refuse a pooler in transaction mode: it hands one city's role and search path to another's queries.

    Two connections: the first sets a session value, the second opens a transaction (and so takes
    the server connection that a transaction pooler has just freed), the first reads its value back.
    """
    if not databases:
        return []
    target = settings.DATABASES["default"]
    address = {
        "host": target["HOST"],
        "port": target["PORT"] or 5432,
        "user": target["USER"],
        "password": target["PASSWORD"],
        "dbname": target["NAME"],
    }
    with psycopg.connect(**address, autocommit=True, prepare_threshold=None) as one:
        one.execute("SELECT set_config('territoires.probe', 'mine', false)")
        with psycopg.connect(**address, prepare_threshold=None) as other:
            other.execute("SELECT set_config('territoires.probe', 'other', false)")
            row = one.execute("SELECT current_setting('territoires.probe', true)").fetchone()
    if row is None or row[0] != "mine":
        return [
            Error(
                "The database connection goes through a pooler in transaction mode, which mixes cities up.",
                hint="Use the session mode of pgbouncer, or none: Django pools by itself.",
                id="tenants.E001",
            )
        ]
    return []


@register(Tags.database, deploy=True)
def commits_reach_the_disk_of_each_machine(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Where a city is moved from machine to machine (Citus), what was acknowledged there must be on disk."""
    if not databases or not settings.CITUS:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nodename, nodeport, success, result FROM run_command_on_workers('SHOW synchronous_commit')"
        )
        return [
            Error(
                f"{name}:{port} commits before what is committed is on its disk ({result}).",
                hint="Set synchronous_commit = on on every worker: otherwise moving a city loses what was written.",
                id="tenants.E002",
            )
            for name, port, success, result in cursor.fetchall()
            if not success or result in ("off", "local")
        ]
