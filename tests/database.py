"""The test databases: one is built with two cities, every worker and every committing test gets a copy of it."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from django_tenants.utils import get_tenant_model, schema_context

from common.models import OutboxMessage
from deploy.local.prepare import quick_migrations
from tests import citus, kept

BUILT = "territoires_tests"
OPEN = "territoires_tests_open"
CITIES = {"saran": ("45302", "Saran"), "brest": ("29019", "Brest")}


def server_connection(name: str = "postgres") -> psycopg.Connection:
    """To the server, outside the transaction under test; each statement commits."""
    target = connection.settings_dict
    return psycopg.connect(
        host=target["HOST"], port=target["PORT"], user=target["USER"], password=target["PASSWORD"] or None,
        dbname=name, autocommit=True,
    )  # fmt: skip


def use(name: str) -> None:
    """Point Django, and processes started from here, at a database of the same server."""
    for existing in connections.all(initialized_only=True):
        existing.close()
        existing.close_pool()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + name


def build() -> None:
    """Make the databases that all others are copies of, once for all workers: public, library, two cities.

    In one the cities are as provisioning leaves them, in the other they are open.
    """
    with server_connection() as server:
        server.execute("SELECT pg_advisory_lock(4242)")
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [BUILT]).fetchone():
            return
        citus.everywhere(server, f"CREATE DATABASE {BUILT}_being_built")
        citus.spread(f"{BUILT}_being_built")
        use(f"{BUILT}_being_built")
        with quick_migrations():
            call_command("prepare", stderr=StringIO())
        for slug, (code, name) in CITIES.items():
            call_command(
                "provision", authority=code, name=name, slug=slug, admin=f"maire@{slug}.example",
                stdout=StringIO(), stderr=StringIO(),
            )  # fmt: skip
        for city in get_tenant_model().objects.all():
            with schema_context(city.schema_name):
                OutboxMessage.objects.all().delete()  # the administrators' invitations
        use("postgres")
        citus.still(f"{BUILT}_being_built")
        citus.everywhere(server, f"DROP DATABASE IF EXISTS {OPEN}")
        citus.everywhere(server, f"CREATE DATABASE {OPEN} TEMPLATE {BUILT}_being_built")
        use(OPEN)
        _open_cities()
        use("postgres")
        citus.still(OPEN)
        citus.everywhere(server, f"ALTER DATABASE {BUILT}_being_built RENAME TO {BUILT}")
        kept.keep()


def _open_cities() -> None:
    """Both consultations are in their time to propose, open to everyone: every opening condition is met."""
    from consultations.framing.models import Consultation
    from consultations.framing.services.opening import open_consultation
    from tests.framing.factories import make_ready

    now = timezone.now()
    for city in get_tenant_model().objects.all():
        with schema_context(city.schema_name):
            consultation = Consultation.objects.get()
            make_ready(consultation, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20), at=now)
            open_consultation(consultation=consultation, municipality=city, actor=None, at=now)


@contextmanager
def copied(template: str) -> Iterator[str]:
    """A fresh copy of a built database, in use inside the block, dropped at its end. Takes 0.05 s.

    As files: several times faster than PostgreSQL's own choice, which writes every page to its log too.
    """
    before = connection.settings_dict["NAME"]
    name = f"t_{secrets.token_hex(5)}"
    with server_connection() as server:
        server.execute("SELECT pg_advisory_lock(4243)")  # two copies at once would refuse each other
        citus.everywhere(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        citus.roles_are_known(name)
    use(name)
    try:
        yield name
    finally:
        use(before)
        with server_connection() as server:
            _drop(server, name)


def made_once(name: str, template: str, make: Callable[[], None]) -> str:
    """The name of what a worker has made of a copy, for the others to copy: they wait for whoever comes first."""
    name = f"territoires_tests_{name}"
    with server_connection() as server:
        server.execute("SELECT pg_advisory_lock(4244)")
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            with copied(template) as unfinished:
                make()
                use("postgres")
                citus.still(unfinished)
                citus.everywhere(server, f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


def _drop(server: psycopg.Connection, name: str) -> None:
    for _attempt in range(20):
        try:
            citus.everywhere(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        except psycopg.errors.InsufficientPrivilege:
            # PostgreSQL itself was tidying up in there (autovacuum), and that only a superuser may end.
            time.sleep(0.25)
        else:
            return
    server.execute(f"DROP DATABASE {name}")
