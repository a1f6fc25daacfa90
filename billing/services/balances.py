"""What is still to be paid of an invoice: kept with its payments and credit notes, never entered."""

from django.db.models import Max, Sum

from billing.enums import InvoiceState
from billing.models import Invoice


def recount(invoice: Invoice) -> bool:
    """Bring an invoice's sums, state and day of payment up to date; whether they changed.

    For whoever has changed a payment or a credit note of it, or has issued it, in the same transaction. It is not
    paid before it is issued: its document comes first.
    """
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).defer("facturx", "plain")
    kept = rows.get(pk=invoice.pk)
    money = kept.payments.aggregate(sum=Sum("cents"), last=Max("received_on"))
    notes = kept.credit_notes.exclude(state=InvoiceState.CANCELLED).aggregate(sum=Sum("total_cents"))
    before = _said(kept)
    kept.paid_cents = money["sum"] or 0
    kept.credited_cents = kept.total_cents if kept.voided_on else notes["sum"] or 0
    kept.state = _state(kept)
    kept.paid_on = money["last"] if kept.paid_cents > 0 and kept.left_cents <= 0 else None
    changed = _said(kept) != before
    if changed:
        kept.save(update_fields=_KEPT)
    for name, value in zip(_KEPT, _said(kept), strict=True):
        setattr(invoice, name, value)
    return changed


_KEPT = ["paid_cents", "credited_cents", "state", "paid_on"]


def _said(invoice: Invoice) -> list[object]:
    return [getattr(invoice, name) for name in _KEPT]


def _state(invoice: Invoice) -> str:
    if not invoice.number or invoice.state in (InvoiceState.DRAFT, InvoiceState.BLOCKED):
        return invoice.state
    if invoice.total_cents and invoice.credited_cents >= invoice.total_cents:
        return InvoiceState.CANCELLED
    return InvoiceState.PAID if invoice.left_cents <= 0 else InvoiceState.ISSUED
