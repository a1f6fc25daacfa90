"""A city moves to another installation's database while people write: nothing is lost, killed anywhere it goes on, and it
never takes writing in both."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.session_store import SessionStore
from common.db import as_owner
from common.models import OutboxMessage
from consultations.participation.models import Proposal
from consultations.voting.models import Tally, Vote
from consultations.voting.services.timing import close_vote
from deploy.local.services import Postgres
from tenants.cells import moving
from tenants.cells.copying import tables_of
from tenants.cells.elsewhere import Elsewhere
from tenants.enums import MoveStage
from tenants.models import CityKey, CityMove, Domain, HostReservation, Municipality
from tenants.schema import schema_exists
from tenants.waiting import schemas_with_due_messages
from tests.accounts.factories import UserFactory
from tests.onboarding.test_killed_worker import on
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.tenants.cells import STOPS, forget, has_stopped, mover, second_installation
from tests.voting.factories import a_vote, cast


@pytest.fixture
def there(real_db: str) -> Iterator[Postgres]:
    with second_installation("saran") as server:
        yield server


@pytest.fixture
def city(there: Postgres) -> Municipality:
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        ArgumentFactory(proposal=ProposalFactory(title="Un banc\tsous le « tilleul »\\"))
        OutboxMessage.objects.create(task="accounts.tasks.send_mail")
    return city


def _move(there: Postgres, *options: str) -> str:
    said = StringIO()
    call_command("move_city", "saran", "--to", there.url, *options, stdout=said, stderr=StringIO())
    return said.getvalue()


def _takes_writing(schema_name: str) -> bool:
    """The city's role, or whoever owns its tables."""
    for way in (nullcontext(), as_owner()):
        with way, schema_context(schema_name), suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("UPDATE participation_proposal SET title = title")
            return True
    return False


def _open_in(there: Postgres, city: Municipality) -> list[str]:
    """In which of the two it can be written."""
    found = ["here"] if _takes_writing(city.schema_name) else []
    with on(there):
        if schema_exists(city.schema_name) and _takes_writing(city.schema_name):
            found.append("there")
    return found


def _home(city: Municipality) -> int:
    return Client(HTTP_HOST=city.host).get("/").status_code


def _signed_in(city: Municipality) -> Client:
    client = Client(HTTP_HOST=city.host)
    with schema_context(city.schema_name):
        client.force_login(UserFactory(email="jeanne@example.org", public_name="Jeanne"))
    return client


def test_a_city_moves_and_lives_there(city: Municipality, there: Postgres) -> None:
    jeanne = _signed_in(city)
    with schema_context(city.schema_name):
        vote = a_vote()
        receipt = cast(vote, 1).receipt
        Session.objects.update(expire_date=timezone.now() + timedelta(days=3))
        before = list(Session.objects.values())
    said = _move(there)
    assert "held for" in said
    city.refresh_from_db()
    assert city.moved_at is not None
    assert _open_in(there, city) == ["there"]
    assert city.schema_name not in schemas_with_due_messages(at=timezone.now())
    assert _home(city) == 200  # until the proxy's map is written, it is read here
    answer = Client(HTTP_HOST=city.host).post("/connexion/", {"email": "jeanne@example.org"})
    assert answer.status_code == 409
    assert jeanne.get("/compte/").status_code == 200
    with schema_context(city.schema_name):
        assert list(Session.objects.values()) == before
    with on(there):
        found = Municipality.objects.get(schema_name=city.schema_name)
        assert (found.slug, found.moved_at, found.state) == ("saran", None, city.state)
        assert {each.domain for each in found.domains.all()} == {each.domain for each in city.domains.all()}
        assert _home(found) == 200
        assert jeanne.get("/compte/").status_code == 200  # her session went along
        assert city.schema_name in schemas_with_due_messages(at=timezone.now())
        with schema_context(city.schema_name):
            assert Proposal.objects.get().title == "Un banc\tsous le « tilleul »\\"
            last = Proposal.objects.get().pk
            assert ProposalFactory().pk > last
            Vote.objects.update(closes_at=timezone.now() - timedelta(minutes=2))
            close_vote(vote_id=vote.pk)  # with its key, which went along
            assert Tally.objects.get().receipts == [receipt]
    assert not CityKey.objects.filter(schema_name=city.schema_name).exists()
    with pytest.raises(CommandError, match="has moved already"):
        _move(there)


