"""A part that operators have entered, where the cash at Stripe is the rest: told of the part, Stripe pays with it.

Stripe may pay no invoice in part with cash (docs/operators.md): both then lie, each too little for what it knows.
"""

from datetime import UTC, datetime, time
from typing import Any

from django.utils import timezone

from billing.clients import invoices
from billing.enums import InvoiceState, PaymentKind
from billing.models import Account, Call, Invoice, Payment
from billing.services.calls import keep, once
from billing.services.mirror_cash import read_paid
from billing.services.payments import key_of_part
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task


def tell(invoice: Invoice, *, at: datetime) -> None:
    """Again, or where nothing is left to be told: nothing happens. In the caller's transaction."""
    account = locked(invoice.account)
    if entered := _entered(invoice):
        keep(*map(key_of_part, entered), at=at)
        enqueue(tell_parts, invoice_id=invoice.pk, customer_id=account.stripe_customer)


@outbox_task
def tell_parts(*, invoice_id: int, customer_id: str, **kwargs: Any) -> None:
    at = timezone.now()
    locked(Account.objects.get(invoices=invoice_id))
    invoice = Invoice.objects.defer("facturx", "plain").get(pk=invoice_id)
    entered = {key_of_part(payment): payment for payment in _entered(invoice)}
    calls = Call.objects.in_bulk(entered)
    told = sum(entered[key].cents for key, call in calls.items() if call.done_at)
    for key in sorted(calls, key=lambda each: entered[each].pk):
        if not calls[key].done_at:
            told += entered[key].cents
            _tell(entered[key], invoice, told, at=at)
    enqueue(read_paid, invoice_id=invoice.stripe_id)
    enqueue(read_paid, customer_id=customer_id)


def _tell(payment: Payment, invoice: Invoice, told: int, *, at: datetime) -> None:
    def there() -> str:
        """All that is paid elsewhere is what we have told, this one after the others."""
        return invoice.stripe_id if invoices.retrieve_invoice(invoice.stripe_id).paid_off_stripe >= told else ""

    once(
        key_of_part(payment),
        lambda key: (
            there()
            or invoices.note_part_paid(
                key=key,
                invoice_id=invoice.stripe_id,
                amount=payment.cents,
                at=datetime.combine(payment.received_on, time(12), UTC),
                metadata={"payment": str(payment.pk)},
            )
        ),
        find=there,
        at=at,
    )


def _entered(invoice: Invoice) -> list[Payment]:
    if invoice.state != InvoiceState.ISSUED:
        return []
    return list(invoice.payments.filter(kind=PaymentKind.BY_HAND, stripe_id="", cents__gt=0).order_by("pk"))
