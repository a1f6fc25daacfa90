"""A webhook is read when Stripe sent it, just now, to us."""

import importlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing.clients.webhooks import MAX_BODY, BadWebhook, read_webhook
from deploy.local.fake_stripe.webhooks import signature
from tests.billing import fake as a
from tests.billing.fake import FakeStripe

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
SECRET, OLD_SECRET = "whsec_of_tests", "whsec_of_tests_before"


def told(**other: Any) -> bytes:
    about = {"id": "in_1", "object": "invoice"}
    whole = {"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1_796_115_600, "livemode": False}
    return json.dumps({**whole, "data": {"object": about}, **other}).encode()


def signed(body: bytes, secret: str = SECRET, at: datetime = NOW) -> str:
    return signature(body, secret, int(at.timestamp()))


def test_it_says_which_object_to_read_again() -> None:
    event = read_webhook(body=told(), signature=signed(told()), at=NOW)
    assert (event.id, event.kind, event.object_kind, event.object_id) == ("evt_1", "invoice.paid", "invoice", "in_1")
    assert event.created_at == datetime.fromtimestamp(1_796_115_600, UTC)


def test_every_event_of_the_fake_is_read(fake_stripe: FakeStripe) -> None:
    a.whole_life(fake_stripe)
    webhooks = fake_stripe.webhooks()
    assert len(webhooks) > 30
    for body, header in webhooks:
        event = read_webhook(body=body, signature=header, at=datetime.now(UTC))
        assert event.object_id


def test_the_library_would_say_the_same_of_a_signature() -> None:
    library = importlib.import_module("stripe")
    body, real = told(), datetime.now(UTC)
    made = library.WebhookSignature.generate_signature_header(body.decode(), SECRET)
    assert read_webhook(body=body, signature=made, at=real).id == "evt_1"
    assert library.WebhookSignature.verify_header(body, signed(body, at=real), SECRET, 300)


def test_two_secrets_are_in_force_while_one_is_replaced() -> None:
    body = told()
    both = signed(body, "whsec_unknown") + ",v1=" + signed(body, OLD_SECRET).rpartition("v1=")[2]
    for header in (signed(body, OLD_SECRET), both):
        assert read_webhook(body=body, signature=header, at=NOW).id == "evt_1"


@pytest.mark.parametrize("minutes", [-5, 5])
def test_five_minutes_are_the_limit(minutes: int) -> None:
    body, sent = told(), NOW + timedelta(minutes=minutes)
    read_webhook(body=body, signature=signed(body, at=sent), at=NOW)
    further = sent + timedelta(seconds=1 if minutes > 0 else -1)
    with pytest.raises(BadWebhook, match="stale"):
        read_webhook(body=body, signature=signed(body, at=further), at=NOW)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "unsigned"),
        ("v1=" + "0" * 64, "unsigned"),
        ("t=1796115600", "unsigned"),
        ("t=1796115600,t=1796115600,v1=00", "unsigned"),
        ("t=²,v1=00", "unsigned"),
        ("t=" + "9" * 400 + ",v1=00", "unsigned"),
        ("t=1796115600,v1=", "forged"),
        ("t=1796115600,v1=é", "forged"),
        ("t=1796115600,v1=" + "0" * 64, "forged"),
        (signed(told(), "whsec_other"), "forged"),
        (signed(told() + b" "), "forged"),
        (signed(told()).replace("v1=", "v0="), "unsigned"),
    ],
)
def test_what_stripe_did_not_sign_is_not_read(header: str, code: str) -> None:
    with pytest.raises(BadWebhook, match=f"^{code}$"):
        read_webhook(body=told(), signature=header, at=NOW)


def test_an_empty_secret_signs_nothing(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    with pytest.raises(BadWebhook, match="forged"):
        read_webhook(body=told(), signature=signed(told(), ""), at=NOW)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (told(livemode=True), "other_mode"),
        (told(livemode="false"), "other_mode"),
        (told(account="acct_other"), "other_account"),
        (told(data={}), "unreadable"),
        (told(created="soon"), "unreadable"),
        (told(created=10**30), "unreadable"),
        (b"[]", "unreadable"),
        (b"\xff", "unreadable"),
        (b"", "unreadable"),
        (json.dumps({"object": "v2.core.event", "id": "evt_1", "livemode": False}).encode(), "no_snapshot"),
    ],
)
def test_what_is_not_for_us_is_told_from_what_is(body: bytes, code: str) -> None:
    with pytest.raises(BadWebhook, match=f"^{code}$"):
        read_webhook(body=body, signature=signed(body), at=NOW)


def test_a_live_key_reads_live_events_only(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "rk_live_x"
    live = told(livemode=True)
    assert read_webhook(body=live, signature=signed(live), at=NOW).id == "evt_1"
    with pytest.raises(BadWebhook, match="other_mode"):
        read_webhook(body=told(), signature=signed(told()), at=NOW)


def test_a_long_body_is_not_even_looked_at() -> None:
    body = told(padding="x" * MAX_BODY)
    with pytest.raises(BadWebhook, match="too_long"):
        read_webhook(body=body, signature=signed(body), at=NOW)
