"""From a confirmed sign-up to a home page that answers, worker and web included: few cities, many, a hundred at once."""

import http.client
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import Max
from django.test import override_settings
from django.utils import timezone

from consultations.library.selectors import DEFAULT_SET, latest_set
from deploy.local.services import start_postgres
from onboarding.models import ProvisioningRun, SignUp
from onboarding.services.sign_ups import AGREEMENT_VERSION, TERMS_VERSION, _confirming
from tenants import spares
from tenants.models import Domain, Municipality
from tenants.schema import create_schema
from tests.processes import eventually, free_port, process

CITIES = int(os.environ.get("BENCH_CITIES", 1000))
TIMES = int(os.environ.get("BENCH_TIMES", 15))
AT_ONCE = int(os.environ.get("BENCH_AT_ONCE", 100))
MAKERS = 4
# Each from a network of their own: of one, no more than a few a day begin what waits to be verified.
_NETWORKS = (f"10.{number // 250}.{number % 250}.1" for number in count())


@dataclass
class Platform:
    """A database of its own with web server and workers of its own, as `make run` starts them."""

    database_url: str
    redis_url: str
    port: int

    @contextmanager
    def here(self) -> Iterator[None]:
        """This process on its database."""
        address = urlsplit(self.database_url)
        _forget_connections()
        connection.settings_dict.update(HOST=address.hostname, PORT=address.port, NAME=address.path[1:])
        yield
        _forget_connections()


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    folder = Path(tempfile.mkdtemp(prefix="territoires-bench-"))
    folder.chmod(0o755)
    # A server of its own: roles and their memberships belong to the whole server.
    other = start_postgres(folder / "postgres")
    redis = os.environ["REDIS_URL"].rpartition("/")[0]
    few = Platform(os.environ["DATABASE_URL"], f"{redis}/1", free_port())
    many = Platform(other.url, f"{redis}/2", free_port())
    try:
        for platform in (few, many):
            with platform.here():
                call_command("prepare", stderr=StringIO())
        with many.here():
            _make_cities(CITIES)
        with _running(few), _running(many):
            alone = _compare(few, many)
            for ahead in (0, AT_ONCE):
                _all_at_once(few, alone, ahead)
    finally:
        other.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _compare(few: Platform, many: Platform) -> float:
    for number in range(3):  # templates are compiled, connections opened
        _one(few, f"essai-{number}"), _one(many, f"essai-{number}")
    rounds = [(_one(few, f"tilleul-{number}"), _one(many, f"tilleul-{number}")) for number in range(TIMES)]
    at_few, at_many = (statistics.median(times) for times in zip(*rounds, strict=True))
    with many.here():
        cities = Municipality.objects.count()
    print(f"  confirmed → the new city's home answers 200, medians of {TIMES}, {os.cpu_count()} cores")
    print(
        f"  baseline: with fewer than {TIMES + 5} cities        {at_few:.3f} s (goal 0.3 s), slowest {max(a for a, _b in rounds):.3f} s"
    )
    print(f"  with {cities} cities                        {at_many:.3f} s   {at_many / at_few:.2f}× (goal 1.3×)")
    return at_few


def _one(platform: Platform, slug: str) -> float:
    """Seconds from the press of the link's button to the first 200 of the new city's home."""
    with platform.here():
        path = _confirmation(slug)
        _make_ahead(1)
    press = _ready_to_press(platform, path)
    started = time.perf_counter()
    press()
    city = f"{slug}.{settings.PUBLIC_HOST}"
    server = http.client.HTTPConnection("127.0.0.1", platform.port)
    while _get(server, city) != 200:
        assert time.perf_counter() - started < 120, "the city does not come"
        time.sleep(0.01)
    return time.perf_counter() - started


def _make_ahead(number: int) -> None:
    """As the scheduler has it done, which does not run here."""
    with override_settings(SPARE_SCHEMAS=number):
        spares.refill(at=timezone.now())


def _all_at_once(platform: Platform, alone: float, ahead: int) -> None:
    slugs = [f"foule-{ahead}-{number}" for number in range(AT_ONCE)]
    with platform.here():
        paths = [_confirmation(slug) for slug in slugs]
        _make_ahead(ahead)
    presses = [_ready_to_press(platform, path) for path in paths]
    began = timezone.now()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda press: press(), presses))
    with platform.here():
        runs = ProvisioningRun.objects.filter(slug__in=slugs)
        assert eventually(lambda: runs.filter(state="DONE").count() == AT_ONCE, within=600)
        assert Municipality.objects.ready().filter(slug__in=slugs).count() == AT_ONCE
        ended = runs.aggregate(Max("ended_at"))["ended_at__max"]
        slowest = max(run.ended_at - run.created_at for run in runs if run.ended_at)
    seconds = (ended - began).total_seconds()
    print(
        f"  {AT_ONCE} confirmed at once, {ahead} made ahead: all ready in {seconds:.1f} s,"
        f" {AT_ONCE / seconds:.1f} cities a second (goal 8)"
    )
    print(
        f"  the last one to be served waited {slowest.total_seconds():.1f} s; one after the other (baseline): {AT_ONCE * alone:.1f} s"
    )


