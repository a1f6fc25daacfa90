"""A ballot as a request against a bare insert; a thousand people in one minute; the close of 20,000 ballots."""

import random
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.framing.services.opening import open_consultation
from consultations.voting.enums import Method
from consultations.voting.models import Ballot, Tally, Vote, Voter
from consultations.voting.sealing import Choice, new_receipt, seal
from consultations.voting.services import ballots
from consultations.voting.services.closing import close
from tenants.keys.services import key_of
from tenants.models import Municipality
from tests.bench.contributions import _cpu_time
from tests.bench.load import served
from tests.bench.pages import sign_in
from tests.bench.reactions import GOAL_MS, _measured, _say
from tests.framing.factories import make_ready
from tests.support.memory import most_memory
from tests.voting.crowd import Phone
from tests.voting.factories import a_vote

TIMES, CROWD, AT_ONCE = 150, 1_000, 8
VOTERS, PROJECTS = 20_000, 100
COSTS = [10_000 + 500 * number for number in range(20)]


def run() -> None:
    city = _prepared()
    with schema_context(city.schema_name):
        people = sign_in(2 * TIMES + CROWD)
    _one_ballot(city, people[: 2 * TIMES])
    _in_one_minute(city, people[2 * TIMES :])
    _closing(city)


# ── One ballot ────────────────────────────────────────────────────────────────


def _one_ballot(city: Municipality, people: list[tuple[User, str]]) -> None:
    with schema_context(city.schema_name):
        vote, at = a_vote(costs=COSTS), timezone.now()
        bare = _measured([lambda: _insert(vote) for _unused in range(TIMES)])
        _say("a bare insert of one row", bare, bare)
        first, second = [user for user, _cookie in people[:TIMES]], people[TIMES:]
        _say("something chosen, the service", _measured([lambda u=u: _choose(vote, u, at) for u in first]), bare)
        _say("a ballot, the service", _measured([lambda u=u: _confirm(vote, u, at) for u in first]), bare)
    clients = [Client(HTTP_HOST=city.host, HTTP_COOKIE=cookie) for _user, cookie in second]
    here = vote.get_absolute_url()
    chosen = [lambda c=each: _post(c, f"{here}choisir/", {"ajouter": "3"}, 200) for each in clients]
    _say("something chosen, the request", _measured(chosen), bare)
    confirmed = [lambda c=each: _post(c, f"{here}relire/", {"vu": "3"}, 302) for each in clients]
    spent = _cpu_time()
    _say("a ballot, the request", _measured(confirmed), bare)
    spent = 1000 * (_cpu_time() - spent) / TIMES
    print(f"  a ballot, the request: {spent:.1f} ms of processor, its own and PostgreSQL's (goal {GOAL_MS} ms)")
    with CaptureQueriesContext(connection) as asked:
        _post(clients[0], f"{here}relire/", {"vu": "3"}, 302)
    print(f"  a ballot, the request: {len(asked)} statements, all of the middleware's with it")


def _choose(vote: Vote, user: User, at: Any) -> None:
    ballots.choose(vote=vote, user=user, number=3, wanted=True, at=at)


def _confirm(vote: Vote, user: User, at: Any) -> None:
    ballots.confirm(vote=vote, user=user, seen=[3], at=at)


def _insert(vote: Vote) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO voting_ballot (id, vote_id) VALUES (%s, %s)", [uuid4(), vote.pk])


def _post(client: Client, path: str, form: dict[str, str], status: int) -> None:
    head = {"HX-Request": "true"} if "choisir" in path else {}
    answer = client.post(path, form, headers=head)
    assert answer.status_code == status, answer.content[:500]


# ── A thousand people ─────────────────────────────────────────────────────────