class Writers:
    """People who write, and what they were told was done."""

    def __init__(self, schema_name: str, number: int = 3) -> None:
        self.schema_name = schema_name
        self.done: dict[int, str] = {}
        # Asked for since what was last acknowledged, and perhaps done before its answer was lost.
        self.tried: dict[int, set[str | None]] = {}
        self.gone: set[int] = set()
        self.refused = 0
        self.longest = 0.0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(each,)) for each in range(number)]

    def _write(self, who: int) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            started = time.monotonic()
            try:
                self._once(who, number)
            except DatabaseError:
                self.refused += 1
                time.sleep(0.02)
            self.longest = max(self.longest, time.monotonic() - started)
            connection.close()
        connections.close_all()

    def _once(self, who: int, number: int) -> None:
        with schema_context(self.schema_name):
            if number % 7 == 6 and (mine := [pk for pk, words in self.done.items() if words.startswith(f"{who} ")]):
                self.tried.setdefault(mine[0], set()).add(None)
                Proposal.objects.filter(pk=mine[0]).delete()
                self.gone.add(mine[0])
                self.done.pop(mine[0])
            elif number % 3 == 2 and (mine := [pk for pk, words in self.done.items() if words.startswith(f"{who} ")]):
                words = f"{who} again {number}"
                self.tried.setdefault(mine[-1], set()).add(words)
                if Proposal.objects.filter(pk=mine[-1]).update(title=words):
                    self.done[mine[-1]] = words
                    self.tried[mine[-1]].clear()
            else:
                made = ProposalFactory(title=f"{who} new {number}")
                self.done[made.pk] = made.title

    @contextmanager
    def at_work(self) -> Iterator["Writers"]:
        for each in self._threads:
            each.start()
        try:
            yield self
        finally:
            self._over.set()
            for each in self._threads:
                each.join(30)


def test_nothing_that_was_acknowledged_is_lost(city: Municipality, there: Postgres, tmp_path: Path) -> None:
    with schema_context(city.schema_name):
        ProposalFactory.create_batch(200)
    written = get_context("fork").Event()
    with (
        mover("saran", "--to", there.url, folder=tmp_path, after=written) as moving_it,
        Writers(city.schema_name).at_work() as writers,
    ):
        written.set()
        moving_it.join(300)
        assert moving_it.exitcode == 0, (tmp_path / "mover.log").read_text()
        after = writers.refused
        while writers.refused < after + 5:
            time.sleep(0.05)
    assert len(writers.done) > 20
    assert writers.gone
    with on(there), schema_context(city.schema_name):
        found = dict(Proposal.objects.values_list("pk", "title"))
    for pk, words in writers.done.items():
        assert found.get(pk) in {words, *writers.tried.get(pk, ())}
    assert not writers.gone & found.keys()
    assert _open_in(there, city) == ["there"]
    assert writers.longest < 20, writers.longest


# Each stop in one of the two ways, every second one; `MOVE_STOPS=all` has each in both.
ALL_STOPS = os.environ.get("MOVE_STOPS") == "all"


@pytest.mark.parametrize("undone", [False, True], ids=["goes on", "undone"])
def test_killed_anywhere_it_goes_on_or_is_undone(
    city: Municipality, there: Postgres, tmp_path: Path, undone: bool
) -> None:
    for number, stop in enumerate(STOPS):
        if number % 2 == undone and not ALL_STOPS:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        title = f"Avant l’arrêt {number}"
        with schema_context(city.schema_name):
            ProposalFactory(title=title)
        with mover("saran", "--to", there.url, stop=stop, folder=folder) as killed:
            assert has_stopped(folder), (folder / "mover.log").read_text()
            killed.kill()
            killed.join()
        writes = _open_in(there, city)
        assert writes in (["here"], [], ["there"]), stop
        if undone and stop != "before _note_done":
            assert "stays here" in _move(there, "--undo")
            assert _open_in(there, city) == ["here"], stop
            with on(there):
                assert not Municipality.objects.filter(slug="saran").exists()
        else:
            if undone:
                with pytest.raises(CommandError, match="open there already"):
                    _move(there, "--undo")
            _move(there)
            assert _open_in(there, city) == ["there"], stop
            with on(there):
                with schema_context(city.schema_name):
                    assert Proposal.objects.filter(title=title).exists()
                forget(Municipality.objects.get(slug="saran"))
                CityMove.objects.all().delete()
            _come_home(city)


def _come_home(city: Municipality) -> None:
    """For the next round: as if it had never left."""
    move = CityMove.objects.latest("begun_at")
    with transaction.atomic():
        moving.put_down(moving.Package.unpacked(move.package), cell=0)
        moving._let_write_again(city)
        CityMove.objects.all().delete()


def test_the_former_copy_is_dropped_by_a_second_command_and_the_city_may_come_home(
    city: Municipality, there: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="lives here"):
        _move(there, "--retire")
    here = f"postgresql://{connection.settings_dict['USER']}@{connection.settings_dict['HOST']}:{connection.settings_dict['PORT']}/{connection.settings_dict['NAME']}"
    _move(there)
    with on(there), pytest.raises(CommandError, match="former copy is still there"):
        call_command("move_city", "saran", "--to", here, stderr=StringIO())
    assert "dropped" in _move(there, "--retire")
    assert not schema_exists(city.schema_name)
    assert Client(HTTP_HOST=city.host).get("/").status_code == 404
    with on(there):
        with schema_context(city.schema_name):
            ProposalFactory(title="Écrit là-bas")
        call_command("move_city", "saran", "--to", here, stdout=StringIO(), stderr=StringIO())
    found = Municipality.objects.get(slug="saran")
    assert (found.pk, found.moved_at) == (city.pk, None)
    assert _open_in(there, city) == ["here"]
    assert _home(found) == 200
    with schema_context(city.schema_name):
        assert Proposal.objects.filter(title="Écrit là-bas").exists()


