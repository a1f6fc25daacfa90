"""The calls about invoices and credit notes. As in `stripe`, errors are ours and keys make calls once."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from billing.clients import reading
from billing.clients.connection import DAYS_UNTIL_DUE, PAGE, calling, every, once
from billing.clients.records import CreditNote, Invoice, Payment

if TYPE_CHECKING:
    from stripe.params import CreditNoteCreateParams, InvoiceItemCreateParams, InvoiceListParams


def retrieve_invoice(invoice_id: str) -> Invoice:
    with calling() as stripe:
        return reading.invoice(stripe.invoices.retrieve(invoice_id).to_dict())


def invoices(*, customer_id: str | None = None, since: datetime | None = None) -> Iterator[Invoice]:
    """The newest first."""
    params: InvoiceListParams = {"limit": PAGE}
    if customer_id:
        params["customer"] = customer_id
    if since:
        params["created"] = {"gte": int(since.timestamp())}
    with calling() as stripe:
        yield from map(reading.invoice, every(stripe.invoices.list(params)))


def create_invoice(
    *,
    key: str,
    customer_id: str,
    description: str,
    amount: int,
    tax_rate_id: str | None,
    metadata: Mapping[str, str],
    period: tuple[datetime, datetime] | None = None,
) -> Invoice:
    """A draft of one line, which stays one until `finalize_invoice`: interest and costs, or a period at its end."""
    with calling() as stripe:
        made = stripe.invoices.create(
            {
                "customer": customer_id,
                "collection_method": "send_invoice",
                "days_until_due": DAYS_UNTIL_DUE,
                "auto_advance": False,
                "pending_invoice_items_behavior": "exclude",
                "metadata": dict(metadata),
            },
            once(f"{key}:invoice"),
        )
        line: InvoiceItemCreateParams = {
            "customer": customer_id,
            "invoice": made.id,
            "amount": amount,
            "currency": "eur",
            "description": description,
            "tax_rates": [tax_rate_id] if tax_rate_id else [],
        }
        if period:
            line["period"] = {"start": int(period[0].timestamp()), "end": int(period[1].timestamp())}
        stripe.invoice_items.create(line, once(f"{key}:line"))
    return retrieve_invoice(made.id)


def finalize_invoice(*, key: str, invoice_id: str) -> Invoice:
    """Give a draft its number, for ever."""
    with calling() as stripe:
        done = stripe.invoices.finalize_invoice(invoice_id, {"auto_advance": True}, once(key))
        return reading.invoice(done.to_dict())


def let_advance(*, key: str, invoice_id: str, goes_on: bool) -> Invoice:
    """Whether a draft gets its number by itself."""
    with calling() as stripe:
        return reading.invoice(stripe.invoices.update(invoice_id, {"auto_advance": goes_on}, once(key)).to_dict())


def mark_paid(*, key: str, invoice_id: str) -> Invoice:
    """It was paid outside Stripe, whole."""
    with calling() as stripe:
        return reading.invoice(stripe.invoices.pay(invoice_id, {"paid_out_of_band": True}, once(key)).to_dict())


def note_part_paid(*, key: str, invoice_id: str, amount: int, at: datetime, metadata: Mapping[str, str]) -> str:
    """A part of an open invoice was paid outside Stripe: the id of the record. What is left there is less by it."""
    moment = int(at.timestamp())
    with calling() as stripe:
        made = stripe.payment_records.report_payment(
            {
                "amount_requested": {"currency": "eur", "value": amount},
                "payment_method_details": {"type": "custom", "custom": {"display_name": "Virement"}},
                "initiated_at": moment,
                "outcome": "guaranteed",
                "guaranteed": {"guaranteed_at": moment},
                "metadata": dict(metadata),
            },
            once(f"{key}:record"),
        )
        stripe.invoices.attach_payment(invoice_id, {"payment_record": made.id}, once(f"{key}:attached"))
        return made.id


def void_invoice(*, key: str, invoice_id: str) -> Invoice:
    """It keeps its number, and is owed no more. Refused for one that is paid, even in part: credit it."""
    with calling() as stripe:
        return reading.invoice(stripe.invoices.void_invoice(invoice_id, {}, once(key)).to_dict())


def payments(invoice_id: str) -> Iterator[Payment]:
    with calling() as stripe:
        yield from map(reading.payment, every(stripe.invoice_payments.list({"invoice": invoice_id, "limit": PAGE})))


def create_credit_note(
    *,
    key: str,
    invoice_id: str,
    lines: Mapping[str, int],
    reason: str,
    memo: str,
    refunded: int = 0,
    credited: int = 0,
    paid_back_elsewhere: int = 0,
    metadata: Mapping[str, str],
) -> CreditNote:
    """Take back amounts without tax of an invoice's lines, by their numbers.

    What was paid already is `refunded` by Stripe, `credited` to the next invoice, or `paid_back_elsewhere`: the three,
    with tax, make up exactly that part, or it is refused. `reason` is duplicate, fraudulent, order_change or
    product_unsatisfactory.
    """
    params: CreditNoteCreateParams = {
        "invoice": invoice_id,
        "lines": [
            {"type": "invoice_line_item", "invoice_line_item": line, "amount": amount} for line, amount in lines.items()
        ],
        "reason": reason,
        "memo": memo,
        "email_type": "none",
        "metadata": dict(metadata),
    }
    if refunded:
        params["refund_amount"] = refunded
    if credited:
        params["credit_amount"] = credited
    if paid_back_elsewhere:
        params["out_of_band_amount"] = paid_back_elsewhere
    with calling() as stripe:
        return reading.credit_note(stripe.credit_notes.create(params, once(key)).to_dict())


def retrieve_credit_note(note_id: str) -> CreditNote:
    with calling() as stripe:
        return reading.credit_note(stripe.credit_notes.retrieve(note_id).to_dict())


def credit_notes(*, invoice_id: str) -> Iterator[CreditNote]:
    with calling() as stripe:
        yield from map(reading.credit_note, every(stripe.credit_notes.list({"invoice": invoice_id, "limit": PAGE})))
