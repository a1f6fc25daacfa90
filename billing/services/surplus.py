"""What operators have entered and an invoice needs no more, since Stripe says that it is paid or credited."""

from datetime import datetime

from accounts.audit import record
from billing.enums import InvoiceState, PaymentKind
from billing.models import Call, Invoice
from billing.services.balances import recount
from billing.services.payments import key_of, key_of_part, tell


def settle(invoice: Invoice, *, is_open: bool, at: datetime) -> None:
    """What follows of what Stripe says of an invoice: what operators have entered and it needs no more lies on the
    account again; Stripe is told of what was paid elsewhere, while the invoice `is_open` there.

    In the transaction of whoever has read it, its account locked.
    """
    if invoice.left_cents < 0 and not Call.objects.filter(pk=key_of(invoice)).exists():
        _set_free(invoice, -invoice.left_cents)
    if is_open and invoice.state == InvoiceState.PAID:
        tell(invoice, at=at)


def _set_free(invoice: Invoice, cents: int) -> None:
    entered = list(invoice.payments.filter(kind=PaymentKind.BY_HAND, stripe_id="", cents__gt=0).order_by("-pk"))
    told = set(Call.objects.filter(pk__in=map(key_of_part, entered)).values_list("pk", flat=True))
    for payment in entered:
        if key_of_part(payment) in told:
            continue
        part = min(payment.cents, cents)
        if part == 0:
            break
        cents -= part
        if part < payment.cents:
            payment.cents -= part
            payment.save(update_fields=["cents"])
            payment.pk, payment.cents = None, part
        payment.invoice = None
        payment.save()
        record("payment_moved", actor=None, subject=payment, before=invoice.number or "", number="", cents=part)
    recount(invoice)
