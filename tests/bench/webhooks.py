"""10,000 webhooks of 1,000 municipalities, in order and once, against shuffled and tripled: the same rows at the end."""

import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import stripe as library
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.clients import connection as client_connection
from billing.clients import invoices, stripe
from billing.clients.records import Address
from billing.clients.webhooks import read_webhook
from billing.enums import InvoiceState, QuoteState, SubscriptionState, Timing
from billing.models import Account, Invoice, OrderedYear, Payment, PlanVersion, Quote, Subscription, WebhookEvent
from billing.services.balances import recount
from billing.services.webhooks import receive
from common import outbox
from common.models import OutboxMessage
from deploy.local.fake_stripe import money, server
from deploy.local.fake_stripe.fake import Fake
from deploy.local.fake_stripe.forms import decode
from deploy.local.fake_stripe.webhooks import signature
from tenants.enums import LifecycleState
from tenants.models import Municipality

CITIES, EVENTS, COPIES, AT_ONCE, BASE = 1_000, 10_000, 3, 500, 2_000
BEGINNING = datetime(2026, 12, 1, 9, tzinfo=UTC)
SECRET = "whsec_of_the_bench"
ISSUE = "billing.services.issuing.issue_invoice"


class InProcess(library.HTTPClient):
    """The fake without HTTP between: both sides of a connection would share one interpreter here."""

    name = "in_process"

    def __init__(self, fake: Fake) -> None:
        super().__init__()
        self.fake, self.calls = fake, 0

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> tuple[str, int, dict[str, str]]:
        self.calls += 1
        path, _mark, query = url.partition("://")[2].partition("?")
        key = headers.get("Idempotency-Key") if method == "post" else None
        status, body, _again = self.fake.call(method, "/" + path.partition("/")[2], decode(post_data or query), key)
        return json.dumps(body), status, {}

    def close(self) -> None: ...


def run() -> None:
    assert server.SUBJECTS  # they answer the calls
    call_command("prepare", stdout=StringIO(), stderr=StringIO())
    fake = Fake(at=int(BEGINNING.timestamp()))
    there = InProcess(fake)
    with _reached(there), _issued_at_once():
        _people(fake)
        bodies = _happened(fake)
        base = _kept_only(bodies)
        print(f"  {'baseline: kept, and no more':<28} {1 / base:6.0f} a second")
        straight, seconds, calls = _told(bodies, there, every=1)
        _say("in order, once", len(bodies), seconds, calls, base)
        _forget()
        copies = bodies * COPIES
        random.Random(1).shuffle(copies)
        shuffled, again, calls = _told(copies, there, every=AT_ONCE)
        _say(f"shuffled, {COPIES} times", len(copies), again, calls, base)
        verdict = "equal" if shuffled == straight else "DIFFERENT"
        print(f"  {sum(map(len, straight.values()))} rows at the end: {verdict}")
        _answered(bodies)


def _say(name: str, count: int, seconds: float, calls: int, base: float) -> None:
    each = seconds / count
    print(
        f"  {name:<28} {1 / each:6.0f} a second, {each / base:4.1f}× the baseline, "
        f"{count} in {seconds:.0f} s, {calls} calls to Stripe"
    )


def _kept_only(bodies: list[bytes]) -> float:
    """The seconds that one takes which is read, checked and kept, as one that is of no concern to us is."""
    some, started = bodies[:BASE], time.perf_counter()
    for body in some:
        event = read_webhook(body=body, signature=signature(body, SECRET), at=timezone.now())
        receive(event=event, at=timezone.now(), not_ours="another_account")
    seconds = time.perf_counter() - started
    WebhookEvent.objects.all().delete()
    return seconds / len(some)


@contextmanager
def _reached(there: InProcess) -> Iterator[None]:
    from django.conf import settings

    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = "sk_test_bench", [SECRET]
    before = client_connection._client
    made = library.StripeClient(
        "sk_test_bench",
        stripe_version=client_connection.API_VERSION,
        base_addresses={"api": "http://127.0.0.1:1"},
        http_client=there,
    )
    client_connection._client = lambda key, base: made  # type: ignore[assignment]
    try:
        yield
    finally:
        client_connection._client = before


@contextmanager
def _issued_at_once() -> Iterator[None]:
    """What making a document costs is another bench's (invoices)."""

    def issue(*, invoice_id: int, **kwargs: Any) -> None:
        Invoice.objects.filter(pk=invoice_id).update(state=InvoiceState.ISSUED)
        recount(Invoice.objects.defer("facturx", "plain").get(pk=invoice_id))

    before = outbox._handlers[ISSUE]
    outbox._handlers[ISSUE] = issue
    try:
        yield
    finally:
        outbox._handlers[ISSUE] = before


