"""Workers and PostgreSQL killed with -9 at every step: each run ends in a complete city, and none is seen half-made."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common.models import OutboxMessage
from consultations.framing.models import Challenge, Consultation
from deploy.local.services import Postgres, _postgres_binaries, start_postgres
from onboarding import provisioning, queue
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun
from onboarding.services.runs import cancel
from onboarding.tasks import resume_provisioning
from tenants import spares
from tenants.models import Domain, Municipality, SpareSchema
from tests.onboarding.test_provisioning import ask
from tests.processes import ROOT, environment, eventually

STEPS = [step.lower() for step in provisioning.ORDER]
SLOWLY = 120.0  # a dozen workers on a machine that is busy with something else


class Nursery:
    """Forks workers, and knows where they stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.onboarding.nursery"],
            cwd=ROOT,
            env=environment(STOP_DIR=str(folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "log").open("ab"),
            text=True,
        )
        assert self._says() == "ready", (folder / "log").read_text()

    def worker(self, *options: str) -> int:
        assert self.process.stdin
        self.process.stdin.write(" ".join(options) + "\n")
        self.process.stdin.flush()
        return int(self._says())

    def _says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def has_stopped(self, *names: str) -> bool:
        return all((self.folder / name).exists() for name in names)

    def let_go(self) -> None:
        (self.folder / "go").touch()


@pytest.fixture
def nursery(real_db: str, tmp_path: Path) -> Iterator[Nursery]:
    current_app.control.purge()
    with started_nursery(tmp_path) as nursery:
        yield nursery


@contextmanager
def started_nursery(folder: Path) -> Iterator[Nursery]:
    nursery = Nursery(folder)
    try:
        yield nursery
    finally:
        nursery.process.kill()
        nursery.process.communicate()


def test_workers_killed_at_every_step_lose_nothing(
    nursery: Nursery, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SPARE_SCHEMAS = 8  # for some of them
    spares.refill(at=timezone.now())
    making = [f"{moment}-{step}" for moment in ("avant", "apres") for step in STEPS]
    removing = ["avant-annulation", "avant-oubli", "pendant-oubli"]
    for slug in removing:
        cancelled_run(slug, monkeypatch)
    runs = {slug: ask(slug, admin_email=f"maire@{slug}.example", dispatched=True) for slug in making}
    workers = [nursery.worker() for _slug in [*making, *removing]]
    assert eventually(lambda: nursery.has_stopped(*making, *removing), within=SLOWLY)

    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not any(is_alive(pid) for pid in workers))
    assert visible(making) == []
    assert set(ProvisioningRun.objects.filter(slug__in=making).values_list("state", flat=True)) == {RunState.RUNNING}

    the_lease_runs_out()
    nursery.worker()
    assert eventually(lambda: offered_until_over([*making, *removing]), within=SLOWLY)
    for slug, run in runs.items():
        assert_complete(slug, run)
    for slug in removing:
        assert_nothing_is_left(slug)


def test_postgresql_killed_at_every_step_loses_nothing(real_db: str, tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="territoires-killed-"))
    folder.chmod(0o755)
    server = start_postgres(folder / "postgres", fsync=True)
    try:
        copy_of_this_database(server)
        with on(server), started_nursery(tmp_path) as nursery:
            current_app.control.purge()
            with pytest.MonkeyPatch.context() as patch:
                cancelled_run("pendant-annulation", patch)
            slugs = [f"pendant-{step}" for step in STEPS]
            runs = {slug: ask(slug, admin_email=f"maire@{slug}.example", dispatched=True) for slug in slugs}
            workers = [nursery.worker() for _slug in [*slugs, "pendant-annulation"]]
            assert eventually(lambda: nursery.has_stopped(*slugs, "pendant-annulation"), within=SLOWLY)

            kill(server)
            server.stop()  # lets go of its folder
            server = start_postgres(folder / "postgres", port=server.port, fsync=True)
            forget_connections()
            assert visible(slugs) == []
            nursery.let_go()
            the_lease_runs_out()
            assert eventually(lambda: offered_until_over([*slugs, "pendant-annulation"]), within=SLOWLY)
            for slug, run in runs.items():
                assert_complete(slug, run)
            assert_nothing_is_left("pendant-annulation")
            assert all(is_alive(pid) for pid in workers), "a worker must survive its database"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_worker_that_hangs_is_cut_off_and_comes_too_late(nursery: Nursery) -> None:
    run = ask("apres-content", dispatched=True)
    hung = nursery.worker()
    assert eventually(lambda: nursery.has_stopped("apres-content"), within=SLOWLY)
    now = timezone.now()
    assert provisioning.advance(run.pk) is None, "it holds the run"
    assert provisioning.end_hung_workers(at=now) == 0, "not yet"
    assert provisioning.end_hung_workers(at=now + provisioning.HUNG_AFTER + timedelta(seconds=30)) == 1
    # The lock goes with the connection.
    assert eventually(lambda: provisioning.advance(run.pk) is not None)
    nursery.let_go()
    time.sleep(0.5)
    assert is_alive(hung)
    assert_complete("apres-content", run)


