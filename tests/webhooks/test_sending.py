"""A message is sent until it is received, within bounds; the same number each time, signed so that anybody can check."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common.models import OutboxMessage
from common.outbox import run_message
from notifications.models import Notice
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.webhooks.factories import DeliveryFactory, EndpointFactory
from tests.webhooks.servers import Site, ok, site
from webhooks import signing
from webhooks.clients import Answer
from webhooks.enums import DeliveryState, EndpointState, Outcome
from webhooks.models import Delivery, Endpoint
from webhooks.services import sending, waking
from webhooks.services.endpoints import disable, renew_secret
from webhooks.services.sending import BACK_OFF, send_for_a_while, send_next

NOW = timezone.now()


@pytest.fixture
def told(in_saran: Municipality, beside: Site) -> Endpoint:
    return EndpointFactory(url=beside.url)


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As whoever receives does it, by the words of standardwebhooks.com and nothing of ours."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split(" ")


def test_it_is_signed_by_the_secret(told: Endpoint, beside: Site) -> None:
    message = DeliveryFactory(endpoint=told, body='{"type":"essai","é":"à"}')
    assert send_next(at=NOW)
    assert not send_next(at=NOW)
    ((headers, body),) = beside.heard
    assert body.decode() == message.body
    assert headers["webhook-id"] == f"msg_{message.pk.hex}"
    assert abs(int(headers["webhook-timestamp"]) - NOW.timestamp()) < 2
    assert verified(told.secret, headers, body)
    assert not verified(signing.new_secret(), headers, body)
    message.refresh_from_db()
    told.refresh_from_db()
    assert (message.state, message.due_at, message.status) == (DeliveryState.SENT, None, 200)
    assert message.milliseconds is not None
    assert told.tried_at == NOW


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of standardwebhooks.com's own libraries."""
    said = signing.signatures(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body='{"test": 2432232314}',
    )
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_for_a_day(told: Endpoint, beside: Site) -> None:
    old = told.secret
    actor = UserFactory(administrator=True)
    new = renew_secret(endpoint=told, revision=told.revision, actor=actor, at=NOW).secret
    assert renew_secret(endpoint=told, revision=told.revision, actor=actor, at=NOW).secret == new, "a second press"
    for at in (NOW + timedelta(hours=23), NOW + timedelta(hours=25)):
        DeliveryFactory(endpoint=told)
        assert send_next(at=at)
    (during, body), (after, _body) = beside.heard
    assert verified(old, during, body)
    assert verified(new, during, body)
    assert verified(new, after, body)
    assert not verified(old, after, body)
    told.refresh_from_db()
    assert (told.old_secret, told.old_secret_until) == ("", None)


def test_what_fails_is_tried_again_with_the_same_number_then_given_up(told: Endpoint, beside: Site) -> None:
    beside.answer = lambda link: link.sendall(ok("500 Oh", b"panne"))
    message, at = DeliveryFactory(endpoint=told), NOW
    for wait in BACK_OFF:
        assert send_next(at=at)
        message.refresh_from_db()
        assert (message.state, message.due_at) == (DeliveryState.WAITING, at + wait)
        assert not send_next(at=at + wait - timedelta(seconds=1))
        at += wait
    assert send_next(at=at)
    message.refresh_from_db()
    assert (message.state, message.due_at, message.tries) == (DeliveryState.FAILED, None, 10)
    assert [(each["outcome"], each["answer"]) for each in message.log] == [("REFUSED", "panne")] * 10
    assert len({headers["webhook-id"] for headers, _body in beside.heard}) == 1
    assert timedelta(days=3) < at - NOW < timedelta(days=4)


def test_a_site_that_fails_rests_and_the_others_go_on(told: Endpoint, beside: Site) -> None:
    beside.answer = lambda link: link.sendall(ok("500 Oh"))
    DeliveryFactory.create_batch(5, endpoint=told)
    with site() as other:
        DeliveryFactory.create_batch(2, endpoint=EndpointFactory(url=other.url))
        while send_next(at=NOW):
            pass
    assert (len(beside.heard), len(other.heard)) == (1, 2)
    at = NOW
    for _try in range(6):
        told.refresh_from_db()
        assert told.rests_until is not None
        assert timedelta(seconds=5) <= told.rests_until - at <= timedelta(hours=1)
        at = told.rests_until
        assert send_next(at=at)
    assert len(beside.heard) == 7
    beside.answer = lambda link: link.sendall(ok())
    at += timedelta(hours=5)
    while send_next(at=at):
        pass
    told.refresh_from_db()
    assert (told.failures, told.failing_since, told.rests_until) == (0, None, None)
    assert set(told.deliveries.values_list("state", flat=True)) == {DeliveryState.SENT}


