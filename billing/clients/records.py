"""What Stripe answers, as much of it as we use. Amounts are cents of euros, moments aware datetimes in UTC."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class TaxNumber:
    """`kind` is fr_siret, fr_siren or eu_vat. A new one has no `id` yet."""

    kind: str
    value: str
    id: str = ""


@dataclass(frozen=True)
class Address:
    line1: str
    postal_code: str
    city: str
    line2: str = ""
    country: str = "FR"


@dataclass(frozen=True)
class Customer:
    """`balance` below zero is to the customer's credit, and lowers the next invoices; `cash` came by transfer and has
    paid nothing yet, where it was asked for with the customer.
    """

    id: str
    name: str
    email: str
    tax_numbers: tuple[TaxNumber, ...]
    balance: int
    metadata: dict[str, str]
    cash: int = 0


@dataclass(frozen=True)
class Price:
    id: str
    product_id: str
    amount: int
    interval: str
    lookup_key: str
    is_active: bool


@dataclass(frozen=True)
class TaxRate:
    id: str
    name: str
    percentage: Decimal
    is_active: bool


@dataclass(frozen=True)
class SubscriptionItem:
    id: str
    price_id: str
    quantity: int
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True)
class Subscription:
    """`status`: active (at once, where invoices are sent), trialing, past_due, canceled, incomplete, unpaid.

    `vat_basis_points` is the tax of what it invoices next.
    """

    id: str
    customer_id: str
    status: str
    collection_method: str
    days_until_due: int | None
    items: tuple[SubscriptionItem, ...]
    cancel_at_period_end: bool
    trial_end: datetime | None
    vat_basis_points: int
    latest_invoice_id: str
    metadata: dict[str, str]
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class InvoiceLine:
    """`amount` without tax, `tax` that of this line."""

    id: str
    description: str
    amount: int
    tax: int
    quantity: int
    price_id: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True)
class Invoice:
    """`status`: draft, open, paid, void, uncollectible.

    `total` is with tax; `due` is what was to be paid once the customer's credit and notes before payment were taken
    off; `paid_off_stripe` is the part of `paid` that an operator recorded. `due_at` is not the legal term: that runs
    from the day on which the city could read the invoice.
    """

    id: str
    number: str
    status: str
    customer_id: str
    subscription_id: str
    reason: str
    subtotal: int
    tax: int
    total: int
    due: int
    paid: int
    paid_off_stripe: int
    remaining: int
    credited_before_payment: int
    credited_after_payment: int
    lines: tuple[InvoiceLine, ...]
    metadata: dict[str, str]
    created_at: datetime
    finalized_at: datetime | None
    due_at: datetime | None
    paid_at: datetime | None
    voided_at: datetime | None


@dataclass(frozen=True)
class CreditNote:
    """`after_payment` is what was `refunded` by Stripe, `paid_back_elsewhere`, or put to the customer's credit."""

    id: str
    number: str
    status: str
    invoice_id: str
    customer_id: str
    subtotal: int
    tax: int
    total: int
    before_payment: int
    after_payment: int
    refunded: int
    paid_back_elsewhere: int
    reason: str
    memo: str
    refund_ids: tuple[str, ...]
    metadata: dict[str, str]
    created_at: datetime


@dataclass(frozen=True)
class Payment:
    """Towards an invoice. Without `payment_intent_id` it came outside Stripe, and cannot be refunded by it."""

    id: str
    invoice_id: str
    amount: int
    status: str
    payment_intent_id: str
    paid_at: datetime | None


@dataclass(frozen=True)
class Refund:
    id: str
    amount: int
    status: str
    payment_intent_id: str
    customer_id: str
    metadata: dict[str, str]
    created_at: datetime

    @property
    def has_failed(self) -> bool:
        """It has brought nothing back."""
        return self.status in ("failed", "canceled")


@dataclass(frozen=True)
class BankAccount:
    """Where a customer sends transfers: an account of that customer's own, whatever the reference says."""

    holder: str
    iban: str
    bic: str


@dataclass(frozen=True)
class CashMovement:
    """`kind`: funded (a transfer came), applied_to_payment, refunded_from_payment…; what goes out is below zero."""

    id: str
    kind: str
    amount: int
    balance_after: int
    reference: str
    payment_intent_id: str
    created_at: datetime


@dataclass(frozen=True)
class CreditMovement:
    """Of a customer's credit: `amount` below zero adds to it, above zero uses it up."""

    id: str
    kind: str
    amount: int
    balance_after: int
    invoice_id: str
    credit_note_id: str
    created_at: datetime


@dataclass(frozen=True)
class CheckoutPage:
    """`status`: open, complete, expired; only an open one has an address."""

    id: str
    url: str
    status: str
    customer_id: str
    subscription_id: str
    metadata: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class Event:
    """That something happened to an object, which is to be read again: events come twice and in any order."""

    id: str
    kind: str
    object_kind: str
    object_id: str
    created_at: datetime
