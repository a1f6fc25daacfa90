"""What is still to be paid of an invoice: kept with its payments and credit notes, never entered; and what lies on an
account beside.
"""

from collections.abc import Iterable

from django.db.models import Max, Sum

from billing.enums import InvoiceState
from billing.models import Account, Invoice


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


def on_account(account: Account) -> int:
    """What operators have entered and that has paid no invoice. What Stripe holds is `cash_cents`."""
    return account.payments.filter(invoice=None).aggregate(sum=Sum("cents"))["sum"] or 0


def not_covered(account: Account, invoices: Iterable[Invoice]) -> list[Invoice]:
    """Those of `invoices`, taken in their order, that what lies on the account, or at Stripe, is not enough to pay.

    The others are paid: it is only to be said with what. What is too little for the first one is its `lying_cents`.
    """
    lying, left = max(0, account.cash_cents) + max(0, on_account(account)), []
    for invoice in invoices:
        if invoice.left_cents <= lying:
            lying -= invoice.left_cents
        else:
            left.append(invoice)
    if left:
        left[0].lying_cents = lying
    return left


_KEPT = ["paid_cents", "credited_cents", "state", "paid_on"]


def _said(invoice: Invoice) -> list[object]:
    return [getattr(invoice, name) for name in _KEPT]


def _state(invoice: Invoice) -> str:
    if not invoice.number or invoice.state in (InvoiceState.DRAFT, InvoiceState.BLOCKED):
        return invoice.state
    if invoice.total_cents and invoice.credited_cents >= invoice.total_cents:
        return InvoiceState.CANCELLED
    return InvoiceState.PAID if invoice.left_cents <= 0 else InvoiceState.ISSUED