def test_sites_take_turns(told: Endpoint, beside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with site() as other:
        second = EndpointFactory(url=other.url)
        DeliveryFactory.create_batch(3, endpoint=told)
        DeliveryFactory.create_batch(3, endpoint=second)
        order: list[int] = []
        post = sending._sent
        monkeypatch.setattr(sending, "_sent", lambda due, at: order.append(due.endpoint.pk) or post(due, at=at))
        for second_ in range(6):
            assert send_next(at=NOW + timedelta(seconds=second_))
    assert order == [told.pk, second.pk] * 3


def stopped(told: Endpoint) -> bool:
    told.refresh_from_db()
    return told.state == EndpointState.DISABLED


def _deliver(task: str) -> None:
    for each in OutboxMessage.objects.filter(task=task):
        assert run_message(str(each.pk), at=timezone.now())


def test_after_days_of_failing_it_is_stopped_and_the_administrators_are_told(told: Endpoint, beside: Site) -> None:
    administrator = UserFactory(administrator=True, public_name="Claire", last_login=NOW)
    UserFactory(role=Role.MODERATOR, public_name="Marc", last_login=NOW)
    beside.answer = lambda link: link.sendall(ok("503 Oh"))
    at, first = NOW, True
    while at < NOW + timedelta(days=5, hours=2):
        DeliveryFactory(endpoint=told, created_at=at)
        send_next(at=at)
        if first or at - NOW < timedelta(days=4, hours=20):
            assert not stopped(told), "an evening is no reason"
        at, first = at + timedelta(hours=6), False
    assert stopped(told)
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()
    assert AuditEntry.objects.filter(action="webhook_disabled").count() == 1
    _deliver("common.outbox.send_event")
    (notice,) = Notice.objects.filter(type="WEBHOOK_STOPPED")
    assert notice.user == administrator


def _says(status: str, link: Any) -> None:
    link.sendall(ok(status))


def test_a_success_in_between_begins_anew(told: Endpoint, beside: Site) -> None:
    for day in range(12):
        status = "200 OK" if day == 4 else "500 Oh"
        beside.answer = partial(_says, status)
        DeliveryFactory(endpoint=told)
        send_next(at=NOW + timedelta(days=day))
        assert stopped(told) is (day >= 10)
        if day >= 10:
            break


def test_who_says_gone_is_stopped_at_once(told: Endpoint, beside: Site) -> None:
    beside.answer = lambda link: link.sendall(ok("410 Gone"))
    DeliveryFactory(endpoint=told)
    assert send_next(at=NOW)
    assert stopped(told)


def test_nothing_goes_where_it_was_paused_or_stopped(told: Endpoint, beside: Site) -> None:
    DeliveryFactory(endpoint=told)
    for state in (EndpointState.PAUSED, EndpointState.DISABLED):
        Endpoint.objects.update(state=state)
        assert not send_next(at=NOW)
    assert not beside.heard


def test_what_is_deleted_or_stopped_while_one_waits_for_the_answer_stays_so(
    told: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = DeliveryFactory(endpoint=told)

    def answered(due: Any, *, at: datetime) -> Answer:
        disable(Endpoint.objects.get(pk=told.pk), at=at)
        return Answer(Outcome.REFUSED, 3, 500)

    monkeypatch.setattr(sending, "_sent", answered)
    assert send_next(at=NOW)
    message.refresh_from_db()
    assert message.state == DeliveryState.FAILED

    def deleted(due: Any, *, at: datetime) -> Answer:
        Endpoint.objects.all().delete()
        return Answer(Outcome.RECEIVED, 3, 200)

    Endpoint.objects.update(state=EndpointState.ACTIVE)
    DeliveryFactory(endpoint=told)
    monkeypatch.setattr(sending, "_sent", deleted)
    assert send_next(at=NOW + timedelta(hours=1))
    assert not Delivery.objects.exists()


# ── One message of the outbox says that something waits ──────────────────────────────────────────────────────


def waits() -> list[datetime | None]:
    found = OutboxMessage.objects.filter(task="webhooks.services.waking.send_waiting").order_by("due_at")
    return list(found.values_list("due_at", flat=True))


def test_ten_thousand_messages_are_one_of_the_outbox(told: Endpoint) -> None:
    for _fact in range(3):
        DeliveryFactory(endpoint=told)
        waking.wake(at=NOW)
    assert len(waits()) == 1


def test_a_round_leaves_one_for_what_is_due_later_or_none(told: Endpoint, beside: Site) -> None:
    beside.answer = lambda link: link.sendall(ok("500 Oh"))
    DeliveryFactory(endpoint=told)
    waking.wake(at=NOW)
    send_for_a_while()
    (due_at,) = waits()
    assert due_at is not None
    assert timedelta(0) < due_at - timezone.now() < timedelta(seconds=6)
    waking.wake(at=timezone.now())
    assert len(waits()) == 1, "a new one, for now, in the place of the later one"
    assert (waits()[0] or NOW) <= timezone.now()
    beside.answer = lambda link: link.sendall(ok())
    Endpoint.objects.update(rests_until=None)
    Delivery.objects.update(due_at=NOW)
    send_for_a_while()
    assert waits() == []


def test_a_long_round_ends_and_comes_back(
    told: Endpoint,
    beside: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "ROUND_SECONDS", 0.0)
    DeliveryFactory.create_batch(3, endpoint=told)
    waking.wake(at=NOW)
    before = OutboxMessage.objects.get().pk
    with TestCase.captureOnCommitCallbacks() as published:
        send_for_a_while()
    assert OutboxMessage.objects.get().pk != before, "offered anew, behind the others"
    assert published


def test_what_is_run_twice_or_killed_between_answer_and_note_repeats_one_message(
    told: Endpoint, beside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    DeliveryFactory.create_batch(3, endpoint=told)
    waking.wake(at=NOW)
    note = sending._note

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "_note", killed)
    with pytest.raises(KeyboardInterrupt):
        send_for_a_while()
    assert len(waits()) == 1
    monkeypatch.setattr(sending, "_note", note)
    send_for_a_while()
    send_for_a_while()
    numbers = [headers["webhook-id"] for headers, _body in beside.heard]
    assert (len(numbers), len(set(numbers))) == (4, 3)


@pytest.mark.parametrize("change", [{"state": LifecycleState.SUSPENDED}, {"maintenance_since": NOW}, {"moved_at": NOW}])
def test_of_a_city_that_nobody_reads_nothing_leaves(
    told: Endpoint, beside: Site, saran: Municipality, change: Any
) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=saran.pk).update(**change)
    DeliveryFactory(endpoint=told)
    send_for_a_while()
    assert not beside.heard
    (due_at,) = waits()
    assert due_at is not None
    assert due_at > timezone.now() + timedelta(minutes=50)
