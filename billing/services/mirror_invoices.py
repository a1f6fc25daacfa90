"""Invoices and credit notes as Stripe has them: drafts, their numbers, and what is still to be paid."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.clients import invoices, records
from billing.clients.errors import Missing
from billing.documents.amounts import vat_of
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Account, Invoice, Subscription, VatRate
from billing.services.balances import recount
from billing.services.closing import NOT_INVOICED, hold
from billing.services.issuing import NOT_ORDERED, issue_invoice
from billing.services.mirror_accounts import account_of, wait_for_turn
from billing.services.mirror_payments import mirror_payments
from billing.services.standing import follow, locked
from billing.services.surplus import settle
from billing.services.years import year_of
from common.outbox import enqueue

# « 1 × Abonnement d’un an (at €3,400.00 / year) »: the quantity and the price have their columns.
_AS_STRIPE_SAYS = re.compile(r"\d+ × (.+) \([^()]*\d[^()]*\)")


def mirror_credit_note(note_id: str, *, at: datetime) -> str:
    return mirror_invoice(invoices.retrieve_credit_note(note_id).invoice_id, at=at)


def mirror_invoice(invoice_id: str, *, at: datetime) -> str:
    """An invoice, its credit notes, and the money that came for it or went back."""
    with transaction.atomic():
        wait_for_turn(invoice_id)
        try:
            found = invoices.retrieve_invoice(invoice_id)
        except Missing:
            return _forget_draft(invoice_id)
        account = account_of(found.customer_id)
        if account is None:
            return "unknown"
        invoice = _mirrored(found, account, at=at)
        credited = found.credited_before_payment + found.credited_after_payment
        notes = list(invoices.credit_notes(invoice_id=found.id)) if credited else []
        for note in notes:
            _mirror_note(note, invoice, at=at)
        mirror_payments(invoice, found, notes, at=at)
        changed = recount(invoice)
        settle(invoice, is_open=found.status == "open", at=at)
        if changed:
            follow(account, at=at)
    return "read"


def _forget_draft(invoice_id: str) -> str:
    """Only a draft can go at Stripe: it had no number."""
    drafts = Invoice.objects.filter(stripe_id=invoice_id, number=None)
    for account in Account.objects.filter(invoices__in=drafts):
        locked(account)
    gone, _what = drafts.delete()
    return "removed" if gone else "missing"


def _mirrored(found: records.Invoice, account: Account, *, at: datetime) -> Invoice:
    invoice = _row(found.id)
    is_new = invoice is None
    if invoice is None:
        invoice = Invoice(stripe_id=found.id, created_at=at)
    invoice.account = account  # as it is locked, with its city
    voided_on = account.municipality.day_of(found.voided_at) if found.voided_at else None
    if invoice.number and invoice.voided_on == voided_on:
        # Final, it never changes.
        return invoice
    if not invoice.number:
        for name, value in _content(found, account, invoice.subscription).items():
            setattr(invoice, name, value)
    invoice.voided_on = voided_on
    if found.subscription_id and invoice.subscription is None and not invoice.number:
        # Made at Stripe, or left over there: it is not for us to send it (issuing).
        invoice.problems = [{"code": NOT_ORDERED, "words": found.subscription_id}]
    _save(invoice, found.number, found.finalized_at)
    if is_new and not invoice.number and account.municipality.state in NOT_INVOICED:
        hold(invoice, account.municipality, at=at)
    return invoice


def _row(stripe_id: str) -> Invoice | None:
    """Locked, and without its files: who makes them writes them."""
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).defer("facturx", "plain")
    return rows.filter(stripe_id=stripe_id).first()


def _save(invoice: Invoice, number: str, final_at: datetime | None) -> None:
    """With its number once Stripe has given one: it is for ever, and then, once, its document is asked for."""
    # In Paris for all: numbers follow one another in time.
    day = timezone.localdate(final_at) if number and final_at and not invoice.number else None
    if day:
        invoice.number, invoice.issued_on = number, day
    invoice.save()
    if day:
        enqueue(issue_invoice, invoice_id=invoice.pk)


def _content(found: records.Invoice, account: Account, known: Subscription | None) -> dict[str, Any]:
    subscription = known or _subscription_of(found, account)
    content: dict[str, Any] = {
        "subscription": subscription,
        "lines": [_line(each) for each in found.lines],
        "net_cents": found.subtotal,
        "vat_cents": found.tax,
        "vat_basis_points": _rate(found.subtotal, found.tax),
        "total_cents": found.total,
    }
    if subscription is not None and found.lines:
        subscription.account = account
        ends_at = max(each.period_end for each in found.lines)
        begins_on, ends_on = subscription.days_of(min(each.period_start for each in found.lines), ends_at)
        content |= {"period_begins_on": begins_on, "period_ends_on": ends_on, "delivered_on": begins_on}
    if "engagement" in found.metadata:
        content["engagement_number"] = found.metadata["engagement"]
    elif year := year_of(subscription, content.get("period_begins_on")):
        content["engagement_number"] = year.engagement_number
    return content


def _subscription_of(found: records.Invoice, account: Account) -> Subscription | None:
    """Of one that we had made, the one that it names."""
    ours = account.subscriptions.all()
    named = found.metadata.get("subscription", "")
    if named.isdecimal() and not found.subscription_id:
        return ours.filter(pk=named).first()
    if not found.subscription_id:
        return None
    # Its own row may not know its number yet: one at a time is not ended.
    return ours.filter(stripe_id=found.subscription_id).first() or ours.filter(stripe_id="").first()


def _line(found: records.InvoiceLine) -> dict[str, Any]:
    unit = found.amount // found.quantity if found.quantity else found.amount
    named = _AS_STRIPE_SAYS.fullmatch(found.description)
    label = named[1] if named else found.description
    return {"label": label, "quantity": found.quantity, "unit_cents": unit, "total_cents": found.amount}


def _rate(net: int, vat: int) -> int:
    """The rate of our table that makes this tax of it; several may, of a few cents: the highest then."""
    rates = VatRate.objects.order_by("-basis_points").values_list("basis_points", flat=True)
    return next((rate for rate in rates if vat_of(net, rate) == vat), 0)


def _mirror_note(found: records.CreditNote, invoice: Invoice, *, at: datetime) -> None:
    note = _row(found.id)
    if note is None:
        label = found.memo or found.reason
        line = {"label": label, "quantity": 1, "unit_cents": found.subtotal, "total_cents": found.subtotal}
        note = Invoice(
            account=invoice.account,
            subscription=invoice.subscription,
            kind=InvoiceKind.CREDIT_NOTE,
            corrects=invoice,
            stripe_id=found.id,
            lines=[line],
            net_cents=found.subtotal,
            vat_basis_points=invoice.vat_basis_points,
            vat_cents=found.tax,
            total_cents=found.total,
            engagement_number=invoice.engagement_number,
            created_at=at,
        )
    is_void = found.status == "void"
    if note.number and is_void is (note.state == InvoiceState.CANCELLED):
        return
    if is_void:
        note.state = InvoiceState.CANCELLED
    _save(note, found.number, found.created_at)