def test_what_is_refused(city: Municipality, there: Postgres, settings: Any) -> None:
    def refused(words: str) -> None:
        with pytest.raises(CommandError, match=words):
            _move(there)
        assert _open_in(there, city) == ["here"]
        assert not CityMove.objects.exists()

    with pytest.raises(CommandError, match="no address of a PostgreSQL database"):
        call_command("move_city", "saran", "--to", "sqlite:///x")
    with pytest.raises(CommandError, match="cell 0"):
        call_command("move_city", "saran", "--to", there.url.rpartition(":")[0] and _own_url())
    brest = Municipality.objects.get(slug="brest")
    with on(there):
        Domain.objects.create(tenant=Municipality.objects.get(slug="brest"), domain=city.host, is_primary=False)
    refused("one of its hosts there")
    with on(there):
        Domain.objects.filter(domain=city.host).delete()
        Municipality.objects.filter(slug="brest").update(slug="saran")
    refused("Another city has its address")
    with on(there):
        HostReservation.objects.create(host=city.host, schema_name=brest.schema_name, kind=brest.kind, name="Brest")
        Municipality.objects.filter(pk=brest.pk).update(slug="brest")
    refused("reserved for another authority")
    with on(there):
        HostReservation.objects.filter(host=city.host).delete()
        Municipality.objects.filter(pk=brest.pk).update(slug="brest")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
    refused("another release")
    with on(there), connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_installation SET key_check = 'another'")
    refused("another SECRET_KEY")
    with on(there), connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_installation SET number = 0")
    refused("a CELL of its own")


def test_the_pause_hands_over_nothing_that_is_not_as_it_should_be(
    city: Municipality, there: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_TRIES", 1)

    def refused(words: str) -> None:
        with pytest.raises(CommandError, match=words):
            _move(there)
        assert _open_in(there, city) == ["here"]

    # A message is being run, which has sent a mail and not yet said so.
    outbox = sql.Identifier(city.schema_name, OutboxMessage._meta.db_table)
    with psycopg.connect(_own_url()) as worker:
        assert worker.execute(sql.SQL("SELECT id FROM {} FOR UPDATE").format(outbox)).fetchall()
        refused("too busy")

    real_round, real_files = moving.make_the_same, moving._copy_files

    def spoilt(schema_name: str, there: Elsewhere, beside: str) -> Any:
        found = real_round(schema_name, there, beside)
        with there(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("UPDATE {}.participation_proposal SET title = 'x'").format(sql.Identifier(beside)))
        found.pieces.setdefault("participation_proposal", [0])
        return found

    with monkeypatch.context() as patch:
        patch.setattr(moving, "make_the_same", spoilt)
        refused("Not the same there as here, and nothing was changed: participation_proposal")

    def undone(way: Any) -> None:
        real_files(way)
        with way.there():
            CityMove.objects.filter(key=way.move.key).update(stage=MoveStage.UNDONE)

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_copy_files", undone)
        refused("undone there")


def _own_url() -> str:
    target = connection.settings_dict
    return f"postgresql://{target['USER']}@{target['HOST']}:{target['PORT']}/{target['NAME']}"


def test_files_go_along(city: Municipality, there: Postgres, media: Path, tmp_path: Path, settings: Any) -> None:
    file = media / city.schema_name / "plan" / "un.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF")
    with pytest.raises(CommandError, match="--media"):
        _move(there)
    _move(there, "--media", str(tmp_path / "there"))
    assert (tmp_path / "there" / city.schema_name / "plan" / "un.pdf").read_bytes() == b"%PDF"


def test_what_makes_a_row_a_piece(in_saran: Municipality) -> None:
    by_number = {table.name: table.by_number for table in tables_of(in_saran.schema_name)}
    assert by_number["participation_proposal"]
    assert not by_number["django_session"]
    assert Elsewhere(_own_url()).name.endswith(connection.settings_dict["NAME"])


def test_whose_place_is_taken_meanwhile_stays_where_it_is(city: Municipality, there: Postgres, tmp_path: Path) -> None:
    with mover("saran", "--to", there.url, stop="after _copy_beside", folder=tmp_path):
        assert has_stopped(tmp_path), (tmp_path / "mover.log").read_text()
    with on(there):
        Municipality.objects.filter(slug="brest").update(slug="saran")
    with pytest.raises(CommandError, match="taken its place meanwhile"):
        _move(there)
    assert _open_in(there, city) == ["here"]
    with pytest.raises(CommandError, match="is to be undone"):
        call_command("move_city", "saran", "--to", _own_url(), "--undo")
    assert "stays here" in _move(there, "--undo")
    assert _open_in(there, city) == ["here"]
    assert not CityMove.objects.exclude(handed_over_at=None).exists()


def test_no_session_is_kept_where_a_city_has_left(in_saran: Municipality) -> None:
    for moved_at, count in ((timezone.now(), 0), (None, 1)):
        in_saran.moved_at = moved_at
        connection.set_tenant(in_saran)
        session = SessionStore()
        session["begun"] = True
        session.save(must_create=True)
        assert Session.objects.count() == count
