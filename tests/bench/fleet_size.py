"""What grows with the number of cities: a connection, the sweep, a city's file (FLEET_SIZE=1000,3000 FLEET_SECONDS=540)."""

import os
import statistics
import tempfile
import time
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants.dumps import write_dump
from tenants.models import Municipality
from tenants.postgresql import base
from tenants.tasks import sweep_outboxes
from tests.bench.fleet import JOBS, _private, _timed, grow

SIZES = [int(each) for each in os.environ.get("FLEET_SIZE", "300").split(",")]
SECONDS = float(os.environ.get("FLEET_SECONDS", "540"))
FEW = 10
STEP = 10 * JOBS


def run() -> None:
    call_command("prepare", stderr=StringIO())
    started = time.monotonic()
    grow(FEW)
    tables, indexes = _counted(Municipality.objects.earliest("pk").schema_name)
    print(f"  {tables} tables and {indexes} indexes a city")
    found = {FEW: _measured()}
    for size in SIZES:
        while (cities := Municipality.objects.count()) < size:
            if time.monotonic() - started > SECONDS * 0.75:
                print(f"  no more than {cities} cities in the time that was given")
                break
            grow(min(cities + STEP, size))
        found[Municipality.objects.count()] = _measured()
        _say(found)
        if cities < size:
            break


def _say(found: dict[int, dict[str, float]]) -> None:
    print(f"  {'':<44}{''.join(f'{cities:>10}' for cities in found)} cities")
    for name in found[FEW]:
        print(f"  {name:<44}{''.join(f'{measured[name]:>10.1f}' for measured in found.values())}")


def _measured() -> dict[str, float]:
    return {
        "sweep of the outboxes, nothing waiting, ms": 1000
        * statistics.median(_timed(sweep_outboxes) for _u in range(9)),
        "dump_city, s": _timed(_dump),
        "PostgreSQL's catalogue, MB": _catalogue(),
        "a backend after all cities, never closed, MB": _visited(10**9),
        f"a backend at most, closed after {base.CITIES_A_CONNECTION}, MB": _visited(base.CITIES_A_CONNECTION),
    }


def _catalogue() -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(oid)) / 1e6 FROM pg_class"
            " WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"
        )
        return float(cursor.fetchone()[0])


def _dump() -> None:
    city = Municipality.objects.earliest("pk")
    with tempfile.TemporaryFile() as target:
        write_dump(municipality=city, target=target, at=timezone.now())


def _visited(cities_a_connection: int) -> float:
    """The most that a backend holds while each table of each city is read once, a city a request, over one connection."""
    before, base.CITIES_A_CONNECTION = base.CITIES_A_CONNECTION, cities_a_connection
    pool = connection.settings_dict["OPTIONS"]["pool"]
    size, pool["max_size"] = pool["max_size"], 1
    connection.close()
    connection.close_pool()
    most = 0.0
    try:
        for city in Municipality.objects.order_by("pk"):
            with schema_context(city.schema_name), connection.cursor() as cursor:
                # Planned, not run: a page reads a part of them.
                for table in _TABLES:
                    cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
                cursor.execute("SELECT pg_backend_pid()")
                most = max(most, _private(cursor.fetchone()[0]))
            connection.close()
    finally:
        base.CITIES_A_CONNECTION = before
        pool["max_size"] = size
        connection.set_schema_to_public()
        connection.close()
        connection.close_pool()
    return most


# What the pages of a consultation read.
_TABLES = (
    "accounts_user", "common_contentrevision", "common_outboxmessage", "django_session", "framing_challenge",
    "framing_consultation", "framing_document", "framing_phase", "moderation_case", "notifications_notice",
    "outcomes_answer", "outcomes_project", "participation_argument", "participation_authorship",
    "participation_follow", "participation_proposal", "participation_proposalversion", "participation_reaction",
    "participation_reply", "participation_usefulmark", "cocreation_mergerequest", "cocreation_mergesource",
)  # fmt: skip


def _counted(schema_name: str) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = %s),"
            " (SELECT count(*) FROM pg_indexes WHERE schemaname = %s)",
            [schema_name, schema_name],
        )
        tables, indexes = cursor.fetchone()
    return tables, indexes
