"""Rows of what is sold: an authority that has subscribed, and what it owes."""

from datetime import UTC, date, datetime
from typing import Any

from billing.enums import QuoteState, SubscriptionState, Territory, Timing
from billing.models import Account, Contact, Invoice, Quote, Subscription
from billing.services.plans import version_on
from tenants.models import Municipality

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
BEGINS, ENDS = date(2026, 12, 1), date(2027, 11, 30)
# Of Saran, as INSEE has it.
SIREN, SIRET = "214503021", "21450302100013"


def an_account(city: Municipality, **given: Any) -> Account:
    """Called in public, as all of these."""
    values = {
        "legal_name": "Commune de Saran",
        "siren": SIREN,
        "siret": SIRET,
        "address": "Place de la Liberté",
        "postcode": "45770",
        "town": "Saran",
        "service_code": "FINANCES",
        "stripe_customer": f"cus_{city.pk}",
        "iban": "FR7630006000011234567890189",
        "bic": "AGRIFRPP",
        "bank_holder": "Stripe Technology Europe Ltd",
        "created_at": AT,
    }
    account = Account.objects.create(municipality=city, **{**values, **given})
    Contact.objects.create(account=account, name="Comptabilité", email="compta@saran.example")
    return account


def a_subscription(account: Account, **given: Any) -> Subscription:
    of_quote = {name: given.pop(name) for name in ("timing", "territory", "vat_basis_points") if name in given}
    quote = Quote.objects.create(
        account=account,
        version=version_on(BEGINS),
        population=16_000,
        yearly_cents=340_000,
        issued_on=BEGINS,
        valid_until=date(2027, 3, 1),
        state=QuoteState.ACCEPTED,
        accepted_by="La maire",
        created_at=AT,
        **{
            "number": f"D-2026-{Quote.objects.count() + 1:04d}",
            "timing": Timing.ADVANCE,
            "territory": Territory.MAINLAND,
            "vat_basis_points": 2000,
            **of_quote,
        },
    )
    values = {"state": SubscriptionState.ACTIVE, "period_begins_on": BEGINS, "period_ends_on": ENDS}
    return Subscription.objects.create(account=account, quote=quote, created_at=AT, **{**values, **given})


def an_invoice_row(subscription: Subscription, **given: Any) -> Invoice:
    """As it is once Stripe has given it its number, before anything else."""
    number = Invoice.objects.count() + 1
    values = {
        "stripe_id": f"in_{number}",
        "number": f"3F2A-{number:04d}",
        "lines": [
            {
                "label": "Abonnement annuel, de 10 001 à 20 000 habitants",
                "quantity": 1,
                "unit_cents": 340_000,
                "total_cents": 340_000,
            }
        ],
        "net_cents": 340_000,
        "vat_basis_points": 2000,
        "vat_cents": 68_000,
        "total_cents": 408_000,
        "period_begins_on": BEGINS,
        "period_ends_on": ENDS,
        "engagement_number": "2026-BC-001873",
        "created_at": AT,
    }
    return Invoice.objects.create(account=subscription.account, subscription=subscription, **{**values, **given})
