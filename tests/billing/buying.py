"""What a city goes through to buy: its quote, its order, its subscription; and the worker and Stripe beside it."""

import json
import random
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from billing.clients.webhooks import read_webhook
from billing.enums import InvoiceState, Timing
from billing.models import Account, Invoice, Quote, Subscription, WebhookEvent
from billing.services.activation import activate
from billing.services.balances import recount
from billing.services.purchase_orders import place_order
from billing.services.quotes import accept_quote, issue_quote
from billing.services.webhooks import receive
from common import outbox
from common.models import OutboxMessage
from common.outbox import run_message
from common.refusals import Refusal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.fake import BEGINNING, FakeStripe
from tests.support.once import once

Made = TypeVar("Made")
ENGAGEMENT = "ENG-2026-0042"


def operator() -> Any:
    return UserFactory(role=Role.OPERATOR)


def ordered(
    city: Municipality,
    *,
    timing: str = Timing.ADVANCE,
    years: int = 1,
    at: datetime = BEGINNING,
    number: str = ENGAGEMENT,
) -> Quote:
    """An accepted quote with its order, of a city that is verified. In public."""
    actor = operator()
    Municipality.objects.filter(pk=city.pk, verified_at=None).update(verified_at=at)
    quote = issue_quote(municipality=city, timing=timing, years=years, actor=actor, at=at)
    accept_quote(quote=quote, signed="Camille Dupont, maire", actor=actor, at=at)
    place_order(
        quote=quote,
        siret=siret_of(city),
        engagement_number=number,
        service_code="",
        file=None,
        actor=actor,
        at=at,
    )
    return Quote.objects.get(pk=quote.pk)


def siret_of(city: Municipality) -> str:
    """A right one, of the city's SIREN."""
    begins = f"{city.siren}0001"
    return next(f"{begins}{last}" for last in range(10) if _luhn(f"{begins}{last}") % 10 == 0)


def _luhn(digits: str) -> int:
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled)


def subscribed(city: Municipality, fake: FakeStripe, **given: Any) -> Subscription:
    """One that has begun, its first invoice a draft. In public."""

    def begun() -> Subscription:
        made = activate(quote=ordered(city, **given), actor=operator(), at=fake.now)
        work()
        deliver(fake)
        return Subscription.objects.get(pk=made.pk)

    return _once("subscribed", city, fake, begun, **given)


def finalised(city: Municipality, fake: FakeStripe, **given: Any) -> Invoice:
    """An hour later: its first invoice has its number. In public."""

    def later() -> Invoice:
        subscribed(city, fake, **given)
        fake.later(hours=1)
        deliver(fake)
        return Invoice.objects.get()

    return _once("finalised", city, fake, later, **given)


def _once(name: str, city: Municipality, fake: FakeStripe, make: Callable[[], Made], **given: Any) -> Made:
    """Stripe's account goes with the rows."""

    def both() -> tuple[Made, Any]:
        return make(), fake.fake.state

    if fake.fake.failures:
        return make()
    before = json.dumps(asdict(fake.fake.state))
    made, fake.fake.state = once((name, city.pk, before, repr(sorted(given.items()))), both)
    return made


def work(*, only: str = "") -> int:
    """Do all that waits in the outbox, as a worker would; how many were done."""
    done = 0
    with schema_context("public"):
        while waiting := [
            each
            for each in OutboxMessage.objects.filter(due_at__lte=timezone.now(), task__contains=only or "billing.")
            if run_message(str(each.pk), at=timezone.now())
        ]:
            done += len(waiting)
    return done


def at_once(*acts: Callable[[], Any]) -> list[type[Refusal]]:
    """Have each done at the same time, by a connection of its own; the refusals. Needs `real_db`."""
    begin, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        begin.wait()
        try:
            act()
        except Refusal as refusal:
            told.append(type(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def deliver(
    fake: FakeStripe,
    *,
    copies: int = 1,
    shuffled: random.Random | None = None,
    share: float = 1,
    anew: bool = False,
) -> None:
    """Have every event of Stripe's come (those that came before come again), and what follows be done.

    `share`: only so many of them; `anew`: as if none had ever come.
    """
    webhooks = fake.webhooks() * copies
    if shuffled:
        shuffled.shuffle(webhooks)
    with schema_context("public"):
        if anew:
            WebhookEvent.objects.all().delete()
        for body, header in webhooks[: int(share * len(webhooks))]:
            event = read_webhook(body=body, signature=header, at=datetime.now(UTC))
            receive(event=event, at=timezone.now())
    work()


@pytest.fixture
def issued_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents take seconds to be made, and are tested elsewhere (test_issuing.py): here they are there at once."""

    def issue(*, invoice_id: int, **kwargs: Any) -> None:
        Account.objects.select_for_update(of=("self",), no_key=True).get(invoices=invoice_id)
        Invoice.objects.filter(pk=invoice_id).update(state=InvoiceState.ISSUED)
        recount(Invoice.objects.get(pk=invoice_id))

    monkeypatch.setitem(outbox._handlers, "billing.services.issuing.issue_invoice", issue)
