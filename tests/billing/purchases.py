"""What a city asks for and orders, in rows: `buyer(saran)`, `a_quote(account)`, `an_order(quote)`, `subscribed(quote)`."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from billing.enums import QuoteState, Territory, Timing
from billing.models import Account, PlanVersion, PurchaseOrder, Quote, Subscription
from billing.services.quotes import account_of, next_number
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
        "valid_until": TODAY + timedelta(days=90),
        "created_at": NOW,
    }
    if changes.get("state") == QuoteState.ACCEPTED:
        said |= {"accepted_at": NOW, "accepted_by": "Élise Morin, maire"}
    return account.quotes.create(**said | changes)


def an_order(quote: Quote, **changes: Any) -> PurchaseOrder:
    said: dict[str, Any] = {"siret": quote.account.siren + "00013", "engagement_number": "2026-00871"}
    return PurchaseOrder.objects.create(quote=quote, received_at=NOW, **said | changes)


def subscribed(quote: Quote, **changes: Any) -> Subscription:
    return Subscription.objects.create(account=quote.account, quote=quote, created_at=NOW, **changes)
