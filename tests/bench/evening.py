"""The evening when everyone comes: readers while others write, in one hot city and over two hundred (EVENING_CITIES)."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Challenge, Consultation
from consultations.participation.models import Draft, Proposal
from tenants.models import Municipality
from tests.bench import fleet, pages
from tests.bench.load import Ask, Server, answered, keep, served

CITIES = int(os.environ.get("EVENING_CITIES", "200"))
SECONDS = float(os.environ.get("EVENING_SECONDS", "3"))
ROUNDS = int(os.environ.get("EVENING_ROUNDS", "3"))
# Of each measure, after a third as long in which pages are made for the first time.
MINUTE = float(os.environ.get("EVENING_MINUTE", "60"))
PEOPLE, VISITORS, OF_COLD = 500, 200, 3
RATES = (0, 10, 50)
GOALS = {10: 90, 50: 70}
MIX = 40_000


def run() -> None:
    if not pages.REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    city, paths, _cookie = pages.prepared()
    with schema_context(city.schema_name):
        proposals = list(Proposal.objects.published().order_by("-for_count", "pk"))
        people = pages.sign_in(PEOPLE)
    with served() as readers:
        for name, path in {"home": "/", **paths}.items():
            _while_writing(name, [Ask(city.host, path)], city, readers)
        asks = [Ask(city.host, paths["list"], who=who) for who in range(100, 100 + VISITORS)]
        _while_writing("list (32)", asks, city, readers)
    cold = _cold_cities()
    _of_an_evening(f"{CITIES} cities, half of it in one,", city, proposals, people, cold)
    _of_an_evening("the hot city alone", city, proposals, people, [])


# ── One page while its city changes ───────────────────────────────────────────


def _while_writing(name: str, asks: list[Ask], city: Municipality, server: Server) -> None:
    """Rounds of all rates, one after the other, because a machine is never as quick for two minutes; their medians."""
    clock: dict[int, list[float]] = {rate: [] for rate in RATES}
    spent: dict[int, list[float]] = {rate: [] for rate in RATES}
    for _unused in range(ROUNDS):
        keep(asks, server.port, seconds=len(RATES) * (SECONDS + 1))
        for rate in RATES:
            with _writing(city, rate):
                before = server.spent()
                found = answered(asks, server.port, seconds=SECONDS)
                spent[rate].append((server.spent() - before) / found.reads)
            clock[rate].append(found.per_second)
    alone, own = median(clock[0]), median(spent[0])
    print(f"  {name:<10} {alone:6.0f} pages/s, {own * 1000:5.2f} ms of processor each, while nobody writes")
    for rate in RATES[1:]:
        kept, cheaper = 100 * median(clock[rate]) / alone, 100 * own / median(spent[rate])
        print(
            f"  evening: {name} keeps {kept:.0f} % at {rate} writes/s (goal {GOALS[rate]} %), by processor {cheaper:.0f} %"
        )


@contextmanager
def _writing(city: Municipality, rate: int) -> Iterator[None]:
    """So many cheap changes a second of what pages show, in a thread of this process."""
    done = threading.Event()

    def write() -> None:
        with schema_context(city.schema_name):
            keys = list(Proposal.objects.published().values_list("pk", flat=True)[:50])
            due = time.monotonic()
            while not done.is_set():
                with connection.cursor() as cursor:
                    sql = 'UPDATE "participation_proposal" SET "like_count" = "like_count" + 1 WHERE id = %s'
                    cursor.execute(sql, [random.choice(keys)])
                due += 1 / rate
                done.wait(max(0.0, due - time.monotonic()))
        connection.close()

    thread = threading.Thread(target=write)
    if rate:
        thread.start()
    try:
        yield
    finally:
        done.set()
        if rate:
            thread.join()


# ── All of them ───────────────────────────────────────────────────────────────


def _of_an_evening(
    name: str,
    city: Municipality,
    proposals: list[Proposal],
    people: list[tuple[User, str]],
    cold: list[tuple[str, list[str]]],
) -> None:
    reading = lambda: _read(city, proposals, people, cold)  # noqa: E731
    writing = _writes(city, proposals, people)
    mix = [reading() if random.random() < 0.8 else next(writing) for _unused in range(MIX)]
    alone = [each for each in mix if not each.form]
    per_page = {}
    with served() as readers, served(workers=1) as writers:
        answered(alone, readers.port, writers.port, seconds=MINUTE / 3)
        for who, asks in (("alone", alone), ("while a fifth write", mix)):
            before = readers.spent()
            found = answered(asks, readers.port, writers.port, seconds=MINUTE)
            per_page[who] = (readers.spent() - before) / found.reads
            print(
                f"  {name} {who}: {found.reads / found.seconds:.0f} pages and {found.writes / found.seconds:.0f} writes a second,"
                f" {100 * found.made / found.reads:.1f} % of pages made anew; answers {found.statuses}"
            )
    without, with_writers = per_page.values()
    print(
        f"  evening: in {name} a read page takes {with_writers * 1000:.2f} ms of processor while a fifth write, {without * 1000:.2f}"
        f" without: {with_writers / without:.2f}× (goal 1.3×)"
    )


def _read(
    city: Municipality, proposals: list[Proposal], people: list[tuple[User, str]], cold: list[tuple[str, list[str]]]
) -> Ask:
    """Half of all in the hot city, half of them signed in, a few proposals more than the others."""
    page = random.random()
    if random.random() < 0.5 and cold:
        host, paths = random.choice(cold)
        path = "/" if page < 0.3 else "/propositions/" if page < 0.6 else random.choice(paths)
        return Ask(host, path, who=random.randrange(100, 100 + OF_COLD))
    proposal = proposals[int(len(proposals) * random.random() ** 3)]
    path = "/" if page < 0.2 else "/propositions/" if page < 0.5 else proposal.get_absolute_url()
    cookie = random.choice(people)[1] if random.random() < 0.5 else ""
    return Ask(city.host, path, who=random.randrange(100, 100 + VISITORS), cookie=cookie)


def _writes(city: Municipality, proposals: list[Proposal], people: list[tuple[User, str]]) -> Iterator[Ask]:
    """Three reactions for an argument or a proposal."""
    with schema_context(city.schema_name):
        challenges = list(Challenge.objects.filter(consultation__is_current=True))
        drafts = Draft.objects.bulk_create(
            Draft(
                challenge=random.choice(challenges), author=people[number % PEOPLE][0], title=f"Des bancs, numéro {number}",
                solution=f"Poser un banc à l’ombre devant le numéro {number} de la rue de la gare.",
                problem="Les bancs sont au soleil, et personne ne s’y assoit en juillet.",
                benefit="Chacun se repose en chemin, et l’on se parle.",
            )
            for number in range(1000)
        )  # fmt: skip
    cookies = {user.pk: cookie for user, cookie in people}
    number = 0
    while True:
        number += 1
        _user, cookie = random.choice(people)
        proposal = proposals[int(len(proposals) * random.random() ** 3)]
        here = proposal.get_absolute_url()
        if number % 20 == 0 and drafts:
            draft = drafts.pop()
            yield Ask(
                city.host, f"/brouillons/{draft.pk}/", cookie=cookies[draft.author_id], form="publish=1", server=1
            )
        elif number % 4 == 0:
            words = f"text=Trente-quatre degres sous les toits, et c est la nuit numero {number}.&stance=FOR"
            yield Ask(city.host, f"{here}argumenter/", cookie=cookie, form=words, server=1)
        else:
            value = random.choice(("LIKE", "MIXED", "DISLIKE"))
            yield Ask(city.host, f"{here}reagir/", cookie=cookie, form=f"reaction={value}", server=1)


def _cold_cities() -> list[tuple[str, list[str]]]:
    """Cities that are hardly read, with ten proposals each: their hosts and the addresses of these."""
    fleet.open_model("01006")
    model = Municipality.objects.get(slug="modele")
    with schema_context(model.schema_name):
        author = User.objects.create(email="m@example.org", public_name="Mésange")
        challenge = Consultation.objects.get().challenges.order_by("position", "pk")[0]
        made = [
            Proposal.objects.create(
                challenge=challenge,
                author=author,
                title=f"Des bancs {each}",
                solution="À l’ombre. " * 40,
                like_count=each,
            )
            for each in range(10)
        ]
        paths = [each.get_absolute_url() for each in made]
    fleet.grow(CITIES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [(each.host, paths) for each in Municipality.objects.filter(slug__startswith="ville-")]