def test_a_step_waits_for_no_lock_for_ever(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provisioning, "LOCK_TIMEOUT", "100ms")
    run = ask("ingre")
    target = connection.settings_dict
    address = {"host": target["HOST"], "port": target["PORT"], "user": target["USER"], "dbname": target["NAME"]}
    with psycopg.connect(**address) as other:
        other.execute("LOCK TABLE tenants_municipality IN ACCESS EXCLUSIVE MODE")
        stopped = provisioning.advance(run.pk)
    assert stopped is not None
    assert (stopped.state, stopped.attempts) == (RunState.RUNNING, 1)
    assert "lock timeout" in stopped.problem
    finished = provisioning.advance(run.pk)
    assert finished is not None
    assert finished.state == RunState.DONE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0", "0"), "the connection goes back to others as it was"


# ── What happens to runs ─────────────────────────────────────────────────────


def cancelled_run(slug: str, patch: pytest.MonkeyPatch) -> None:
    """A run that has made all but the last step, then was cancelled; no message is sent for it."""

    def fail(run: ProvisioningRun) -> None:
        raise RuntimeError

    with patch.context() as inner:
        inner.setitem(provisioning._ACTIONS, provisioning.ORDER[-1], fail)
        inner.setattr("onboarding.services.runs.dispatch", lambda key: True)
        run = ask(slug)
        provisioning.advance(run.pk)
        cancel(run=run, operator=None, at=timezone.now())
    queue.dispatch(run.pk)


def the_lease_runs_out() -> None:
    ProvisioningRun.objects.update(next_try_at=timezone.now())


def offered_until_over(slugs: list[str]) -> bool:
    """The sweeper comes by, as it does every five seconds; whether nothing is left to do."""
    resume_provisioning()
    time.sleep(0.3)
    runs = ProvisioningRun.objects.filter(slug__in=slugs)
    ProvisioningRun.objects.filter(next_try_at__gt=timezone.now(), attempts=0).update(next_try_at=timezone.now())
    making = runs.filter(state=RunState.RUNNING)
    removing = runs.filter(state=RunState.CANCELLED, municipality__isnull=False)
    return not making.exists() and not removing.exists()


def visible(slugs: list[str]) -> list[str]:
    return [slug for slug in slugs if home(slug) != 404]


def home(slug: str) -> int:
    return Client(HTTP_HOST=f"{slug}.{settings.PUBLIC_HOST}").get("/").status_code


def assert_complete(slug: str, run: ProvisioningRun) -> None:
    run.refresh_from_db()
    assert (run.state, run.attempts, run.problem) == (RunState.DONE, 0, ""), slug
    assert sorted(record.step for record in run.steps.all()) == sorted(provisioning.ORDER)
    city = Municipality.objects.ready().get(slug=slug)
    with schema_context(city.schema_name):
        assert Consultation.objects.count() == 1, slug
        assert Challenge.objects.count() == 6, slug
        assert User.objects.count() == 1, slug
        assert OutboxMessage.objects.count() <= 1, slug  # sent already, or waiting
    assert tables_of(city.schema_name) == tables_of(Municipality.objects.get(slug="saran").schema_name)
    assert home(slug) == 200


def assert_nothing_is_left(slug: str) -> None:
    run = ProvisioningRun.objects.get(slug=slug)
    assert (run.state, run.municipality) == (RunState.CANCELLED, None)
    assert not Municipality.objects.filter(slug=slug).exists()
    assert not Domain.objects.filter(domain__startswith=slug).exists()
    known = set(Municipality.objects.values_list("schema_name", flat=True))
    known |= set(SpareSchema.objects.values_list("schema_name", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'm\\_%%'")
        assert {row[0] for row in cursor.fetchall()} <= known


def tables_of(schema_name: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = %s"
            " ORDER BY 1, 2",
            [schema_name],
        )
        rows: list[tuple[str, ...]] = cursor.fetchall()
    assert rows
    return rows


# ── Processes and servers ────────────────────────────────────────────────────


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(server: Postgres) -> None:
    """-9 to the postmaster and to every one of its children, at once."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = dict(map(int, line.split()) for line in listed.splitlines())
    family = [server.process.pid, *(pid for pid, parent in parents.items() if parent == server.process.pid)]
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.process.wait()


def copy_of_this_database(server: Postgres) -> None:
    """The database under test, on another server: its cities' roles first, then all but the long directory."""
    with psycopg.connect(server.url, autocommit=True) as connected:
        for city in Municipality.objects.all():
            connected.execute(f"CREATE ROLE {city.schema_name} NOLOGIN")
            connected.execute(f"GRANT {city.schema_name} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
    binaries = _postgres_binaries(None)
    dump = [str(binaries / "pg_dump"), "--no-comments", "--exclude-table-data=onboarding_authority"]
    dumped = subprocess.run([*dump, os.environ["DATABASE_URL"]], capture_output=True, check=True)
    subprocess.run([str(binaries / "psql"), "-q", server.url], input=dumped.stdout, capture_output=True, check=True)


@contextmanager
def on(server: Postgres) -> Iterator[None]:
    """Django, and processes started from here, on another server."""
    address = urlsplit(server.url)
    there = {"HOST": address.hostname, "PORT": address.port, "USER": address.username, "NAME": address.path[1:]}
    here = {name: connection.settings_dict[name] for name in there}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url)
        forget_connections()
        connection.settings_dict.update(there)
        try:
            yield
        finally:
            forget_connections()
            connection.settings_dict.update(here)


def forget_connections() -> None:
    for existing in connections.all(initialized_only=True):
        existing.close()
        existing.close_pool()