def _people(fake: Fake) -> None:
    """Cities as the register has them, without their schemas: nothing is read there. Each has its subscription."""
    version, at = PlanVersion.objects.earliest("number"), BEGINNING
    product = stripe.create_product(key="product", name="Abonnement", metadata={})
    price = stripe.create_price(key="price", product_id=product, amount=190_000, lookup_key="bench")
    for number in range(CITIES):
        city = Municipality.objects.create(
            slug=f"ville-{number}", name=f"Ville {number}", authority_code=f"V{number:04d}", state=LifecycleState.ACTIVE
        )
        account = Account.objects.create(municipality=city, legal_name=city.name, siren=f"{number:09d}", created_at=at)
        quote = Quote.objects.create(
            account=account,
            number=f"D-2026-{number:04d}",
            version=version,
            population=9_000,
            yearly_cents=190_000,
            territory="MAINLAND",
            vat_basis_points=0,
            timing=Timing.ADVANCE,
            issued_on=date(2026, 12, 1),
            valid_until=date(2027, 3, 1),
            state=QuoteState.ACCEPTED,
            created_at=at,
        )
        kept = Subscription.objects.create(account=account, quote=quote, created_at=at)
        account.stripe_customer = stripe.create_customer(
            key=f"customer:{number}",
            name=city.name,
            email="service@territoires.example",
            address=Address("1 rue de la Mairie", "45000", city.name),
            tax_numbers=[],
            metadata={"account": str(account.pk)},
        ).id
        account.save()
        stripe.create_subscription(
            key=f"subscription:{number}",
            customer_id=account.stripe_customer,
            price_id=price.id,
            tax_rate_id=None,
            metadata={"subscription": str(kept.pk)},
        )


def _happened(fake: Fake) -> list[bytes]:
    """A year of all of them: invoices, transfers whole and in part, credit notes, renewals. The bodies of webhooks."""
    chance = random.Random(2026)
    fake.advance(to=fake.now + 3600)
    for account in Account.objects.order_by("pk"):
        kind = chance.random()
        amount = 190_000 if kind < 0.8 else 100_000 if kind < 0.9 else 200_000
        with fake.lock:
            money.receive(fake, customer=account.stripe_customer, amount=amount, reference=f"Mandat {account.pk}")
        if kind < 0.1:
            (invoice,) = invoices.invoices(customer_id=account.stripe_customer)
            invoices.create_credit_note(
                key=f"note:{account.pk}",
                invoice_id=invoice.id,
                lines={invoice.lines[0].id: 10_000},
                reason="order_change",
                memo="Une part annulée",
                credited=10_000,
                metadata={},
            )
    fake.advance(to=fake.now + 366 * 86400)
    followed = [event for event in fake.state.events if event["type"] in stripe.KINDS]
    print(f"  {len(fake.state.events)} things happened, {len(followed)} of them are followed")
    # The last ones, so that nothing that was told before is contradicted by what is left out.
    return [json.dumps(event).encode() for event in followed[-EVENTS:]]


def _told(bodies: list[bytes], there: InProcess, *, every: int) -> tuple[dict[str, list[Any]], float, int]:
    before, started = there.calls, time.perf_counter()
    for number, body in enumerate(bodies, 1):
        event = read_webhook(body=body, signature=signature(body, SECRET), at=timezone.now())
        receive(event=event, at=timezone.now())
        if number % every == 0:
            _work()
    _work()
    return _rows(), time.perf_counter() - started, there.calls - before


def _work() -> None:
    while waiting := list(OutboxMessage.objects.filter(task__startswith="billing.").values_list("pk", flat=True)):
        for pk in waiting:
            assert outbox.run_message(str(pk), at=timezone.now()), OutboxMessage.objects.get(pk=pk).last_error


def _rows() -> dict[str, list[Any]]:
    """By what Stripe calls them: our own numbers follow the order in which things were told."""
    said = ["state", "number", "total_cents", "paid_cents", "credited_cents", "paid_on", "period_ends_on", "issued_on"]
    moved = ["kind", "cents", "received_on", "reference", "invoice__stripe_id"]
    return {
        "accounts": list(Account.objects.order_by("pk").values_list("pk", "cash_cents", "credit_cents")),
        "subscriptions": list(
            Subscription.objects.order_by("pk").values_list("pk", "stripe_id", "state", "period_ends_on", "ends_on")
        ),
        "invoices": list(Invoice.objects.order_by("stripe_id").values_list("stripe_id", "account", *said)),
        "payments": list(Payment.objects.order_by("stripe_id").values_list("stripe_id", "account", *moved)),
    }


def _forget() -> None:
    """As before anything was told."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE billing_invoice, billing_webhookevent, common_outboxmessage CASCADE")
    OrderedYear.objects.all().delete()
    Account.objects.update(cash_cents=0, credit_cents=0)
    Subscription.objects.update(
        stripe_id="",
        state=SubscriptionState.PENDING,
        period_begins_on=None,
        period_ends_on=None,
        ends_on=None,
        activated_at=None,
    )


def _answered(bodies: list[bytes]) -> None:
    """Through every middleware, each a new one to it."""
    from django.conf import settings

    client, took = Client(HTTP_HOST=settings.PUBLIC_HOST), []
    WebhookEvent.objects.all().delete()
    for body in bodies[:1_000]:
        headers = {"stripe-signature": signature(body, SECRET)}
        started = time.perf_counter()
        status = client.post("/stripe/webhook/", body, content_type="application/json", headers=headers).status_code
        took.append(time.perf_counter() - started)
        assert status == 200
    took.sort()
    print(
        f"  answered in {1000 * took[len(took) // 2]:.1f} ms, 95th percentile {1000 * took[len(took) * 19 // 20]:.1f} ms"
    )
