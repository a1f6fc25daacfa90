"""Lists and proposals with a real consultation, against an empty Django view on the same server."""

import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.services import find_or_create_user
from consultations.framing.models import Consultation
from consultations.framing.services.opening import open_consultation
from consultations.participation.importing import import_consultation
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.framing.factories import make_ready
from tests.processes import ROOT, eventually, free_port, process

REAL = ROOT.parent / "shared" / "data" / "republique-numerique.jsonl"
WORKERS, THREADS, SECONDS, ROUNDS = 2, 4, 3, 5


def run() -> None:
    if not shutil.which("wrk"):
        print("  skipped: the load generator wrk is not installed (Debian: apt install wrk)")
        return
    if not REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    city, paths, cookie = _prepared()
    for name, path in paths.items():
        print(f"  {name}: {_queries(city, path)} queries for a visitor, {_queries(city, path, cookie)} signed in")
    with _server("tests.bench.empty") as empty, _server("config.wsgi") as port:
        for name, path in paths.items():
            for who, asked, goal in (("visitor", "", 3), ("signed in", cookie, 10)):
                print(f"  {name:<9} {who:<10} {_compared(empty, port, path, city.host, asked)} (goal 1/{goal})")
            weight = _weight(port, path, city.host)
            print(f"  {name:<9} {weight / 1000:.0f} kB transferred with a cold cache, fonts included (goal 100)")


def _compared(empty: int, port: int, path: str, host: str, cookie: str) -> str:
    """Rounds of both, one after the other, because a machine is never as quick for two minutes; their median."""
    rounds = [(_rate(empty, "/", host), _rate(port, path, host, cookie)) for _unused in range(ROUNDS)]
    baseline, ours = sorted(rounds, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
    return f"{ours:6.0f} requests/s, an empty Django view {baseline:6.0f}: 1/{baseline / ours:.1f}"


def _prepared() -> tuple[Municipality, dict[str, str], str]:
    call_command("prepare", stderr=StringIO())
    call_command(
        "provision",
        authority="01004",
        name="Banc",
        slug="banc",
        admin="a@example.org",
        stdout=StringIO(),
        stderr=StringIO(),
    )
    city = Municipality.objects.get(slug="banc")
    now = timezone.now()
    with schema_context(city.schema_name), REAL.open("rb") as lines:
        import_consultation(lines)
        Consultation.objects.filter(is_current=True).update(is_current=False)
        consultation = Consultation.objects.get(import_ref__isnull=False)
        consultation.is_current, consultation.opened_at = True, None
        consultation.save()
        make_ready(consultation, opens_at=now - timedelta(days=5), closes_at=now + timedelta(days=20), at=now)
        open_consultation(consultation=consultation, municipality=city, actor=None, at=now)
        busiest = Proposal.objects.published().order_by("-for_count", "pk")[0]
        user = find_or_create_user(email="habitante@example.org")
        user.public_name = "Mésange"
        user.save()
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "accounts.backends.SchemaBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    city.refresh_from_db()
    return city, {"list": "/propositions/", "proposal": busiest.get_absolute_url()}, f"sessionid={session.session_key}"


def _queries(city: Municipality, path: str, cookie: str = "") -> int:
    from django.core.cache import caches

    caches["pages"].clear()
    client = Client(HTTP_HOST=city.host, HTTP_COOKIE=cookie)
    client.get(path)
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith("SELECT set_config") for query in captured)


@contextmanager
def _server(module: str) -> Iterator[int]:
    port = free_port()
    command = (
        sys.executable, "-m", "gunicorn", f"{module}:application", "-b", f"127.0.0.1:{port}", "-k", "gthread",
        "-w", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "30", "--log-level", "critical",
    )  # fmt: skip
    with process(*command, DJANGO_SETTINGS_MODULE="config.settings.base"):
        assert eventually(lambda: _answers(port)), "the server did not start"
        yield port


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _rate(port: int, path: str, host: str, cookie: str = "") -> float:
    headers = ["-H", f"Host: {host}", *(["-H", f"Cookie: {cookie}"] if cookie else [])]
    command = ["wrk", "-t1", f"-c{WORKERS * THREADS}", *headers, f"http://127.0.0.1:{port}{path}"]
    subprocess.run([*command, "-d1"], capture_output=True, check=True)
    out = subprocess.run([*command, f"-d{SECONDS}"], capture_output=True, check=True, text=True).stdout
    assert "Non-2xx" not in out, out
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found, out
    return float(found[1])


def _weight(port: int, path: str, host: str) -> int:
    """Bytes on the wire of the page and all that it names, compressed as a browser asks for."""

    def get(address: str) -> tuple[int, str]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{address}", headers={"Host": host, "Accept-Encoding": "br, gzip"}
        )
        with urllib.request.urlopen(request) as response:
            body = response.read()
            return len(body), "" if response.headers.get("Content-Encoding") else body.decode(errors="replace")

    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    ) as response:
        page = response.read().decode()
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+|/couleurs/[^"]+)"', page))
    return get(path)[0] + sum(get(address)[0] for address in named if Path(address).suffix != ".txt")
