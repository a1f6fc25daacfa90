"""Lists and proposals with a real consultation, against an empty Django view on the same server."""

import re
import urllib.request
from datetime import timedelta
from io import StringIO
from pathlib import Path
from statistics import median

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from accounts.services import find_or_create_user
from accounts.session_store import SessionStore
from consultations.framing.models import Consultation
from consultations.framing.services.opening import open_consultation
from consultations.participation.importing import import_consultation
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.bench.load import Ask, Server, answered, keep, served
from tests.framing.factories import make_ready
from tests.processes import ROOT

REAL = ROOT.parent / "shared" / "data" / "republique-numerique.jsonl"
SECONDS, ROUNDS, PEOPLE, VISITORS, CITIES = 3.0, 5, 100, 50, 3
# In how many empty views: what a page costs in processor, gzip counted.
GOALS = {("list", "visitor"): 2.2, ("list", "signed in"): 5, ("proposal", "visitor"): 3, ("proposal", "signed in"): 7}


def run() -> None:
    if not REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    city, paths, cookie = prepared()
    for name, path in paths.items():
        print(f"  {name}: {_queries(city, path)} queries for a visitor, {_queries(city, path, cookie)} signed in")
    every = [(city, paths), *(prepared(number)[:2] for number in range(1, CITIES))]
    cookies = []
    for each, _paths in every:
        with schema_context(each.schema_name):
            cookies.append([cookie for _user, cookie in sign_in(PEOPLE)])
    with served("tests.bench.empty") as empty, served() as ours:
        for name in paths:
            visitors = [Ask(each.host, own[name], who=100 + who) for who in range(VISITORS) for each, own in every]
            people = [
                Ask(each.host, own[name], cookie=cookies[number][who])
                for who in range(PEOPLE)
                for number, (each, own) in enumerate(every)
            ]
            for who, asks in (("visitor", visitors), ("signed in", people)):
                print(f"  {name:<9} {who:<10} {_compared(empty, ours, asks)} (goal {GOALS[name, who]})")
            weight = _weight(ours.port, paths[name], city.host)
            print(f"  {name:<9} {weight / 1000:.0f} kB transferred with a cold cache, fonts included (goal 100)")


def _compared(empty: Server, ours: Server, asks: list[Ask]) -> str:
    """Rounds of both, one after the other, because a machine is never as quick for two minutes; their median."""
    rounds = []
    for _unused in range(ROUNDS):
        baseline, ours_now = (_measured(empty, [Ask("localhost", "/")]), _measured(ours, asks))
        rounds.append((baseline, ours_now))
    cost = median(page[1] / view[1] for view, page in rounds)
    slower = median(view[0] / page[0] for view, page in rounds)
    view, page = median(view[1] for view, _page in rounds), median(page[1] for _view, page in rounds)
    rate = median(page[0] for _view, page in rounds)
    return (
        f"{rate:6.0f} requests/s, {page * 1000:.2f} ms of processor each: {cost:.1f} empty views of {view * 1000:.2f} ms;"
        f" by the clock {slower:.1f}"
    )


def _measured(server: Server, asks: list[Ask]) -> tuple[float, float]:
    """Pages a second, and the processor of each, once all forms of the page are kept: for a minute they stay so."""
    keep(asks, server.port, seconds=SECONDS)
    before = server.spent()
    found = answered(asks, server.port, seconds=SECONDS)
    return found.per_second, (server.spent() - before) / found.reads


def prepared(number: int = 0) -> tuple[Municipality, dict[str, str], str]:
    """A city with the real consultation, open; its addresses; somebody's cookie."""
    call_command("prepare", stderr=StringIO())
    call_command(
        "provision",
        authority=("01004", "01007", "01008", "01010")[number],
        name="Banc",
        slug=f"banc-{number}",
        admin="a@example.org",
        stdout=StringIO(),
        stderr=StringIO(),
    )
    city = Municipality.objects.get(slug=f"banc-{number}")
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
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    city.refresh_from_db()
    return city, {"list": "/propositions/", "proposal": busiest.get_absolute_url()}, cookie


def sign_in(number: int) -> list[tuple[User, str]]:
    """So many people of the present city, each with the cookie of a session."""
    people = User.objects.bulk_create(
        User(email=f"evening{each}@example.org", public_name=f"Mésange {each}") for each in range(number)
    )
    return [(user, f"{settings.SESSION_COOKIE_NAME}={session_of(user)}") for user in people]


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "accounts.backends.SchemaBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key


def _queries(city: Municipality, path: str, cookie: str = "") -> int:
    from django.core.cache import caches

    caches["pages"].clear()
    client = Client(HTTP_HOST=city.host, HTTP_COOKIE=cookie)
    client.get(path)
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return sum(not query["sql"].startswith("SELECT set_config") for query in captured)


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
