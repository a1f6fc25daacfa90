"""A release over many cities against migrate_schemas, and the memory that many cities cost (FLEET_CITIES=1000)."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg import sql

from consultations.framing.models import Consultation
from consultations.framing.services.opening import open_consultation
from tenants.fleet import migrate_fleet
from tenants.models import Domain, Municipality
from tenants.schema import create_schema
from tenants.structure import current_snapshot
from tests.framing.factories import make_ready
from tests.processes import ROOT, environment, eventually, free_port, process
from tests.releases import Step, next_release

CITIES = int(os.environ.get("FLEET_CITIES", "1000"))
SAMPLE = min(40, CITIES)  # cities over which migrate_schemas finds nothing to do
CHANGED = min(200, CITIES)  # cities that get a column and an index
FEW = 10
JOBS = 4
UNPOOLED = "tests.bench.unpooled"
MIGRATE_SCHEMAS = ("migrate_schemas", "--tenant", "--noinput", "-v", "0", "--executor=multiprocessing")


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    _change_some()
    open_model()
    grow(SAMPLE)
    idle = _command(*MIGRATE_SCHEMAS, DJANGO_SETTINGS_MODULE=UNPOOLED) / SAMPLE
    plain = _timed(lambda: call_command("migrate_schemas", tenant=True, interactive=False, verbosity=0)) / SAMPLE
    grow(CITIES)
    _nothing_to_do(plain, idle)
    _memory()


# ── Time ─────────────────────────────────────────────────────────────────────


def _change_some() -> None:
    """Two releases of the same kind, one after the other, so that both ways change the same cities."""
    grow(CHANGED)
    with tempfile.TemporaryDirectory() as folder, next_release(Path(folder), [_step("one")]) as release:
        capture = _timed(current_snapshot)
        ours = _command("fleet", "migrate", "--jobs", str(JOBS), **release.environment)
        assert _having_column("one") == CHANGED
        with next_release(Path(folder), [_step("two")], settings=UNPOOLED) as release:
            baseline = _command(*MIGRATE_SCHEMAS, **release.environment)
            assert _having_column("two") == CHANGED
    print(f"  a column and an index over {CHANGED} cities:")
    print(f"    baseline: migrate_schemas, multiprocessing    {baseline:6.1f} s   {_each(baseline / CHANGED)} a city")
    print(
        f"    fleet migrate --jobs {JOBS}, recording included     {ours:6.1f} s   {_each(ours / CHANGED)} a city"
        f"   {baseline / ours:.1f}× faster (goal 20×)"
    )
    print(f"    beside, for the new cities of the release: the capture of their structure, {capture:.1f} s once")
    Municipality.objects.all().delete()  # their schemas stay: dropping them all would take long


def _having_column(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM information_schema.columns JOIN tenants_municipality ON schema_name = table_schema
               WHERE table_name = 'participation_proposal' AND column_name = %s""",
            [name],
        )
        return int(cursor.fetchone()[0])


def _step(name: str) -> Step:
    return Step(
        f"""
        migrations.AddField("proposal", "{name}", models.CharField(max_length=40, default="", blank=True)),
        migrations.AddIndex("proposal", models.Index(fields=["{name}", "-submitted_at"], name="proposal_by_{name}")),
        """
    )


def _nothing_to_do(plain: float, idle: float) -> None:
    cities = Municipality.objects.count()
    ours = statistics.median(_timed(migrate_fleet) for _unused in range(20))
    print(f"  nothing to do over {cities} cities; migrate_schemas measured over {SAMPLE} and multiplied:")
    for name, each in (("one after the other", plain), ("multiprocessing", idle)):
        print(
            f"    baseline: migrate_schemas, {name:<20} {each * cities:6.1f} s   {_each(each)} a city"
            f"   fleet migrate {each * cities / ours:,.0f}× faster"
        )
    print(f"    fleet migrate, one query                        {ours * 1000:6.1f} ms")


