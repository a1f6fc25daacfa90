"""Deleting a city: what is counted before, and what is left to do once nobody can reach it.

The register says DELETED first, in one transaction with the certificate (tenants.lifecycle): from then on the city's
host is unknown. Its schema, role and files are removed by a task of the outbox, which may be killed anywhere and runs
again.
"""

from datetime import datetime
from typing import Any

from django_tenants.utils import schema_context
from psycopg import sql

from common.db import connection
from common.outbox import enqueue, outbox_task
from tenants.enums import LifecycleState
from tenants.files import remove_files
from tenants.models import CityKey, Domain, Municipality
from tenants.reservations import reserve_hosts_of_leaving_city
from tenants.schema import drop_schema
from tenants.slugs import DELETED_SLUG

# Nobody is there any more but a task or a long export that was under way: rather try again than hold up others.
_LOCK_TIMEOUT = "5s"


def count_rows(schema_name: str) -> dict[str, int]:
    """How many rows each table of a city has, in one statement."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema_name])
        counts = [
            sql.SQL("SELECT {name}, count(*) FROM {table}").format(
                name=sql.Literal(table), table=sql.Identifier(schema_name, table)
            )
            for (table,) in cursor.fetchall()
        ]
        if not counts:
            return {}
        cursor.execute(sql.SQL(" UNION ALL ").join(counts))
        return dict(sorted(cursor.fetchall()))


def leave_the_register(city: Municipality, *, at: datetime) -> None:
    """Remove the city's addresses and its place in the register: the authority may come back with a new platform.

    Its hosts stay reserved for it; of a city that never opened, only domains of its own.
    """
    reserve_hosts_of_leaving_city(city, at=at)
    Domain.objects.filter(tenant=city).delete()
    city.verifications.all().delete()
    CityKey.objects.filter(schema_name=city.schema_name).delete()
    city.slug = f"{DELETED_SLUG}{city.pk}"
    city.own_domain = city.wanted_domain = city.authority_code = city.siren = ""
    city.save(update_fields=["slug", "own_domain", "wanted_domain", "authority_code", "siren"])
    enqueue(erase, municipality_id=city.pk)


@outbox_task
def erase(*, municipality_id: int, **kwargs: Any) -> None:
    """Drop the schema, the role and the files of a deleted city; of no other."""
    with schema_context("public"):
        schema_name = Municipality.objects.get(pk=municipality_id, state=LifecycleState.DELETED).schema_name
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        drop_schema(schema_name)
    with schema_context(schema_name):
        remove_files()


def half_deleted() -> list[Municipality]:
    """Deleted cities whose schema is still there: their task failed for good, or was lost."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%%'", [])
        there = {row[0] for row in cursor.fetchall()}
        return list(Municipality.objects.filter(state=LifecycleState.DELETED, schema_name__in=there).order_by("pk"))
