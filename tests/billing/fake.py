"""The fake Stripe in the test's own process, its clock frozen, and what a test has it keep."""

import http.client
import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from billing.clients import invoices, stripe
from billing.clients import money as client_money
from billing.clients.records import Address, Customer, Price, Subscription, TaxNumber, TaxRate
from deploy.local.fake_stripe import money
from deploy.local.fake_stripe.fake import Failure, Fake
from deploy.local.fake_stripe.server import Server
from deploy.local.fake_stripe.webhooks import Sender, signature

BEGINNING = datetime(2026, 12, 1, 9, tzinfo=UTC)
SIRET = "21450302700018"


class FakeStripe:
    """`fake` is the account; the rest moves it, as operators do by `/_fake/`."""

    def __init__(self) -> None:
        self.fake = Fake(at=int(BEGINNING.timestamp()))
        self.sender = Sender(self.fake, "", settings.STRIPE_WEBHOOK_SECRETS[0])
        self.server = Server(self.fake, self.sender, key=settings.STRIPE_SECRET_KEY)
        self.address = self.fake.address

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.fake.now, UTC)

    def later(self, **how_long: float) -> None:
        self.fake.advance(to=self.fake.now + int(timedelta(**how_long).total_seconds()))

    def fails(self, how: str, on: str = "", *, times: int = 1, skip: int = 0) -> None:
        self.fake.failures.append(Failure(how, on, times, skip))

    def transfer(self, customer_id: str, amount: int, reference: str = "") -> None:
        with self.fake.lock:
            money.receive(self.fake, customer=customer_id, amount=amount, reference=reference)

    def card(self, customer_id: str, card: str | None) -> None:
        self.fake.state.objects[customer_id]["_card"] = card

    @property
    def kinds(self) -> list[str]:
        """Of all events, in the order in which they happened."""
        return [event["type"] for event in self.fake.state.events]

    def webhooks(self) -> list[tuple[bytes, str]]:
        """Every event so far, as a body and the header that signs it: to post where one likes."""
        bodies = [json.dumps(event).encode() for event in self.fake.state.events]
        return [(body, signature(body, self.sender.secret)) for body in bodies]

    def reset(self) -> None:
        self.fake.reset(at=int(BEGINNING.timestamp()))
        self.sender.copies, self.sender.shuffled, self.sender.held, self.sender.url = 1, False, False, ""


@contextmanager
def serving() -> Iterator[FakeStripe]:
    """Listen on a free port of the loopback while the block runs."""
    found = FakeStripe()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


# What a test begins with


def customer(name: str = "Commune de Saran", key: str = "customer") -> Customer:
    return stripe.create_customer(
        key=key,
        name=name,
        email="compta@saran.example",
        address=Address("Place de la Liberté", "45770", "Saran"),
        tax_numbers=[TaxNumber("fr_siret", SIRET)],
        metadata={"city": "saran"},
    )


def price(amount: int = 240_000, lookup_key: str = "band-3-2026") -> Price:
    product = stripe.create_product(key=f"product:{lookup_key}", name="Abonnement d’un an", metadata={})
    return stripe.create_price(key=f"price:{lookup_key}", product_id=product, amount=amount, lookup_key=lookup_key)


def tax_rate() -> TaxRate:
    return stripe.create_tax_rate(key="rate", name="TVA", percentage=Decimal(20))


def subscription(of: Customer | None = None, key: str = "subscription", **given: Any) -> Subscription:
    of = of or customer()
    return stripe.create_subscription(
        key=key,
        customer_id=of.id,
        price_id=given.get("price_id") or price().id,
        tax_rate_id=given.get("tax_rate_id") or tax_rate().id,
        metadata={"quote": "D-2026-0001"},
    )


def whole_life(fake: FakeStripe) -> None:
    """A bit of everything."""
    made = subscription()
    fake.later(hours=1)
    fake.transfer(made.customer_id, 300_000)
    invoice = invoices.retrieve_invoice(made.latest_invoice_id)
    invoices.create_credit_note(
        key="note",
        invoice_id=invoice.id,
        lines={invoice.lines[0].id: 10_000},
        reason="order_change",
        memo="Une part annulée",
        refunded=12_000,
        metadata={},
    )
    pay_by_card(fake)


def pay_by_card(fake: FakeStripe, card: str = "good") -> str:
    """Returns where the browser is led."""
    page = client_money.create_checkout_page(
        key="page",
        customer_id=customer().id,
        price_id=price().id,
        tax_rate_id=tax_rate().id,
        success_url="http://territoires.localhost/gestion/abonnement/?page={CHECKOUT_SESSION_ID}",
        cancel_url="http://territoires.localhost/gestion/abonnement/",
        metadata={"quote": "D-1"},
    )
    connection = http.client.HTTPConnection("127.0.0.1", fake.server.server_port)
    path = page.url.removeprefix(fake.address)
    connection.request("GET", path)
    shown = connection.getresponse().read().decode()
    assert "Payer 2880,00\u00a0€" in shown
    connection.request("POST", path, f"card={card}", {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert (answer.status == 303) is (card == "good")
    assert ("La carte a été refusée" in text) is (card != "good")
    return answer.headers.get("Location", "")


def said(fake: FakeStripe, verb: str, path: str, given: dict[str, Any], key: str | None = None) -> tuple[int, Any]:
    status, body, _again = fake.fake.call(verb, path, given, key)
    return status, body.get("error", body)


def opener() -> urllib.request.OpenerDirector:
    """Nothing between us and the loopback, whatever proxy the environment names."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
