"""The calls where money moves: transfers, cards, refunds. As in `stripe`, errors are ours and keys make calls once."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from billing.clients import reading
from billing.clients.connection import PAGE, calling, every, once
from billing.clients.records import BankAccount, CashMovement, CheckoutPage, CreditMovement, Refund

if TYPE_CHECKING:
    from stripe.params import RefundListParams


def bank_account(customer_id: str) -> BankAccount:
    """Where this customer sends transfers. Asked again, it is the same: no key is needed."""
    with calling() as stripe:
        told = stripe.customers.funding_instructions.create(
            customer_id,
            {
                "currency": "eur",
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}},
            },
        )
        return reading.bank_account(told.to_dict())


def apply_cash(*, key: str, payment_intent_id: str) -> str:
    """Pay with a customer's cash what the intent of an open invoice asks for, whole. Refused where it is not enough."""
    with calling() as stripe:
        return stripe.payment_intents.apply_customer_balance(payment_intent_id, {"currency": "eur"}, once(key)).id


def cash_movements(customer_id: str) -> Iterator[CashMovement]:
    with calling() as stripe:
        found = stripe.customers.cash_balance_transactions.list(customer_id, {"limit": PAGE})
        yield from map(reading.cash_movement, every(found))


def credit_movements(customer_id: str) -> Iterator[CreditMovement]:
    with calling() as stripe:
        found = stripe.customers.balance_transactions.list(customer_id, {"limit": PAGE})
        yield from map(reading.credit_movement, every(found))


def refund_payment(*, key: str, payment_intent_id: str, amount: int, metadata: Mapping[str, str]) -> Refund:
    """Send back what a card or a transfer paid. The invoice stays paid: a credit note says that it is not owed."""
    with calling() as stripe:
        made = stripe.refunds.create(
            {"payment_intent": payment_intent_id, "amount": amount, "metadata": dict(metadata)}, once(key)
        )
        return reading.refund(made.to_dict())


def refund_cash(*, key: str, customer_id: str, amount: int, metadata: Mapping[str, str]) -> Refund:
    """Send back what came by transfer and paid nothing. It is pending for some days."""
    with calling() as stripe:
        made = stripe.refunds.create(
            {
                "origin": "customer_balance",
                "customer": customer_id,
                "currency": "eur",
                "amount": amount,
                "metadata": dict(metadata),
            },
            once(key),
        )
        return reading.refund(made.to_dict())


def retrieve_refund(refund_id: str) -> Refund:
    with calling() as stripe:
        return reading.refund(stripe.refunds.retrieve(refund_id).to_dict())


def refunds(*, payment_intent_id: str | None = None, since: datetime | None = None) -> Iterator[Refund]:
    """The newest first."""
    params: RefundListParams = {"limit": PAGE}
    if payment_intent_id:
        params["payment_intent"] = payment_intent_id
    if since:
        params["created"] = {"gte": int(since.timestamp())}
    with calling() as stripe:
        yield from map(reading.refund, every(stripe.refunds.list(params)))


def create_checkout_page(
    *,
    key: str,
    customer_id: str,
    price_id: str,
    tax_rate_id: str | None,
    success_url: str,
    cancel_url: str,
    metadata: Mapping[str, str],
) -> CheckoutPage:
    """A page of Stripe's where a subscription is begun and paid by card. `metadata` is the subscription's too.

    Lead there by a plain link: a form of ours may not be sent elsewhere.
    """
    with calling() as stripe:
        made = stripe.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": customer_id,
                "line_items": [{"price": price_id, "quantity": 1}],
                "subscription_data": {
                    "metadata": dict(metadata),
                    "default_tax_rates": [tax_rate_id] if tax_rate_id else [],
                },
                "success_url": success_url,
                "cancel_url": cancel_url,
                "locale": "fr",
                "metadata": dict(metadata),
            },
            once(key),
        )
        return reading.checkout_page(made.to_dict())


def expire_checkout_page(page_id: str) -> None:
    """Nobody can pay on it any more. Raises Refused for one that is over already."""
    with calling() as stripe:
        stripe.checkout.sessions.expire(page_id)


def retrieve_checkout_page(page_id: str) -> CheckoutPage:
    with calling() as stripe:
        return reading.checkout_page(stripe.checkout.sessions.retrieve(page_id).to_dict())