def _in_one_minute(city: Municipality, people: list[tuple[User, str]]) -> None:
    """Each chooses two, reads, confirms, and looks at the receipt; one in ten on two devices at once."""
    with schema_context(city.schema_name):
        vote = a_vote(costs=COSTS)
    with served() as server:
        phones = [Phone(server.port, city.host, cookie, vote.get_absolute_url()) for _user, cookie in people]
        _votes(phones[0], 0)
        before, started = server.spent(), time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            receipts = list(pool.map(_with_devices, enumerate(phones)))
        seconds, spent = time.monotonic() - started, server.spent() - before
    with schema_context(city.schema_name):
        assert Voter.objects.filter(vote=vote, has_voted=True).count() == CROWD
        tally = _closed(vote)
        assert (tally.online, tally.receipts) == (CROWD, sorted(receipts))
        expected = {str(number): 0 for number in range(1, len(COSTS) + 1)}
        for who in range(CROWD):
            expected[str(1 + who % 10)] += 1
            expected[str(11 + who % 10)] += 1
        assert tally.result["votes"] == expected
    requests = CROWD * 4 + CROWD // 10 * 4
    print(
        f"  {CROWD} people, {requests} requests in {seconds:.0f} s (goal 60 s): {CROWD / seconds:.0f} ballots a second;"
        f" {1000 * spent / requests:.1f} ms of processor a request, {1000 * spent / CROWD:.0f} ms a person;"
        " each counted once, as they chose, under their receipt"
    )


def _with_devices(one: tuple[int, Phone]) -> str:
    who, phone = one
    if who % 10:
        return _votes(phone, who)
    other = threading.Thread(target=_votes, args=(phone, who))
    other.start()
    receipt = _votes(phone, who)
    other.join()
    return receipt


def _votes(phone: Phone, who: int) -> str:
    numbers = (1 + who % 10, 11 + who % 10)
    for _again in range(20):
        if phone.chooses(*numbers) and phone.confirms(*numbers):
            return phone.receipt()
    raise AssertionError("never recorded")


# ── The close ─────────────────────────────────────────────────────────────────


def _closing(city: Municipality) -> None:
    """Opening, writing and counting: of a tenth, and of all."""
    for voters in (VOTERS // 10, VOTERS):
        with schema_context(city.schema_name):
            vote = a_vote(
                costs=[1 + 1_200 * number for number in range(PROJECTS)], method=Method.SHARES, budget=1_000_000
            )
            key = key_of(vote.key_name)
            Ballot.objects.bulk_create(_sealed(vote, key, voters), batch_size=2_000)
            tracemalloc.start()
            before, clock = time.process_time(), time.perf_counter()
            tally = _closed(vote)
            spent, seconds = time.process_time() - before, time.perf_counter() - clock
            memory = tracemalloc.get_traced_memory()[1] / 1024**2
            tracemalloc.stop()
        print(
            f"  {voters} ballots on {PROJECTS} projects closed and counted in {seconds:.0f} s, {spent:.0f} CPU-seconds"
            f" while memory was traced (goal 60), {memory:.0f} MB at most; the file {len(tally.file) / 1e6:.1f} MB,"
            f" the process {most_memory():.0f} MB at most"
        )
    _result_page(city, vote)


def _result_page(city: Municipality, vote: Vote) -> None:
    client, path = Client(HTTP_HOST=city.host), f"{vote.get_absolute_url()}resultat/"
    said = []
    for _twice in range(2):
        with CaptureQueriesContext(connection) as asked:
            started = time.perf_counter()
            answer = client.get(path)
            taken = 1000 * (time.perf_counter() - started)
        assert answer.status_code == 200
        said.append(f"{len(asked)} statements, {taken:.1f} ms ({answer.headers.get('X-Cache', 'made')})")
    print(f"  its result page, first {said[0]}; then {said[1]}")


def _sealed(vote: Vote, key: bytes, voters: int) -> Iterator[Ballot]:
    chance = random.Random(18)
    for _each in range(voters):
        name, chosen = uuid4(), frozenset(chance.sample(range(1, PROJECTS + 1), chance.randint(1, 10)))
        yield Ballot(
            pk=name, vote=vote, sealed=seal(key, name, Choice(chosen, new_receipt(), vote.opens_at), is_draft=False)
        )


def _closed(vote: Vote) -> Tally:
    now = timezone.now()
    Vote.objects.filter(pk=vote.pk).update(closes_at=now - timedelta(minutes=1))
    close(vote_id=vote.pk, at=now)
    return Tally.objects.get(vote=vote)


def _prepared() -> Municipality:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01007", name="Votes", slug="votes", admin="a@example.org", **quiet)
    city, now = Municipality.objects.get(slug="votes"), timezone.now()
    with schema_context(city.schema_name):
        consultation = Consultation.objects.get()
        make_ready(consultation, opens_at=now - timedelta(days=5), closes_at=now + timedelta(days=20), at=now)
        open_consultation(consultation=consultation, municipality=city, actor=None, at=now)
    city.refresh_from_db()
    return city
