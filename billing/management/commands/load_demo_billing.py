"""What the demonstration city has bought: last year's invoice is paid; it has ordered again, and this year's waits."""

import json
import time
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from billing.clients import stripe
from billing.documents.identifiers import check_siret
from billing.enums import DepositState, Timing
from billing.models import Account, Invoice, PlanVersion, Subscription
from billing.services.contacts import add_contact
from billing.services.deposits import enter_step
from billing.services.mirror import mirror_subscription
from billing.services.mirror_invoices import mirror_invoice
from billing.services.ordering import order_subscription
from billing.services.purchase_orders import Place
from billing.services.quotes import accept_quote, issue_quote
from common.models import OutboxMessage
from common.outbox import run_message
from tenants.models import Municipality

PLACE = Place("Place de la Liberté", "45770", "Saran")
SIGNED = "Camille Morel, maire"
FINANCES = ("Service des finances", "finances@saran.example")
# Before today, in days: the period that goes on began then, and its invoice was made.
RENEWED = 13
# A demonstration is never overdue: it pays when so many days are left.
PAYS_WITHIN = timedelta(days=7)


class Command(BaseCommand):
    help = (
        "Have the demonstration city buy from the fake Stripe, a year ago. May be run again: it then changes nothing. "
        "Where a real Stripe is set, nothing is done."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        city = Municipality.objects.ready().filter(slug=settings.DEMO_SLUG).first()
        if city is None or not settings.STRIPE_API_BASE:
            self._say("no subscription is made: this Stripe is not the fake")
            return
        at = timezone.now()
        account = Account.objects.filter(municipality=city).first()
        if account is not None and account.stripe_customer:
            self._go_on(account, at=at)
        elif Account.objects.exclude(stripe_customer="").exists() or account is not None:
            # The fake's clock does not go back for one of its customers.
            self._say("no subscription is made: somebody has bought already")
        else:
            with transaction.atomic():
                _Purchase(city, at=at).make()
            self._say("a subscription, an invoice that is paid and one that waits")

    def _go_on(self, account: Account, *, at: datetime) -> None:
        if not _objects():
            self._say("the fake Stripe has lost its account: what was invoiced stays; `make clean` begins again")
            return
        soon = account.municipality.day_of(at) + PAYS_WITHIN
        for invoice in account.invoices.awaiting_payment().defer("facturx", "plain"):
            # Stripe leaves alone what is overdue for a month: more money would only pile up.
            if invoice.due_on and invoice.due_on <= soon and not account.cash_cents:
                _control("transfer", **_transfer_for(invoice))
        self._say("subscribed already, left as it is")

    def _say(self, words: str) -> None:
        self.stderr.write(f"  Billing: {words}")


class _Purchase:
    """From the quote to the invoice that waits, each at its time: the fake's clock begins a year ago."""

    def __init__(self, city: Municipality, *, at: datetime) -> None:
        self.city, self.at = city, at
        renewed_at = at - timedelta(days=RENEWED)
        # The same day of the year before; of a 29 February, the 28.
        day = 28 if (renewed_at.month, renewed_at.day) == (2, 29) else renewed_at.day
        self.began_at = renewed_at.replace(year=renewed_at.year - 1, day=day)
        with schema_context(city.schema_name):
            self.buyer = User.objects.filter(role=Role.ADMINISTRATOR).earliest("pk")

    def make(self) -> None:
        quoted_at = self.began_at - timedelta(days=16)
        PlanVersion.objects.filter(number=1, from_on__gt=quoted_at).update(from_on=quoted_at)
        _control("reset", ahead=int((self.began_at - self.at).total_seconds()))
        renewed_at = self.at - timedelta(days=RENEWED)
        subscription = self._order(quoted_at, self.began_at, years=1)
        self._live(self.began_at + timedelta(hours=2))
        first = self._issue(subscription)
        self._deposit(first, begins_at=self.began_at + timedelta(days=1))
        self._live(self.began_at + timedelta(days=26))
        _control("transfer", **_transfer_for(first))
        mirror_invoice(first.stripe_id, at=timezone.now())
        self._name_contact()
        self._live(renewed_at - timedelta(days=40))
        mirror_subscription(subscription.stripe_id, at=timezone.now())
        self._order(renewed_at - timedelta(days=40), renewed_at - timedelta(days=24), years=2)
        self._live(self.at)
        mirror_subscription(subscription.stripe_id, at=timezone.now())
        waiting = self._issue(subscription)
        self._deposit(waiting, begins_at=self.at - timedelta(days=RENEWED - 1))

    def _order(self, quoted_at: datetime, at: datetime, *, years: int) -> Subscription:
        """The first one, or what renews it: each with the engagement number of its year."""
        signed_at = quoted_at + timedelta(days=7)
        with schema_context(self.city.schema_name):
            quote = issue_quote(
                municipality=self.city, timing=Timing.ADVANCE, years=years, actor=self.buyer, at=quoted_at
            )
            accept_quote(quote=quote, signed=SIGNED, actor=self.buyer, at=signed_at)
            made = order_subscription(
                quote=quote,
                actor=self.buyer,
                at=at,
                siret=_siret(self.city.siren),
                engagement_number=f"{at.year}-{412 + 31 * (at.year - self.began_at.year):04d}",
                service_code="",
                file=None,
                place=PLACE,
            )
        _work()
        return Subscription.objects.get(pk=made.pk)

    def _live(self, until: datetime) -> None:
        _control("clock", to=int(min(until.timestamp(), time.time())))

    def _issue(self, subscription: Subscription) -> Invoice:
        """The latest one of the subscription, which is final by now."""
        latest = stripe.retrieve_subscription(subscription.stripe_id).latest_invoice_id
        mirror_invoice(latest, at=timezone.now())
        _work()
        return Invoice.objects.get(stripe_id=latest)

    def _deposit(self, invoice: Invoice, *, begins_at: datetime) -> None:
        flow = f"CPP{begins_at:%y%m%d}{invoice.pk:05d}"
        for state, after in ((DepositState.DEPOSITED, 0), (DepositState.AVAILABLE, 1)):
            at = begins_at + timedelta(days=after)
            seen_on = self.city.day_of(at)
            enter_step(invoice=invoice, state=state, seen_on=seen_on, operator=None, at=at, flow=flow)

    def _name_contact(self) -> None:
        name, email = FINANCES
        with schema_context(self.city.schema_name):
            add_contact(
                municipality=self.city,
                name=name,
                email=email,
                gets_invoices=True,
                gets_reminders=True,
                actor=self.buyer,
                at=self.at,
            )


def _work() -> None:
    """What a worker does, there being none yet; mails wait for one. Raises CommandError where something failed."""
    for _round in range(10):
        waiting = OutboxMessage.objects.filter(task__startswith="billing.").exclude(task__contains=".mailing.")
        if not (messages := list(waiting.order_by("created_at", "pk"))):
            return
        for message in messages:
            if not run_message(str(message.pk), at=timezone.now()):
                raise CommandError(f"{message.task} failed, for the reason just above.")


def _transfer_for(invoice: Invoice) -> dict[str, Any]:
    """As a public accountant pays: by the numbers of the mandat and of the invoice."""
    reference = f"MANDAT {1400 + invoice.pk} {invoice.number}"
    return {"customer": invoice.account.stripe_customer, "amount": invoice.left_cents, "reference": reference}


def _siret(siren: str) -> str:
    """That of its seat: the first that is well made."""
    return next(each for last in range(10) if not check_siret(each := f"{siren}0001{last}"))


# The fake


def _objects() -> dict[str, int]:
    found: dict[str, int] = json.loads(_asked("", None))["objects"]
    return found


def _control(name: str, **given: Any) -> None:
    _asked(name, json.dumps(given).encode())


def _asked(name: str, body: bytes | None) -> bytes:
    request = urllib.request.Request(  # noqa: S310 (on the loopback: config.keys)
        f"{settings.STRIPE_API_BASE}/_fake/{name}", body, {"Content-Type": "application/json"}
    )
    # Nothing between us and the loopback, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        content: bytes = answer.read()
    return content