# ── What is asked ────────────────────────────────────────────────────────────


def _confirmation(slug: str) -> str:
    """A sign-up with every answer; the path of the link that its mail would bear."""
    now, email = timezone.now(), f"maire@{slug}.example"
    challenges = [{"code": each.code, "question": each.question} for each in latest_set(DEFAULT_SET).challenges.all()]
    asked = SignUp.objects.create(
        authority_name=f"Ville de {slug}",
        kind="COMMUNE",
        population=17_000,
        contact_name="Camille Martin",
        contact_role="Maire",
        email=email,
        terms_version=TERMS_VERSION,
        agreement_version=AGREEMENT_VERSION,
        accepted_at=now,
        challenge_set=DEFAULT_SET,
        challenges=challenges,
        slug=slug,
        title="Territoires résilients",
        opens_on=(now + timedelta(days=30)).date(),
        closes_on=(now + timedelta(days=65)).date(),
        done_steps=5,
        sent_at=now,
    )
    return f"/inscription/confirmer/{_confirming(email).sign(str(asked.pk))}/"


def _ready_to_press(platform: Platform, path: str):  # type: ignore[no-untyped-def]
    """The page of the link is open; what is returned presses its button."""
    server = http.client.HTTPConnection("127.0.0.1", platform.port)
    said = {"Host": settings.PUBLIC_HOST, "X-Forwarded-For": next(_NETWORKS)}
    server.request("GET", path, headers=said)
    opened = server.getresponse()
    opened.read()
    kept, path = opened.headers["Set-Cookie"].partition(";")[0], opened.headers["Location"]
    server.request("GET", path, headers={**said, "Cookie": kept})
    answer = server.getresponse()
    page = answer.read().decode()
    server.close()  # the server would, before a hundred pages are open
    assert answer.status == 200, answer.status
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    cookies = [kept, *(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", []))]
    headers = {
        **said,
        "Cookie": "; ".join(cookies),
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def press() -> None:
        server.request("POST", path, f"csrfmiddlewaretoken={found[1]}", headers)
        answer = server.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        assert "/mise-en-service/" in answer.headers["Location"], answer.headers["Location"]
        server.close()

    return press


def _get(server: http.client.HTTPConnection, host: str) -> int:
    server.request("GET", "/", headers={"Host": host})
    answer = server.getresponse()
    answer.read()
    return answer.status


# ── What runs ────────────────────────────────────────────────────────────────


@contextmanager
def _running(platform: Platform) -> Iterator[None]:
    env = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": platform.database_url,
        "REDIS_URL": platform.redis_url,
        "TRUSTED_PROXIES": "1",
    }
    gunicorn = ["-m", "gunicorn", "-c", "python:config.web", "--bind", f"127.0.0.1:{platform.port}"]
    gunicorn += ["--log-level", "critical"]
    worker = ["-m", "celery", "-A", "config.celery", "worker", "-l", "ERROR", "--without-gossip", "--without-mingle"]
    with ExitStack() as stack:
        for number, command in enumerate((gunicorn, [*worker, "-c", "2"], [*worker, "-c", "1", "-Q", "provisioning"])):
            named = ["-n", f"bench{number}@{platform.port}"] if number else []
            stack.enter_context(process(sys.executable, *command, *named, **env))
        assert eventually(lambda: _answers(platform.port), within=60)
        yield


def _answers(port: int) -> bool:
    try:
        return _get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), settings.PUBLIC_HOST) == 200
    except OSError:
        return False


def _make_cities(number: int) -> None:
    """Registered, with schema, role and address; without content."""

    def make(start: int) -> None:
        try:
            for each in range(start, number, MAKERS):
                city = Municipality(slug=f"deja-la-{each}", name=f"Déjà là {each}")
                city.save()
                create_schema(city.schema_name)
                Domain(domain=city.host, tenant=city, is_primary=True).save()
                Municipality.objects.filter(pk=city.pk).update(ready_at=timezone.now())
        finally:
            connection.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(MAKERS) as pool:
        list(pool.map(make, range(MAKERS)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tenants_municipality, tenants_domain")
    print(f"  {number} cities made in {time.perf_counter() - started:.0f} s")


def _forget_connections() -> None:
    for existing in connections.all(initialized_only=True):
        existing.close()
        existing.close_pool()
