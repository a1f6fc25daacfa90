"""What periodic work costs at 10 cities and at 1,000, by the clock and in statements (PERIODIC_CITIES=1000).

Most of the cities are rows of the register with a schema of those tables only that periodic work reads: what it asks of
the database is the same. What runs in one city alone is measured in a whole one.
"""

import os
import re
import statistics
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from common import retention
from consultations.analysis import tasks as figures
from consultations.analysis.tasks import may_be_amiss
from consultations.moderation.services.listing import cities_to_list_anew
from tenants import tasks, waiting
from tenants.models import Domain, DomainCheck, Municipality, WaitingOutbox, new_schema_name
from tenants.schema import make_role
from tenants.selectors import of_a_city
from tests.bench.fleet import _timed, open_model

MANY = int(os.environ.get("PERIODIC_CITIES", "1000"))
FEW = 10
WAIT = 5  # cities in which something waits
TABLES = {"common_outboxmessage", "django_session", "accounts_signinlink", "accounts_user", "moderation_case"}
TIMES = 9


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    open_model()
    columns = []
    for cities in (FEW, MANY):
        _grow(cities)
        columns.append(_measured())
    few, many = columns
    print(f"  {'':<62}{FEW:>16}{MANY:>16} cities")
    for name, ((seconds, asked), (later, asked_later)) in zip(
        few, zip(few.values(), many.values(), strict=True), strict=True
    ):
        print(f"  {name:<62}{_said(seconds, asked):>16}{_said(later, asked_later):>16}")


def _said(seconds: float, asked: int) -> str:
    return f"{seconds * 1000:.1f} ms ({asked})"


def _asked_tables() -> set[str]:
    """And what the night asks for: which rows are over, what of figures may be amiss."""
    at = timezone.now()
    looks = map(of_a_city, [*retention.all_over(at=at, writes=True), *may_be_amiss(at=at)])
    return TABLES | set(re.findall(r'"__city__"\."(\w+)"', " ".join(looks)))


def _grow(cities: int) -> None:
    tables = sorted(_asked_tables())
    model = Municipality.objects.get(slug="modele").schema_name
    now = timezone.now()
    with connection.cursor() as cursor:
        for number in range(Municipality.objects.count(), cities):
            name = new_schema_name()
            make_role(cursor, name)
            cursor.execute(f"CREATE SCHEMA {name}; GRANT USAGE ON SCHEMA {name} TO {name}")
            for table in tables:
                cursor.execute(f"CREATE TABLE {name}.{table} (LIKE {model}.{table} INCLUDING ALL)")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {name}")
            city = Municipality.objects.create(
                schema_name=name, slug=f"ville-{number}", name=f"Ville {number}", ready_at=now, opened_at=now
            )
            domain = Domain.objects.create(domain=city.host, tenant=city, is_primary=True)
            if number < WAIT:  # domains in use, looked at a minute ago
                DomainCheck.objects.create(municipality=city, domain=domain.domain, checked_at=now)
        cursor.execute("ANALYZE tenants_municipality, tenants_domain, tenants_waitingoutbox")


def _measured() -> dict[str, tuple[float, int]]:
    schemas = list(Municipality.objects.order_by("-pk").values_list("schema_name", flat=True))
    tasks.sweep_outboxes()  # what making them has left
    WaitingOutbox.objects.all().delete()
    quiet = _each(tasks.sweep_outboxes)
    for schema_name in schemas[:WAIT]:
        _message(schema_name)
    with mock.patch.object(tasks, "publish", return_value=True):
        waits = _each(tasks.sweep_outboxes)
    for schema_name in schemas[:WAIT]:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {schema_name}.common_outboxmessage")
    tasks.sweep_outboxes()
    with mock.patch.object(tasks.forget_in_city, "apply_async"):
        night = _each(tasks.forget_what_is_over)
    with mock.patch.object(figures.count_city, "apply_async"):
        counting = _each(figures.count_everywhere)
    return {
        "each 15 s: sweep of the outboxes, nothing waits": quiet,
        f"the same, {WAIT} cities have something due (digests are messages)": waits,
        "  baseline: looking into every outbox": _each(lambda: waiting.next_due(["public", *schemas])),
        "each 5 min: a slice of the daily look into every outbox": _each(lambda: waiting.repair(at=timezone.now())),
        "each 10 min: domains, none is to be looked at": _each(tasks.check_domains),
        "each hour: sessions, links and accounts past their end": _each(tasks.forget_the_expired),
        "each hour: what waits for the service's moderators": _each(cities_to_list_anew),
        "each night: in which cities something is to be forgotten": night,
        "  and in each of these, forgetting": _each(lambda: _in_model(tasks.forget_in_city)),
        "each night: in which cities figures may be amiss": counting,
        "  and in each of these, counting": _each(lambda: _in_model(figures.count_city)),
    }


def _message(schema_name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {schema_name}.common_outboxmessage (id, task, payload, created_at, due_at, attempts, last_error)"
            " VALUES (%s, 'x', '{}', now(), now() - interval '1 minute', 0, '')",
            [uuid.uuid4()],
        )
    WaitingOutbox.objects.create(schema_name=schema_name, due_at=timezone.now() - timedelta(minutes=1))


def _in_model(task: Callable[[], object]) -> None:
    with schema_context(Municipality.objects.get(slug="modele").schema_name):
        task()


def _each(work: Callable[[], object]) -> tuple[float, int]:
    work()
    seconds = statistics.median(_timed(work) for _unused in range(TIMES))
    with CaptureQueriesContext(connection) as asked:
        work()
    return seconds, len(asked)
