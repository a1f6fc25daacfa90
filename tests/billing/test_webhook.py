"""Stripe's webhooks: believed when signed, kept first, taken once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from billing.clients.webhooks import MAX_BODY
from billing.models import WebhookEvent
from common.models import OutboxMessage
from deploy.local.fake_stripe.webhooks import signature
from tests.billing.buying import work
from tests.billing.fake import FakeStripe

SECRET = "whsec_of_tests"


def told(**other: Any) -> bytes:
    about = {"id": "in_1", "object": "invoice"}
    whole = {"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1_796_115_600, "livemode": False}
    return json.dumps({**whole, "data": {"object": about}, **other}).encode()


@pytest.fixture
def post(db: None, visit: Callable[..., Client]) -> Callable[..., int]:
    client = visit(None, enforce_csrf_checks=True)

    def send(body: bytes, header: str | None = None) -> int:
        header = signature(body, SECRET) if header is None else header
        return client.post(
            "/stripe/webhook/", body, content_type="application/json", headers={"stripe-signature": header}
        ).status_code

    return send


def test_one_is_kept_and_its_effect_is_a_tasks(post: Callable[..., int], fake_stripe: FakeStripe) -> None:
    assert post(told()) == 200
    event = WebhookEvent.objects.get()
    assert (event.id, event.type, event.object_id, event.outcome) == ("evt_1", "invoice.paid", "in_1", "")
    assert OutboxMessage.objects.get().payload == {"event_id": "evt_1"}
    work()
    event.refresh_from_db()
    assert event.outcome == "missing"  # Stripe has no such invoice


def test_the_same_again_is_200_and_nothing(post: Callable[..., int], fake_stripe: FakeStripe) -> None:
    assert [post(told()) for _unused in range(3)] == [200] * 3
    assert OutboxMessage.objects.count() == 1
    work()
    assert post(told()) == 200
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "signed", "status"),
    [
        (told(), "", 400),
        (told(), lambda: signature(told(), "whsec_of_somebody_else"), 400),
        (told(id="evt_2"), lambda: signature(told(), SECRET), 400),
        (b"{}", None, 400),
        (b"x" * (MAX_BODY + 1), None, 413),
        (b"x" * 1_000_000, None, 413),
    ],
    ids=["unsigned", "of somebody else", "of another body", "nothing in it", "too long", "a megabyte"],
)
def test_what_stripe_has_not_signed_leaves_nothing(
    post: Callable[..., int], body: bytes, signed: Any, status: int
) -> None:
    assert post(body, signed() if callable(signed) else signed) == status
    assert not WebhookEvent.objects.exists()


def test_an_old_one_that_somebody_has_kept_is_refused(post: Callable[..., int]) -> None:
    before = int((datetime.now(UTC) - timedelta(minutes=6)).timestamp())
    assert post(told(), signature(told(), SECRET, before)) == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        ({"livemode": True}, "other_mode"),
        ({"account": "acct_other"}, "other_account"),
        ({"type": "charge.succeeded"}, "not_followed"),
    ],
)
def test_what_is_not_for_us_is_noted_and_not_sent_again(
    post: Callable[..., int], other: dict[str, Any], outcome: str
) -> None:
    assert post(told(**other)) == 200
    assert WebhookEvent.objects.get().outcome == outcome
    assert not OutboxMessage.objects.exists()


def test_it_is_on_the_services_own_address_only(visit: Callable[..., Client], saran: Any) -> None:
    assert visit(saran).post("/stripe/webhook/", told(), content_type="application/json").status_code == 404
    assert visit(None).get("/stripe/webhook/").status_code == 405
    assert settings.PUBLIC_HOST


@pytest.mark.parametrize(
    ("kind", "about"), [("invoice.upcoming", {"object": "invoice"}), ("invoice.paid", {"object": "invoice"})]
)
def test_what_is_about_no_number_is_taken_and_nothing_follows(
    post: Callable[..., int], kind: str, about: dict[str, str]
) -> None:
    assert post(told(type=kind, data={"object": about})) == 200
    assert (WebhookEvent.objects.get().object_id, WebhookEvent.objects.get().outcome) == ("", "not_followed")
    assert not OutboxMessage.objects.exists()


def test_an_event_without_its_object_is_answered_too(post: Callable[..., int]) -> None:
    """Of the next API: sent again for days, and to nobody's use."""
    assert post(told(object="v2.core.event")) == 200
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"object": "event", "data": ' + b'{"a": ' * 40_000,
        b'"event"',
        told(id="e" * 65),
        told(id=""),
        told(id=None),
        told(id={"a": 1}),
        told(id="evt_\x00"),
        told(id="evt_\ud800"),
        told(type="t" * 61),
        told(type=["invoice.paid"]),
        told(type="invoice.paid\x00"),
        told(data={"object": {"id": "i" * 65, "object": "invoice"}}),
        told(data={"object": {"id": "in_\x00", "object": "invoice"}}),
        told(data={"object": {"id": {"id": 7}, "object": "invoice"}}),
        told(data={"object": []}),
        told(created=10**30),
        told(created=-(10**17)),
        told(created="now"),
        told(created=float("inf")),
        told(livemode=True, id="e" * 65),
    ],
    ids=range(21),
)
def test_what_is_signed_and_cannot_be_read_is_refused_and_not_kept(post: Callable[..., int], body: bytes) -> None:
    assert post(body) == 400
    assert not WebhookEvent.objects.exists()
