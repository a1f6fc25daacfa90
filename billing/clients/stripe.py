"""The calls that we make to Stripe; `invoices` and `money` have more of them.

Each raises `errors`; each that changes something takes the key that makes it once.

Amounts are cents, without tax unless it is said; prices are in euros, with tax beside them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from billing.clients import reading
from billing.clients.connection import DAYS_UNTIL_DUE, PAGE, calling, every, once
from billing.clients.errors import Missing
from billing.clients.records import (
    Address,
    Customer,
    Event,
    Price,
    Subscription,
    TaxNumber,
    TaxRate,
)

if TYPE_CHECKING:
    from stripe.params import (
        CustomerCreateParams,
        CustomerListParams,
        CustomerUpdateParams,
        SubscriptionCreateParams,
        SubscriptionUpdateParams,
    )

# What Stripe tells of and we want to know.
KINDS = [
    "charge.dispute.closed",
    "charge.dispute.created",
    "checkout.session.completed",
    "checkout.session.expired",
    "credit_note.created",
    "credit_note.updated",
    "credit_note.voided",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.updated",
    "customer.updated",
    "customer_cash_balance_transaction.created",
    "invoice.created",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.overdue",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.updated",
    "invoice.voided",
    "refund.created",
    "refund.failed",
    "refund.updated",
]


# Customers


def create_customer(
    *,
    key: str,
    name: str,
    email: str,
    address: Address,
    tax_numbers: Sequence[TaxNumber],
    metadata: Mapping[str, str],
) -> Customer:
    params: CustomerCreateParams = {
        "name": name,
        "email": email,
        "address": _address(address),
        "tax_id_data": [{"type": each.kind, "value": each.value} for each in tax_numbers],
        "preferred_locales": ["fr"],
        "metadata": dict(metadata),
        "expand": ["tax_ids"],
    }
    with calling() as stripe:
        return reading.customer(stripe.customers.create(params, once(key)).to_dict())


def update_customer(
    *, key: str, customer_id: str, name: str, email: str, address: Address, metadata: Mapping[str, str]
) -> Customer:
    params: CustomerUpdateParams = {
        "name": name,
        "email": email,
        "address": _address(address),
        "metadata": dict(metadata),
        "expand": ["tax_ids"],
    }
    with calling() as stripe:
        return reading.customer(stripe.customers.update(customer_id, params, once(key)).to_dict())


def retrieve_customer(customer_id: str) -> Customer:
    with calling() as stripe:
        found = stripe.customers.retrieve(customer_id, {"expand": ["tax_ids", "cash_balance"]})
        return reading.customer(found.to_dict())


def customers(*, since: datetime) -> Iterator[Customer]:
    """Made since then, the newest first, each with its cash."""
    with calling() as stripe:
        params: CustomerListParams = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        found = stripe.customers.list({**params, "expand": ["data.cash_balance"]})
        yield from map(reading.customer, every(found))


def add_tax_number(*, key: str, customer_id: str, number: TaxNumber) -> TaxNumber:
    with calling() as stripe:
        made = stripe.customers.tax_ids.create(customer_id, {"type": number.kind, "value": number.value}, once(key))
        return reading.tax_number(made.to_dict())


def remove_tax_number(*, customer_id: str, number_id: str) -> None:
    """One that is not there any more is removed already."""
    with suppress(Missing), calling() as stripe:
        stripe.customers.tax_ids.delete(customer_id, number_id)


# What is sold


def create_product(*, key: str, name: str, metadata: Mapping[str, str]) -> str:
    """Returns its number."""
    with calling() as stripe:
        return stripe.products.create({"name": name, "metadata": dict(metadata)}, once(key)).id


def find_product(metadata: Mapping[str, str]) -> str:
    """The number of the one that has at least this; empty where there is none."""
    with calling() as stripe:
        for each in every(stripe.products.list({"active": True, "limit": PAGE})):
            if metadata.items() <= each["metadata"].items():
                return str(each["id"])
    return ""


def create_price(*, key: str, product_id: str, amount: int, lookup_key: str) -> Price:
    """Of a year, without tax. A price never changes: another one is made, under another `lookup_key`."""
    with calling() as stripe:
        made = stripe.prices.create(
            {
                "product": product_id,
                "currency": "eur",
                "unit_amount": amount,
                "recurring": {"interval": "year"},
                "tax_behavior": "exclusive",
                "lookup_key": lookup_key,
            },
            once(key),
        )
        return reading.price(made.to_dict())


def find_price(lookup_key: str) -> Price | None:
    with calling() as stripe:
        found = stripe.prices.list({"lookup_keys": [lookup_key], "active": True}).data
        return reading.price(found[0].to_dict()) if found else None


def create_tax_rate(*, key: str, name: str, percentage: Decimal) -> TaxRate:
    with calling() as stripe:
        made = stripe.tax_rates.create(
            {"display_name": name, "percentage": float(percentage), "inclusive": False, "country": "FR"}, once(key)
        )
        return reading.tax_rate(made.to_dict())


def tax_rates() -> Iterator[TaxRate]:
    with calling() as stripe:
        yield from map(reading.tax_rate, every(stripe.tax_rates.list({"active": True, "limit": PAGE})))


# Subscriptions


def create_subscription(
    *, key: str, customer_id: str, price_id: str, tax_rate_id: str | None, metadata: Mapping[str, str]
) -> Subscription:
    """One that is paid by transfer within 30 days. It is active at once; its invoice is a draft for an hour."""
    params: SubscriptionCreateParams = {
        "customer": customer_id,
        "items": [{"price": price_id}],
        "collection_method": "send_invoice",
        "days_until_due": DAYS_UNTIL_DUE,
        "default_tax_rates": [tax_rate_id] if tax_rate_id else "",
        "payment_settings": {
            "payment_method_types": ["customer_balance"],
            "payment_method_options": {
                "customer_balance": {
                    "funding_type": "bank_transfer",
                    "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}},
                }
            },
        },
        "metadata": dict(metadata),
    }
    with calling() as stripe:
        return reading.subscription(stripe.subscriptions.create(params, once(key)).to_dict())


def retrieve_subscription(subscription_id: str) -> Subscription:
    with calling() as stripe:
        return reading.subscription(stripe.subscriptions.retrieve(subscription_id).to_dict())


def subscriptions(*, customer_id: str | None = None) -> Iterator[Subscription]:
    """Those that have ended too, the newest first."""
    with calling() as stripe:
        found = (
            stripe.subscriptions.list({"customer": customer_id, "status": "all", "limit": PAGE})
            if customer_id
            else stripe.subscriptions.list({"status": "all", "limit": PAGE})
        )
        yield from map(reading.subscription, every(found))


def change_price(
    *, key: str, subscription_id: str, item_id: str, price_id: str, tax_rate_id: str | None, metadata: Mapping[str, str]
) -> Subscription:
    """From the next period on: what has been invoiced stays as it is."""
    params: SubscriptionUpdateParams = {
        "items": [{"id": item_id, "price": price_id}],
        "proration_behavior": "none",
        "default_tax_rates": [tax_rate_id] if tax_rate_id else "",
        "metadata": dict(metadata),
    }
    with calling() as stripe:
        return reading.subscription(stripe.subscriptions.update(subscription_id, params, once(key)).to_dict())


def change_tax_rate(*, key: str, subscription_id: str, tax_rate_id: str | None) -> Subscription:
    """From the next invoice on."""
    params: SubscriptionUpdateParams = {
        "default_tax_rates": [tax_rate_id] if tax_rate_id else "",
        "proration_behavior": "none",
    }
    with calling() as stripe:
        return reading.subscription(stripe.subscriptions.update(subscription_id, params, once(key)).to_dict())


def end_with_period(*, key: str, subscription_id: str, ends: bool = True) -> Subscription:
    """End a subscription with its period rather than renew it; `ends=False` goes back on that."""
    with calling() as stripe:
        changed = stripe.subscriptions.update(subscription_id, {"cancel_at_period_end": ends}, once(key))
        return reading.subscription(changed.to_dict())


def cancel_subscription(subscription_id: str) -> Subscription:
    """Now. Invoices that are final are still owed. One that has ended already stays as it is."""
    try:
        with calling() as stripe:
            return reading.subscription(stripe.subscriptions.cancel(subscription_id).to_dict())
    except Missing:
        return retrieve_subscription(subscription_id)


# What happened


def events(*, since: datetime) -> Iterator[Event]:
    """Those of KINDS, the newest first. Stripe keeps them for thirty days."""
    with calling() as stripe:
        # It takes twenty kinds at most: all are asked for, and ours are kept.
        found = stripe.events.list({"created": {"gte": int(since.timestamp())}, "limit": PAGE})
        yield from map(reading.event, (each for each in every(found) if each["type"] in KINDS))


def _address(address: Address) -> Any:
    # An empty text is refused.
    return {name: text for name, text in asdict(address).items() if text}
