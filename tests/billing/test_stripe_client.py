"""What the client makes of Stripe's answers, and where it may not go."""

import logging
import socket
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from billing.clients import connection, invoices, money, stripe
from billing.clients.errors import CallFailed, Missing, Refused, Unsure
from billing.clients.records import TaxNumber
from config.keys import refuse_mixed_stripe
from tests.billing import fake as a
from tests.billing.fake import FakeStripe
from tests.processes import ROOT

SECRET = "whsec_1"


# Where it may not go


def test_no_test_can_reach_the_real_one() -> None:
    assert django_settings.STRIPE_SECRET_KEY.startswith("sk_test_fake")
    services = connection._client(django_settings.STRIPE_SECRET_KEY, django_settings.STRIPE_API_BASE)
    bases = services._requestor._options.base_addresses
    assert set(bases) == {"api", "connect", "files", "meter_events"}
    assert all(str(base).startswith("http://127.0.0.1:") for base in bases.values())

    with pytest.raises(OSError, match="no test goes"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)
    with pytest.raises(OSError, match="no test goes"):
        socket.getaddrinfo("api.stripe.com", 443)
    real = connection._client("sk_test_fake_of_tests", "")
    with pytest.raises(Exception, match="no test goes"):
        real.v1.customers.retrieve("cus_1")


def test_a_fake_of_which_nobody_answers_is_unsure() -> None:
    with pytest.raises(Unsure):
        stripe.retrieve_customer("cus_1")


FAKE, HERE = "sk_test_fake_x", "http://127.0.0.1:12111"


@pytest.mark.parametrize(
    ("key", "base", "secrets"),
    [
        ("", "", []),
        ("sk_live_x", "", [SECRET]),
        ("rk_live_x", "", [SECRET, "whsec_2"]),
        ("sk_test_x", "", [SECRET]),
        (FAKE, HERE, [SECRET]),
    ],
)
def test_a_key_goes_with_its_address(key: str, base: str, secrets: list[str]) -> None:
    refuse_mixed_stripe(key=key, base=base, secrets=secrets)


@pytest.mark.parametrize(
    ("key", "base", "secrets", "why"),
    [
        ("sk_live_x", HERE, [SECRET], "leads to the fake"),
        ("sk_test_x", HERE, [SECRET], "leads to the fake"),
        ("", HERE, [], "leads to the fake"),
        (FAKE, "", [SECRET], "is the fake’s"),
        (FAKE, "https://api.stripe.com", [SECRET], "on this machine only"),
        (FAKE, "http://127.0.0.1.attacker.example", [SECRET], "on this machine only"),
        ("pk_live_x", "", [SECRET], "no secret key"),
        ("sk_live_x sk_live_y", "", [SECRET], "no secret key"),
        ("sk_live_x", "", [], "go together"),
        ("", "", [SECRET], "go together"),
        ("sk_live_x", "", ["x"], "go together"),
    ],
)
def test_a_key_at_the_wrong_address_is_refused(key: str, base: str, secrets: list[str], why: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=why) as refusal:
        refuse_mixed_stripe(key=key, base=base, secrets=secrets)
    assert not key or key not in str(refusal.value)


def test_production_refuses_to_start_with_a_live_key_and_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KEY": "sk_live_secret1", "SECRETS": SECRET}.items():
        monkeypatch.setenv({"KEY": "STRIPE_SECRET_KEY", "SECRETS": "STRIPE_WEBHOOK_SECRETS"}[name], value)
    monkeypatch.setenv("STRIPE_API_BASE", HERE)
    monkeypatch.setenv("SECRET_KEY", "K7pQx-2mVw9_Lr4TzB8nHs6JdFy3GcXa5UeRk1WbNq0PtMiDoZvAhS_lYjEgCfI")
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://territoires.example")
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings.base"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "STRIPE_API_BASE leads to the fake" in done.stderr
    assert "sk_live_secret1" not in done.stderr


