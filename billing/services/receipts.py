"""Receipts: made when they are asked for, of rows that do not change."""

from django.db.models import Q, QuerySet, Sum

from billing.documents.data import Receipt, Reference
from billing.enums import InvoiceState, PaymentKind
from billing.models import Account, Payment
from billing.seller import seller
from billing.services.papers import buyer

# A document of French law: in French, whoever reads it.
MEANS = {
    PaymentKind.TRANSFER: "virement",
    PaymentKind.CARD: "carte bancaire",
    PaymentKind.BY_HAND: "virement",
}


def payments_with_receipt(account: Account) -> QuerySet[Payment]:
    """Money that came for an invoice that has left: not what was sent back, nor what lies on the account."""
    return account.payments.filter(kind__in=MEANS, cents__gt=0, invoice__facturx__isnull=False)


def receipt_pdf_of(payment: Payment) -> bytes:
    """One of `payments_with_receipt`. The same file each time. Loads Typst."""
    from billing.documents.printing import receipt_pdf

    return receipt_pdf(receipt_of(payment))


def receipt_of(payment: Payment) -> Receipt:
    invoice = payment.invoice
    assert invoice
    assert invoice.number
    assert invoice.issued_on
    until = Q(received_on__lt=payment.received_on) | Q(received_on=payment.received_on, pk__lte=payment.pk)
    paid = invoice.payments.filter(until).aggregate(sum=Sum("cents"))["sum"] or 0
    notes = invoice.credit_notes.exclude(state=InvoiceState.CANCELLED).filter(issued_on__lte=payment.received_on)
    credited = notes.aggregate(sum=Sum("total_cents"))["sum"] or 0
    return Receipt(
        number=f"R-{payment.pk:06d}",
        received_on=payment.received_on,
        amount=payment.cents,
        means=MEANS[PaymentKind(payment.kind)],
        reference=payment.reference,
        invoice=Reference(invoice.number, invoice.issued_on),
        invoice_total=invoice.total_cents,
        left=max(0, invoice.total_cents - credited - paid),
        seller=seller(),
        buyer=buyer(payment.account),
    )