def _each(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _command(*arguments: str, **env: str) -> float:
    """How long a management command takes in a process of its own, without the start of Python and Django."""
    env = {"DJANGO_SETTINGS_MODULE": "config.settings.base", **env}
    command = [sys.executable, "-c", _TIMED_COMMAND, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(**env), capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stderr
    return float(done.stdout.splitlines()[-1])


_TIMED_COMMAND = """
import sys, time, django
django.setup()
from django.core.management import call_command
started = time.perf_counter()
call_command(*sys.argv[1:])
print(time.perf_counter() - started)
"""


# ── Cities ───────────────────────────────────────────────────────────────────


def open_model(authority: str = "01004") -> None:
    """The city whose content the others get: open, in its time to propose."""
    call_command(
        "provision", authority=authority, name="Modèle", slug="modele", admin="a@example.org",
        stdout=StringIO(), stderr=StringIO(),
    )  # fmt: skip
    city, now = Municipality.objects.get(slug="modele"), timezone.now()
    with schema_context(city.schema_name):
        consultation = Consultation.objects.get()
        make_ready(consultation, opens_at=now - timedelta(days=5), closes_at=now + timedelta(days=20), at=now)
        open_consultation(consultation=consultation, municipality=city, actor=None, at=now)


def grow(cities: int) -> None:
    """Make cities until there are so many, each with the content of the first if that has any."""
    model = Municipality.objects.filter(slug="modele").first()
    numbers = range(Municipality.objects.count(), cities)
    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(lambda number: _city(f"ville-{number}", model), numbers))


def _city(slug: str, model: Municipality | None) -> None:
    try:
        with schema_context("public"):
            now = timezone.now()
            city = Municipality.objects.create(
                slug=slug, name=slug.title(), ready_at=now, opened_at=now, verified_at=now
            )
            Domain.objects.create(domain=city.host, tenant=city, is_primary=True)
            create_schema(city.schema_name)
            if model is not None:
                _copy_content(model.schema_name, city.schema_name)
    finally:
        connection.close()


def _copy_content(model: str, schema_name: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, string_agg(format('%%I', column_name), ', ')
               FROM information_schema.columns
               WHERE table_schema = %s AND is_generated = 'NEVER'
                 AND table_name NOT IN ('django_migrations', 'common_contentrevision', 'common_changedscope',
                                        'common_outboxmessage')
               GROUP BY table_name ORDER BY table_name""",
            [model],
        )
        for table, columns in cursor.fetchall():
            cursor.execute(
                sql.SQL("INSERT INTO {city}.{table} ({columns}) SELECT {columns} FROM {model}.{table}").format(
                    city=sql.Identifier(schema_name),
                    model=sql.Identifier(model),
                    table=sql.Identifier(table),
                    columns=sql.SQL(columns),
                )
            )


# ── Memory ───────────────────────────────────────────────────────────────────


def _memory() -> None:
    """One web process with one connection, asked for pages of a few cities and then of all."""
    if not Path("/proc/self/status").exists():
        print("  memory: skipped, this system has no /proc")
        return
    hosts = [city.host for city in Municipality.objects.order_by("pk")]
    port = free_port()
    command = (
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "-b", f"127.0.0.1:{port}", "-w", "1",
        "-k", "gthread", "--threads", "1", "--no-control-socket", "--log-level", "critical",
    )  # fmt: skip
    with process(
        *command, DJANGO_SETTINGS_MODULE="config.settings.base", DATABASE_POOL="1", PGAPPNAME="bench-web"
    ) as master:
        assert eventually(lambda: _ask(port, hosts[0]) == 200, within=90), "the server did not start"
        (web,) = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        for host in hosts[:FEW] * 3:
            _ask(port, host)
        few = _private(int(web)), _private(_backend())
        for host in hosts:
            assert _ask(port, host) == 200
        all_of_them = _private(int(web)), _private(_backend())
    print(f"  private memory after two pages of each of {len(hosts)} cities, against the same of {FEW}:")
    for name, before, after in zip(("a web process", "its PostgreSQL backend"), few, all_of_them, strict=True):
        print(
            f"    {name:<24} {before:6.1f} → {after:6.1f} MB   {after / before:.2f}×"
            f"   {(after - before) / (len(hosts) - FEW) * 1000:.0f} kB a city"
        )


def _ask(port: int, host: str) -> int:
    for path in ("/", "/propositions/"):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
        try:
            with _opener().open(request, timeout=10) as response:
                response.read()
                status = int(response.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0
    return status


def _opener() -> urllib.request.OpenerDirector:
    """Nothing between us and the loopback, whatever proxy the environment names."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'bench-web' ORDER BY pid")
        ((pid,),) = cursor.fetchall()
    return int(pid)


def _private(pid: int) -> float:
    """Memory that is this process's own, in MB: neither files nor PostgreSQL's shared buffers."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found, status
    return int(found[1]) / 1000