def test_without_a_key_nothing_is_asked(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(Refused, match="no_key_is_set"):
        stripe.retrieve_customer("cus_1")


def test_a_process_that_makes_no_call_has_not_loaded_the_library() -> None:
    """It weighs thirty megabytes, and a web process may become ten heavier: webhooks are read without it."""
    script = """
import sys
from billing.clients import errors, invoices, money, records, stripe, webhooks
assert not {"stripe", "requests"} & set(sys.modules), sorted(sys.modules)
"""
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# What it makes of answers


def test_amounts_are_whole_cents_and_moments_know_their_zone(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    invoice = invoices.retrieve_invoice(subscription.latest_invoice_id)
    assert (invoice.subtotal, invoice.tax, invoice.total, invoice.due, invoice.remaining) == (
        240_000,
        48_000,
        288_000,
        288_000,
        288_000,
    )
    (line,) = invoice.lines
    assert (line.amount, line.tax, line.quantity) == (240_000, 48_000, 1)
    assert line.description == "1 × Abonnement d’un an (at €2,400.00 / year)"
    assert line.price_id == subscription.items[0].price_id
    assert (line.period_start, line.period_end) == (a.BEGINNING, a.BEGINNING.replace(year=2027))
    assert invoice.created_at.tzinfo is not None
    assert (subscription.days_until_due, subscription.collection_method) == (30, "send_invoice")


def test_a_customer_is_known_by_its_tax_numbers(fake_stripe: FakeStripe) -> None:
    made = a.customer()
    assert stripe.retrieve_customer(made.id) == made
    assert [(each.kind, each.value) for each in made.tax_numbers] == [("fr_siret", a.SIRET)]
    stripe.add_tax_number(key="vat", customer_id=made.id, number=TaxNumber("eu_vat", "FR12345678901"))
    for _ in range(2):
        stripe.remove_tax_number(customer_id=made.id, number_id=made.tax_numbers[0].id)
    changed = stripe.update_customer(
        key="name",
        customer_id=made.id,
        name="Ville de Saran",
        email="budget@saran.example",
        address=a.Address("1 place", "45770", "Saran"),
        metadata={"order": "BC-1"},
    )
    assert [each.kind for each in changed.tax_numbers] == ["eu_vat"]
    assert (changed.name, changed.metadata) == ("Ville de Saran", {"city": "saran", "order": "BC-1"})


def test_prices_and_rates_are_found_again(fake_stripe: FakeStripe) -> None:
    assert stripe.find_price("band-3-2026") is None
    made = a.price()
    assert stripe.find_price("band-3-2026") == made
    assert (made.amount, made.interval) == (240_000, "year")
    rate = a.tax_rate()
    assert list(stripe.tax_rates()) == [rate]
    assert rate.percentage == Decimal(20)


def test_every_city_has_an_account_of_its_own_for_its_transfers(fake_stripe: FakeStripe) -> None:
    saran, brest = a.customer(), a.customer("Brest", key="brest")
    account = money.bank_account(saran.id)
    assert account == money.bank_account(saran.id)
    assert account.iban != money.bank_account(brest.id).iban
    fake_stripe.transfer(saran.id, 12_300, "BC 2026-1873")
    (movement,) = money.cash_movements(saran.id)
    assert (movement.kind, movement.amount, movement.reference) == ("funded", 12_300, "BC 2026-1873")


def test_a_payment_is_refunded_once(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(hours=1)
    fake_stripe.transfer(subscription.customer_id, 288_000)
    (payment,) = invoices.payments(subscription.latest_invoice_id)
    whole = {"payment_intent_id": payment.payment_intent_id, "amount": 288_000, "metadata": {}}
    refund = money.refund_payment(key="refund", **whole)  # type: ignore[arg-type]
    assert money.refund_payment(key="refund", **whole) == refund  # type: ignore[arg-type]
    assert refund.status == "succeeded"
    with pytest.raises(Refused) as refusal:
        money.refund_payment(key="another", **whole)  # type: ignore[arg-type]
    assert refusal.value.code == "charge_already_refunded"
    assert invoices.retrieve_invoice(subscription.latest_invoice_id).status == "paid"


def test_the_credit_of_a_note_is_seen_where_it_was_used(fake_stripe: FakeStripe) -> None:
    a.whole_life(fake_stripe)
    paid = next(each for each in invoices.invoices() if each.status == "paid")
    note = invoices.create_credit_note(
        key="credit",
        invoice_id=paid.id,
        lines={paid.lines[0].id: 1_000},
        reason="order_change",
        memo="Geste",
        credited=1_200,
        metadata={},
    )
    assert invoices.retrieve_credit_note(note.id) == note
    assert note in list(invoices.credit_notes(invoice_id=paid.id))
    (movement,) = money.credit_movements(note.customer_id)
    assert (movement.amount, movement.credit_note_id) == (-1_200, note.id)


def test_cancelling_twice_is_cancelling(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    assert stripe.cancel_subscription(subscription.id).status == "canceled"
    assert stripe.cancel_subscription(subscription.id).status == "canceled"
    assert [each.id for each in stripe.subscriptions(customer_id=subscription.customer_id)] == [subscription.id]
    with pytest.raises(Missing):
        stripe.cancel_subscription("sub_none")


def test_events_say_what_to_read_again(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    told = {(each.kind, each.object_id) for each in stripe.events(since=a.BEGINNING)}
    assert ("customer.subscription.created", subscription.id) in told
    assert ("invoice.created", subscription.latest_invoice_id) in told
    assert not any(kind.startswith("price") for kind, _number in told)


def test_a_call_that_changes_something_has_a_key() -> None:
    with pytest.raises(ValueError, match="has a key"):
        a.customer(key="")


def test_errors_and_logs_say_neither_keys_nor_what_was_typed(
    fake_stripe: FakeStripe, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found: list[CallFailed] = []
    with pytest.raises(Refused) as refusal:
        stripe.create_price(key="x", product_id="prod_typed-by-hand", amount=1, lookup_key="x")
    found.append(refusal.value)
    settings.STRIPE_SECRET_KEY = "sk_test_fake_secret_of_another"
    with pytest.raises(Refused) as refusal:
        a.customer("Typed by hand")
    found.append(refusal.value)
    said = "".join(f"{each}{each!r}" for each in found)
    # What the library raised holds the whole answer: nobody who reports the error shall see it.
    assert all(each.__suppress_context__ and each.__cause__ is None for each in found)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("stripe"))
    for secret in ("sk_test", "secret", "typed-by-hand", "Typed by hand", "saran.example"):
        assert secret not in said
        assert secret not in logged
    assert found[0].param == "product"
    assert found[0].request.startswith("req_")
