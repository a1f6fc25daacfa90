"""The web, PostgreSQL and the worker killed with -9 while people vote and while it is counted: no confirmed ballot is
lost or counted twice, and the key is destroyed with the ballots or not at all.
"""

import http.client
import shutil
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.voting.models import Ballot, Tally, Vote, Voter
from consultations.voting.services import closing
from consultations.voting.services.timing import close_vote
from deploy.local.services import start_postgres
from tenants.keys.services import KeyDestroyed, key_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.onboarding.test_killed_worker import copy_of_this_database, forget_connections, kill, on
from tests.processes import eventually, forked, free_port, web_server
from tests.voting.crowd import Phone
from tests.voting.factories import a_vote

PEOPLE, AT_ONCE = 20, 5


class Crowd:
    """Each presses until the page says that it is recorded; every fourth on two devices at once."""

    def __init__(self, phones: list[Phone]) -> None:
        self.phones = phones
        self.receipts: defaultdict[int, set[str]] = defaultdict(set)
        self.told: Counter[int] = Counter()
        self.lost = 0
        self._over = time.monotonic() + 120

    def come(self) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._vote, range(len(self.phones))))

    def _vote(self, who: int) -> None:
        if who % 4 == 0:
            other = threading.Thread(target=self._press, args=(who,))
            other.start()
            self._press(who)
            other.join()
        else:
            self._press(who)

    def _press(self, who: int) -> None:
        phone, number = self.phones[who], 1 + who % 5
        while time.monotonic() < self._over:
            try:
                if phone.chooses(number) and phone.confirms(number):
                    self.receipts[who].add(phone.receipt())
                    self.told[who] += 1
                    return
            except (OSError, http.client.HTTPException, AssertionError):
                self.lost += 1
            time.sleep(0.2)


class OwnPostgres:
    """A copy of the database under test on a server that may be killed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="territoires-vote-"))
        self.folder.chmod(0o755)
        self.server = start_postgres(self.folder / "postgres", fsync=True)
        copy_of_this_database(self.server)

    def is_killed(self) -> None:
        kill(self.server)
        self.server.stop()  # lets go of its folder
        self.server = start_postgres(self.folder / "postgres", port=self.server.port, fsync=True)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    own = OwnPostgres()
    try:
        yield own
    finally:
        own.server.stop()
        shutil.rmtree(own.folder, ignore_errors=True)


def _phones(city: Municipality, vote: Vote, port: int) -> list[Phone]:
    found = []
    for _each in range(PEOPLE):
        client = Client(HTTP_HOST=city.host)
        client.force_login(UserFactory())
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        found.append(Phone(port, city.host, cookie, vote.get_absolute_url()))
    return found


def _kill_all(pid: int) -> None:
    for each in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        with suppress(psutil.NoSuchProcess):
            each.kill()


@pytest.mark.usefixtures("few_are_enough")
def test_whatever_is_killed_each_confirmed_ballot_counts_once(real_db: str, tmp_path: Path) -> None:
    city, port = Municipality.objects.get(slug="saran"), free_port()
    with own_postgres() as postgres, on(postgres.server):
        with schema_context(city.schema_name):
            vote = a_vote()
            crowd = Crowd(_phones(city, vote, port))
        forget_connections()
        log = tmp_path / "web.log"
        coming = threading.Thread(target=crowd.come)
        with web_server(port, log, GUNICORN_CMD_ARGS="--workers 2 --graceful-timeout 1") as web:
            coming.start()
            assert eventually(lambda: len(crowd.receipts) > PEOPLE // 5)
            _kill_all(web.pid)
        with web_server(port, log, GUNICORN_CMD_ARGS="--workers 2 --graceful-timeout 1"):
            assert eventually(lambda: len(crowd.receipts) > PEOPLE // 2)
            postgres.is_killed()
            coming.join()
        forget_connections()
        assert len(crowd.told) == PEOPLE, log.read_text()[-3000:]
        assert sum(crowd.told.values()) == PEOPLE + PEOPLE // 4
        assert crowd.lost
        with schema_context(city.schema_name):
            assert Voter.objects.filter(has_voted=True).count() == PEOPLE
            Vote.objects.update(closes_at=timezone.now() - timedelta(minutes=2))
            for stop, is_there in (("destroy_key", True), ("_count", False)):
                _closing_is_killed(vote, stop, tmp_path / stop)
                assert Ballot.objects.exists() is _has_key(vote) is is_there
                assert Tally.objects.exists() is not is_there
            close_vote(vote_id=vote.pk)
            tally = Tally.objects.get()
        assert (tally.online, tally.receipts) == (
            PEOPLE,
            sorted(receipt for each in crowd.receipts.values() for receipt in each),
        )
        assert tally.result["votes"] == {str(number): PEOPLE // 5 for number in range(1, 6)}


def _has_key(vote: Vote) -> bool:
    try:
        return bool(key_of(vote.key_name))
    except KeyDestroyed:
        return False


def _closing_is_killed(vote: Vote, stop: str, stopped: Path) -> None:
    """At the step, with all before it done in its transaction."""

    def wait(*args: Any, **kwargs: Any) -> None:
        stopped.touch()
        time.sleep(600)

    def close() -> None:
        setattr(closing, stop, wait)
        close_vote(vote_id=vote.pk)

    with forked(close) as closer:
        assert eventually(stopped.exists)
        closer.kill()
