"""What a city asks for and orders, in rows: `buyer(saran)`, `a_quote(account)`, `an_order(quote)`, `subscribed(quote)`."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from billing.enums import InvoiceState, PaymentKind, QuoteState, Territory, Timing
from billing.models import (
    Account,
    InterestClaim,
    InterestRate,
    Invoice,
    Payment,
    PlanVersion,
    PurchaseOrder,
    Quote,
    Subscription,
)
from billing.services.accounts import account_of
from billing.services.balances import recount
from billing.services.series import next_number
from tenants.models import Municipality

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
TODAY = date(2026, 11, 29)


def buyer(city: Municipality, **changes: Any) -> Account:
    """The account of a city. In public, as all that follows."""
    account = account_of(city, at=NOW)
    for name, value in changes.items():
        setattr(account, name, value)
    account.save()
    return account


def a_quote(account: Account, **changes: Any) -> Quote:
    said: dict[str, Any] = {
        "number": next_number("D", TODAY),
        "version": PlanVersion.objects.get(number=1),
        "population": 16_412,
        "yearly_cents": 340_000,
        "territory": Territory.MAINLAND,
        "vat_basis_points": 2000,
        "timing": Timing.ADVANCE,
        "issued_on": TODAY,
        "valid_until": timezone.localdate() + timedelta(days=90),
        "created_at": NOW,
    }
    if changes.get("state") == QuoteState.ACCEPTED:
        said |= {"accepted_at": NOW, "accepted_by": "Élise Morin, maire"}
    return account.quotes.create(**said | changes)


def an_order(quote: Quote, **changes: Any) -> PurchaseOrder:
    siret = quote.account.siren + "00013"
    said: dict[str, Any] = {"siret": siret, "engagement_number": "2026-00871", "received_at": NOW}
    return PurchaseOrder.objects.create(quote=quote, **said | changes)


def subscribed(quote: Quote, **changes: Any) -> Subscription:
    return Subscription.objects.create(account=quote.account, quote=quote, created_at=NOW, **changes)


def an_invoice(quote: Quote, **changes: Any) -> Invoice:
    """One that has left, and can be read."""
    number = Invoice.objects.count() + 1
    said: dict[str, Any] = {
        "state": InvoiceState.ISSUED,
        "stripe_id": f"in_of_tests_{number}",
        "number": f"3F2A-{number:04d}",
        "net_cents": 340_000,
        "vat_basis_points": 2000,
        "vat_cents": 68_000,
        "total_cents": 408_000,
        "issued_on": TODAY,
        "facturx": b"%PDF- with xml",
        "plain": b"%PDF- without",
        "created_at": NOW,
    }
    return quote.account.invoices.create(**said | changes)


def a_payment(invoice: Invoice, **changes: Any) -> Payment:
    said: dict[str, Any] = {"kind": PaymentKind.TRANSFER, "cents": invoice.total_cents, "received_on": TODAY}
    paid = invoice.account.payments.create(invoice=invoice, **{"created_at": NOW} | said | changes)
    recount(invoice)
    return paid


def a_claim(invoice: Invoice, **changes: Any) -> InterestClaim:
    """Interest that was asked for."""
    rate, _is_new = InterestRate.objects.get_or_create(
        from_on=date(2026, 7, 1), defaults={"basis_points": 215, "source": "ecb.europa.eu", "entered_at": NOW}
    )
    said: dict[str, Any] = {"days": 20, "interest_cents": 2_269, "fixed_cents": 4_000, "decided_at": NOW}
    said |= {"number": f"I-2026-{InterestClaim.objects.count() + 1:04}", "document": b"%PDF-", "due_on": TODAY}
    return InterestClaim.objects.create(invoice=invoice, rate=rate, **said | changes)
