"""An account of Saran, and invoices that it could read, as they are once they are issued."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django_tenants.utils import schema_context

from billing.enums import InvoiceState, Method, SubscriptionState, Territory, Timing
from billing.models import Account, Contact, Invoice, PlanVersion, Quote, Subscription
from tenants.models import Municipality

# The day on which the city could read the invoice.
DAY_0 = date(2027, 3, 1)


def on_day(number: int) -> datetime:
    """So many days after DAY_0, at an hour at which it is that day in all of France."""
    return datetime(2027, 3, 1, 11, tzinfo=UTC) + timedelta(days=number)


def account(city: Municipality, **kwargs: Any) -> Account:
    with schema_context("public"):
        made: Account = Account.objects.create(
            municipality=city, legal_name="Commune de Saran", siren="214503027", created_at=on_day(-40), **kwargs
        )
        Contact.objects.create(account=made, email="compta@saran.example")
        Contact.objects.create(account=made, email="accueil@saran.example", gets_reminders=False)
        return made


def subscription(of: Account, **kwargs: Any) -> Subscription:
    quote = Quote.objects.create(
        account=of,
        number=f"D-2027-{Quote.objects.count() + 1:04}",
        version=PlanVersion.objects.get(number=1),
        population=16_412,
        yearly_cents=340_000,
        territory=Territory.MAINLAND,
        vat_basis_points=2_000,
        timing=Timing.ADVANCE,
        issued_on=DAY_0,
        valid_until=DAY_0,
        created_at=on_day(-30),
    )
    values = {"method": Method.TRANSFER, "state": SubscriptionState.ACTIVE, "created_at": on_day(-20), **kwargs}
    made: Subscription = Subscription.objects.create(account=of, quote=quote, **values)
    return made


def invoice(of: Account, number: str = "TR-0001", **kwargs: Any) -> Invoice:
    values = {
        "state": InvoiceState.ISSUED,
        "stripe_id": f"in_{number}",
        "net_cents": 340_000,
        "vat_basis_points": 2_000,
        "vat_cents": 68_000,
        "total_cents": 408_000,
        "issued_on": DAY_0,
        "available_on": DAY_0,
        "created_at": on_day(0),
        **kwargs,
    }
    made: Invoice = Invoice.objects.create(account=of, number=number, **values)
    return made
