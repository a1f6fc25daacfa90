"""The money of an invoice as Stripe has it: a row for each thing that moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from billing.clients import invoices, money, records
from billing.enums import PaymentKind
from billing.models import Account, Invoice, Payment


@dataclass(frozen=True)
class Moved:
    """`id` is the row's own for ever: of the object that moved it, or of what that did."""

    id: str
    kind: str
    cents: int
    at: datetime
    intent: str = ""
    reference: str = ""


def mirror_payments(
    invoice: Invoice, found: records.Invoice, notes: Sequence[records.CreditNote], *, at: datetime
) -> None:
    """Have the rows of an invoice say what moved. What an operator entered is theirs, and stays."""
    account = invoice.account
    moved = {each.id: each for each in [*_paid(invoice, found, account, at), *_credits(found, notes)] if each.cents}
    known = {each.stripe_id: each for each in invoice.payments.exclude(stripe_id="")}
    for name in known.keys() - moved.keys():
        known[name].delete()
    for name, each in moved.items():
        row = known.get(name) or Payment(account=account, invoice=invoice, stripe_id=name, created_at=at)
        before = None if row.pk is None else _said(row)
        row.kind, row.cents, row.received_on = each.kind, each.cents, account.municipality.day_of(each.at)
        row.stripe_intent, row.reference = each.intent, each.reference[:140]
        if _said(row) != before:
            row.save()


def _said(row: Payment) -> tuple[object, ...]:
    return row.kind, row.cents, row.received_on, row.stripe_intent, row.reference


def _paid(invoice: Invoice, found: records.Invoice, account: Account, at: datetime) -> Iterator[Moved]:
    """By transfer, by card, outside Stripe; and what was sent back since."""
    if not found.paid:
        return
    parts = [each for each in invoices.payments(found.id) if each.amount]
    by_intent = {each.payment_intent_id: each for each in parts if each.payment_intent_id}
    transfers = list(_transfers(account, set(by_intent)))
    yield from transfers
    by_transfer = {each.intent for each in transfers}
    for intent, part in by_intent.items():
        if intent not in by_transfer:
            yield Moved(part.id, PaymentKind.CARD, part.amount, part.paid_at or at, intent)
        for refund in money.refunds(payment_intent_id=intent):
            if not refund.has_failed:
                yield Moved(refund.id, PaymentKind.REFUND, -refund.amount, refund.created_at, intent)
    elsewhere = next((each for each in parts if not each.payment_intent_id), None)
    if elsewhere is not None:
        # Operators enter what came outside Stripe, with its reference: this is what nobody entered.
        entered = (
            invoice.payments.filter(kind=PaymentKind.BY_HAND, stripe_id="").aggregate(sum=Sum("cents"))["sum"] or 0
        )
        rest = max(0, found.paid_off_stripe - entered)
        yield Moved(elsewhere.id, PaymentKind.BY_HAND, rest, elsewhere.paid_at or at)


def _transfers(account: Account, intents: set[str]) -> Iterator[Moved]:
    """What a customer's cash has paid of these, with the reference of the last transfer that came before."""
    if not intents:
        return
    reference = ""
    for each in reversed(list(money.cash_movements(account.stripe_customer))):
        if each.kind == "funded":
            reference = each.reference
        elif each.payment_intent_id in intents:
            kind = PaymentKind.TRANSFER
            yield Moved(each.id, kind, -each.amount, each.created_at, each.payment_intent_id, reference)


def _credits(found: records.Invoice, notes: Sequence[records.CreditNote]) -> Iterator[Moved]:
    """What the customer had to their credit and has paid with; and where what notes took back has gone."""
    used = found.total - found.due - found.credited_before_payment
    if found.finalized_at:
        yield Moved(f"{found.id}:credit", PaymentKind.CREDIT, used, found.finalized_at)
    for note in notes:
        if note.status == "void":
            continue
        kept = note.after_payment - note.refunded - note.paid_back_elsewhere
        yield Moved(f"{note.id}:credit", PaymentKind.CREDIT, -kept, note.created_at)
        yield Moved(f"{note.id}:elsewhere", PaymentKind.REFUND, -note.paid_back_elsewhere, note.created_at)
