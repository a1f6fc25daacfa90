"""What was asked for in a committed transaction is done: by a real worker, in the right city, Redis away or not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from accounts.tasks import send_mail
from common import outbox
from common.models import OutboxMessage
from tenants.models import Municipality
from tenants.tasks import sweep_outboxes
from tenants.waiting import schemas_with_due_messages
from tests.processes import eventually, inbox, text_of, worker

MAIL = {"to": "a@example.org", "subject": "Bonjour", "body": "Ça va ?\n", "sender": "Saran <s@example.org>"}
HEADERS = {
    "List-Unsubscribe": f"<https://saran.territoires.example/desabonnement/4711-1.{'k9_-' * 11}/>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


@pytest.fixture
def broker(real_db: str) -> Any:
    """An empty queue: the workers of one Redis share it."""
    current_app.control.purge()
    yield
    current_app.control.purge()


def city(slug: str) -> Municipality:
    return Municipality.objects.get(slug=slug)


def test_a_mail_asked_for_in_a_city_is_sent_by_a_worker_over_smtp(broker: None) -> None:
    with inbox() as received, worker(EMAIL_URL=received.url):
        with schema_context(city("saran").schema_name), transaction.atomic():
            outbox.enqueue(send_mail, **MAIL, html="<p>Ça va ?</p>\n", headers=HEADERS)
        assert eventually(lambda: len(received.messages) == 1)
        with schema_context(city("saran").schema_name):
            assert eventually(lambda: not OutboxMessage.objects.exists())
    (message,) = received.messages
    assert message["To"] == "a@example.org"
    # The same twice, the richer last (RFC 2046, 5.1.4): a program shows the last that it can.
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.get_payload()] == ["text/plain", "text/html"]
    assert text_of(message).strip() == "Ça va ?"
    assert text_of(message, "text/html").strip() == "<p>Ça va ?</p>"
    # An address may stand on a line of its own, but whole.
    assert {name: message[name].strip() for name in HEADERS} == HEADERS


def test_a_rolled_back_message_is_never_run(real_db: str) -> None:
    with schema_context(city("saran").schema_name):
        with pytest.raises(RuntimeError), transaction.atomic():
            outbox.enqueue(send_mail, **MAIL)
            raise RuntimeError
        assert not OutboxMessage.objects.exists()


def test_a_message_is_offered_once_it_can_be_seen_and_not_before(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is told of it before its commit finds nothing, and it waits for the sweep."""
    offered: list[tuple[str, bool]] = []

    def note(message_id: str, task: str, **_how: Any) -> None:
        offered.append((task, in_another.submit(_is_seen, message_id).result()))

    monkeypatch.setattr(outbox, "publish", note)
    with ThreadPoolExecutor(1) as in_another:
        with schema_context(city("saran").schema_name), transaction.atomic():
            outbox.enqueue(send_mail, **MAIL)
            assert offered == []
        in_another.submit(lambda: connection.close()).result()
    assert offered == [("accounts.tasks.send_mail", True)]


def _is_seen(message_id: str) -> bool:
    with schema_context(city("saran").schema_name):
        return OutboxMessage.objects.filter(pk=message_id).exists()


def test_with_redis_away_the_message_waits_and_is_run_once_it_is_back(
    real_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_listens = current_app.connection_for_write("redis://127.0.0.1:1/0")
    publish = outbox.run_outbox_message.apply_async
    monkeypatch.setattr(outbox.run_outbox_message, "apply_async", partial(publish, connection=nobody_listens))
    monkeypatch.setattr(outbox, "_broker_away_until", 0.0)
    with schema_context(city("saran").schema_name), transaction.atomic():
        outbox.enqueue(send_mail, **MAIL)
    assert schemas_with_due_messages(at=timezone.now()) == [city("saran").schema_name]
    monkeypatch.undo()
    monkeypatch.setattr(outbox, "_broker_away_until", 0.0)
    with worker(EMAIL_URL="dummymail://"):
        assert sweep_outboxes() == 1
        assert eventually(lambda: schemas_with_due_messages(at=timezone.now()) == [])


@pytest.mark.parametrize(
    ("problem", "errors"), [(RuntimeError("SMTP away"), OutboxMessage.MAX_ATTEMPTS), (outbox.NotYet("SMTP away"), 1)]
)
def test_a_handler_that_fails_is_tried_again_later_and_given_up_in_the_end(
    real_db: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    problem: Exception,
    errors: int,
) -> None:
    """Of each failure operators are told; of what is only waited for, once it is given up."""
    name = outbox._name(send_mail)

    def fail(**payload: Any) -> None:
        AuditEntry.objects.create(action="half done")
        raise problem

    monkeypatch.setitem(outbox._handlers, name, fail)
    with schema_context(city("brest").schema_name):
        message = OutboxMessage.objects.create(task=name, payload=MAIL)
        for attempt in range(1, OutboxMessage.MAX_ATTEMPTS + 1):
            assert outbox.run_message(str(message.pk), at=timezone.now()) is False
            message.refresh_from_db()
            assert message.attempts == attempt
        assert message.due_at is None
        assert "SMTP away" in message.last_error
        assert sum(record.levelname == "ERROR" for record in caplog.records) == errors
        assert not AuditEntry.objects.filter(action="half done").exists()


def test_two_workers_never_run_a_message_at_once(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schema_name, ran, run_by_another = city("saran").schema_name, [], []

    def another_worker(key: str) -> None:
        with schema_context(schema_name):
            run_by_another.append(outbox.run_message(key, at=timezone.now()))
        connection.close()

    def handler(**payload: Any) -> None:
        ran.append(payload)
        if len(ran) == 1:
            thread = threading.Thread(target=another_worker, args=[str(message.pk)])
            thread.start()
            thread.join()

    monkeypatch.setitem(outbox._handlers, outbox._name(send_mail), handler)
    with schema_context(schema_name):
        message = OutboxMessage.objects.create(task=outbox._name(send_mail), payload=MAIL)
        assert outbox.run_message(str(message.pk), at=timezone.now()) is True
    assert (ran, run_by_another) == ([MAIL], [False])


def test_a_message_is_run_once(real_db: str) -> None:
    with schema_context(city("saran").schema_name):
        message = OutboxMessage.objects.create(task=outbox._name(send_mail), payload=MAIL)
        assert outbox.run_message(str(message.pk), at=timezone.now()) is True
        assert outbox.run_message(str(message.pk), at=timezone.now()) is False
    assert connection.schema_name == "public"
