"""The sweep looks only where something waits: and finds all that does, whatever is killed and whoever writes meanwhile."""

import signal
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.tasks import send_mail
from common import outbox
from common.db import as_owner
from common.models import OutboxMessage
from tenants import tasks, waiting
from tenants.models import Municipality, WaitingOutbox
from tests.common.test_outbox import MAIL
from tests.processes import die, forked, then_die

NOW = timezone.now


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is offered to workers: schema and message."""
    offered: list[tuple[str, str]] = []

    def offer(args: list[str], **kwargs: Any) -> None:
        offered.append((connection.schema_name, args[0]))

    monkeypatch.setattr(outbox.run_outbox_message, "apply_async", offer)
    return offered


@pytest.fixture
def cities(real_db: str) -> tuple[Municipality, Municipality]:
    WaitingOutbox.objects.all().delete()
    return Municipality.objects.get(slug="saran"), Municipality.objects.get(slug="brest")


def write(city: Municipality | None, at: datetime | None = None) -> None:
    with schema_context(city.schema_name if city else "public"), transaction.atomic():
        if at is None:
            outbox.enqueue(send_mail, **MAIL)
        else:
            outbox.enqueue_each_at(send_mail, [(at, MAIL), (at + timedelta(hours=1), MAIL)])


def hints() -> list[tuple[str, datetime]]:
    with schema_context("public"):
        return list(WaitingOutbox.objects.values_list("schema_name", "due_at"))


def hinted() -> list[str]:
    return sorted(name for name, _due in hints())


def done(city: Municipality) -> None:
    with schema_context(city.schema_name):
        for pk in list(OutboxMessage.objects.values_list("pk", flat=True)):
            assert outbox.run_message(str(pk), at=NOW())


def due() -> list[str]:
    return waiting.schemas_with_due_messages(at=NOW())


def test_a_message_and_its_hint_are_one_statement(cities: tuple[Municipality, Municipality]) -> None:
    saran, _brest = cities
    with schema_context(saran.schema_name), CaptureQueriesContext(connection) as asked:
        outbox.enqueue(send_mail, **MAIL)
    assert len([query for query in asked if "outbox" in query["sql"]]) == 1
    assert hinted() == [saran.schema_name]
    write(None)
    with schema_context(saran.schema_name), as_owner():  # the service, in a city
        connection.set_schema(saran.schema_name)
        outbox.enqueue(send_mail, **MAIL)
    assert hinted() == [saran.schema_name, saran.schema_name, "public"]


def test_what_is_rolled_back_waits_nowhere(cities: tuple[Municipality, Municipality]) -> None:
    with pytest.raises(ZeroDivisionError), schema_context(cities[0].schema_name), transaction.atomic():
        outbox.enqueue(send_mail, **MAIL)
        raise ZeroDivisionError
    assert hints() == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM public.tenants_waitingoutbox",
        "DELETE FROM public.tenants_waitingoutbox",
        "UPDATE public.tenants_waitingoutbox SET due_at = now()",
        "INSERT INTO public.tenants_waitingoutbox (schema_name, due_at) VALUES ('{other}', now())",
        "SELECT public.outbox_waits(now(), '{other}')",
    ],
)
def test_a_city_neither_reads_nor_writes_what_waits_elsewhere(
    in_saran: Municipality, brest: Municipality, statement: str
) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|does not exist"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(other=brest.schema_name))


def test_wherever_a_citys_role_looks_what_it_says_is_said_of_itself(
    cities: tuple[Municipality, Municipality],
) -> None:
    saran, brest = cities
    with schema_context(saran.schema_name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path = {brest.schema_name}, public")
        cursor.execute("SELECT public.outbox_waits(now())")
    assert hinted() == [saran.schema_name]


def test_hints_go_once_nothing_waits_and_not_before(
    cities: tuple[Municipality, Municipality], nobody_works: list[tuple[str, str]]
) -> None:
    saran, brest = cities
    for city in (saran, saran, saran, brest):
        write(city)
    nobody_works.clear()
    assert tasks.sweep_outboxes() == 4
    assert {schema for schema, _pk in nobody_works} == {saran.schema_name, brest.schema_name}
    assert hinted() == sorted([saran.schema_name, brest.schema_name]), "one for each is enough"
    assert tasks.sweep_outboxes() == 4, "nobody has done them"
    done(saran)
    assert due() == [brest.schema_name]
    assert hinted() == [brest.schema_name]
    done(brest)
    assert due() == []
    assert hints() == []


def test_what_is_due_later_is_looked_for_then(cities: tuple[Municipality, Municipality]) -> None:
    saran, _brest = cities
    later = NOW() + timedelta(hours=8)
    write(saran, later)
    assert hints() == [(saran.schema_name, later)]
    assert due() == []
    assert waiting.schemas_with_due_messages(at=later + timedelta(seconds=1)) == [saran.schema_name]
    with schema_context(saran.schema_name):
        first = OutboxMessage.objects.order_by("due_at")[0]
        assert outbox.run_message(str(first.pk), at=later)
    assert waiting.schemas_with_due_messages(at=later + timedelta(seconds=1)) == []
    assert hints() == [(saran.schema_name, later + timedelta(hours=1))], "the next one of that outbox"


def test_one_that_fails_is_looked_for_when_it_is_to_be_tried_again(
    cities: tuple[Municipality, Municipality], monkeypatch: pytest.MonkeyPatch
) -> None:
    saran, _brest = cities
    write(saran)
    monkeypatch.setitem(outbox._handlers, outbox._name(send_mail), lambda **payload: 1 / 0)
    with schema_context(saran.schema_name):
        message = OutboxMessage.objects.get()
        assert not outbox.run_message(str(message.pk), at=NOW())
        message.refresh_from_db()
    assert due() == []
    assert hints() == [(saran.schema_name, message.due_at)]
    with schema_context(saran.schema_name):
        OutboxMessage.objects.update(due_at=None)  # given up
        outbox.offer_again(str(message.pk))
    assert due() == [saran.schema_name]


def test_whoever_writes_while_the_sweep_looks_is_found_by_the_next(
    cities: tuple[Municipality, Municipality], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways: committed after the hints were read, and after the outbox was looked into."""
    saran, _brest = cities
    may_commit, wrote = threading.Event(), threading.Event()

    def elsewhere() -> None:
        try:
            with schema_context(saran.schema_name), transaction.atomic():
                outbox.enqueue(send_mail, **MAIL)
                wrote.set()
                assert may_commit.wait(30)
        finally:
            connection.close()

    for moment in ("next_due", "_settle"):
        write(saran)
        done(saran)  # a hint that stands for nothing any more
        may_commit.clear(), wrote.clear()
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert wrote.wait(30)
        inner = getattr(waiting, moment)

        def meanwhile(*args: Any, inner: Any = inner, thread: threading.Thread = thread, **kwargs: Any) -> Any:
            may_commit.set()
            thread.join(30)
            return inner(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(waiting, moment, meanwhile)
            due()
        assert due() == [saran.schema_name], moment
        done(saran)
        assert due() == []
        assert hints() == []


def dies_at(moment: str) -> None:
    """This process kills itself at the moment asked for."""
    match moment:
        case "before the look":
            waiting.next_due = die
        case "before the hints":
            waiting._settle = die
        case "after the hints":
            waiting._settle = then_die(waiting._settle)
        case "after one":
            tasks.publish = then_die(tasks.publish)


@pytest.mark.parametrize("moment", ["before the look", "before the hints", "after the hints", "after one"])
def test_killed_at_any_moment_what_waits_is_offered_by_the_next(
    cities: tuple[Municipality, Municipality], tmp_path: Path, moment: str
) -> None:
    saran, brest = cities
    for city in (saran, brest, saran):
        write(city)

    def work() -> None:
        dies_at(moment)
        tasks.sweep_outboxes()

    with forked(work, log=tmp_path / "log") as started:
        started.join(60)
        assert started.exitcode == -signal.SIGKILL, (tmp_path / "log").read_text()
    assert tasks.sweep_outboxes() == 3
    assert hinted() == sorted([saran.schema_name, brest.schema_name])


def test_what_nobody_said_is_found_within_a_day_by_one_slice(
    cities: tuple[Municipality, Municipality], caplog: pytest.LogCaptureFixture
) -> None:
    saran, brest = cities
    write(saran)
    write(brest)
    WaitingOutbox.objects.filter(schema_name=brest.schema_name).delete()
    begun = NOW()
    found = [waiting.repair(at=begun + number * waiting.REPAIR_EVERY) for number in range(waiting.REPAIRS_A_DAY)]
    assert sorted(found)[-2:] == [0, 1]
    assert hinted() == sorted([saran.schema_name, brest.schema_name])
    assert brest.schema_name in caplog.text
    assert sorted(due()) == hinted()


def test_a_city_in_the_making_waits_and_what_is_of_no_city_goes(cities: tuple[Municipality, Municipality]) -> None:
    saran, brest = cities
    write(saran)
    Municipality.objects.filter(pk=saran.pk).update(ready_at=None)
    WaitingOutbox.objects.create(schema_name="m_nobodys000", due_at=NOW())
    write(brest)
    Municipality.objects.filter(pk=brest.pk).update(state="DELETED")
    assert due() == []
    assert hinted() == [saran.schema_name]
    Municipality.objects.filter(pk=saran.pk).update(ready_at=NOW())
    assert due() == [saran.schema_name]


def test_what_it_costs_follows_what_waits_not_how_many_cities_there_are(
    cities: tuple[Municipality, Municipality],
) -> None:
    saran, _brest = cities
    with CaptureQueriesContext(connection) as quiet:
        tasks.sweep_outboxes()
    assert len(quiet) <= 2
    write(saran)
    with CaptureQueriesContext(connection) as few:
        tasks.sweep_outboxes()
    Municipality.objects.bulk_create(
        Municipality(slug=f"ville-{number}", name=f"Ville {number}", ready_at=NOW()) for number in range(40)
    )
    with CaptureQueriesContext(connection) as many:
        tasks.sweep_outboxes()
    assert len(many) <= len(few)


def test_only_cities_where_something_is_over_are_entered(
    cities: tuple[Municipality, Municipality], monkeypatch: pytest.MonkeyPatch
) -> None:
    saran, brest = cities
    for city, ends in ((saran, -1), (brest, 1)):
        with schema_context(city.schema_name):
            Session.objects.create(session_key="x" * 32, session_data="", expire_date=NOW() + timedelta(hours=ends))
    entered: list[str] = []
    forget = tasks.forget_expired
    monkeypatch.setattr(
        tasks, "forget_expired", lambda **kwargs: (entered.append(connection.schema_name), forget(**kwargs))
    )
    tasks.forget_the_expired()
    assert entered == ["public", saran.schema_name]
    for city, left in ((saran, 0), (brest, 1)):
        with schema_context(city.schema_name):
            assert Session.objects.count() == left
