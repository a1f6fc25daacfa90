"""Invoices at Chorus Pro, as operators see them there: each step is kept, none is ever changed; what was entered by
mistake is taken back with a reason.

Who deposits by hand enters what the portal says; a transport of our own would call the same services.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.enums import HELD_UP, DepositState, InvoiceState
from billing.models import Deposit, Invoice
from billing.services.standing import follow, locked
from common.refusals import Refusal
from common.text import Words

_S = DepositState
FLOW, NOTE = Words(minimum=3, maximum=40, one_line=True), Words(minimum=3, maximum=1_000)
MISTAKE = Words(minimum=5, maximum=300, one_line=True)
# What comes next where all goes well.
EXPECTED = {
    "": _S.DEPOSITED,
    _S.TO_DEPOSIT: _S.DEPOSITED,
    _S.DEPOSITED: _S.AVAILABLE,
    _S.AVAILABLE: _S.SERVICE_DONE,
    _S.SUSPENDED: _S.DEPOSITED,
    _S.TO_RECYCLE: _S.DEPOSITED,
    _S.REJECTED: _S.DEPOSITED,
    _S.SERVICE_DONE: _S.ORDERED,
    _S.ORDERED: _S.ACCOUNTED,
    _S.ACCOUNTED: _S.BEING_PAID,
}
# What the city's accountant does with one that it can read.
_UNDER_WAY = (_S.SERVICE_DONE, _S.ORDERED, _S.ACCOUNTED, _S.BEING_PAID)
_READ = frozenset({_S.AVAILABLE, *_UNDER_WAY})
# From the last step, "" where there is none, to those that may follow. Steps of the portal may have gone unseen.
FOLLOWING: dict[str, frozenset[DepositState]] = {
    "": frozenset({_S.TO_DEPOSIT, _S.DEPOSITED}),
    _S.TO_DEPOSIT: frozenset({_S.DEPOSITED}),
    _S.DEPOSITED: _READ | HELD_UP,
    _S.AVAILABLE: frozenset({*HELD_UP, *_UNDER_WAY}),
    # Completed there, it goes on; otherwise it is mended and deposited again.
    _S.SUSPENDED: frozenset({_S.TO_DEPOSIT, _S.DEPOSITED, _S.REJECTED, *_READ}),
    _S.TO_RECYCLE: frozenset({_S.TO_DEPOSIT, _S.DEPOSITED, _S.REJECTED, *_READ}),
    _S.REJECTED: frozenset({_S.TO_DEPOSIT, _S.DEPOSITED}),
    _S.SERVICE_DONE: frozenset({_S.ORDERED, _S.ACCOUNTED, _S.BEING_PAID, *HELD_UP}),
    _S.ORDERED: frozenset({_S.ACCOUNTED, _S.BEING_PAID, *HELD_UP}),
    _S.ACCOUNTED: frozenset({_S.BEING_PAID, *HELD_UP}),
    _S.BEING_PAID: HELD_UP,
}


class NotIssued(Refusal):
    code = "not_issued"
    message = gettext_lazy("This document is not issued: nothing of it can be at Chorus Pro.")


class NotTheNextStep(Refusal):
    code = "not_the_next_step"
    message = gettext_lazy("This cannot follow the last step. Reload the page: somebody may have entered it meanwhile.")


class FlowMissing(Refusal):
    code = "flow_missing"
    status = 422
    message = gettext_lazy("Write the number of the flow that Chorus Pro gave when you deposited the file.")


class NoteMissing(Refusal):
    code = "note_missing"
    status = 422
    message = gettext_lazy("Write what Chorus Pro says that is wrong: it is what has to be mended.")


class NotThatDay(Refusal):
    code = "not_that_day"
    status = 422
    message = gettext_lazy("This day is in the future, or before the invoice was issued.")


class NotTheLastStep(Refusal):
    code = "not_the_last_step"
    message = gettext_lazy("Only the last step can be taken back. Take back those that follow it first.")


class NothingInFlow(Refusal):
    code = "nothing_in_flow"
    message = gettext_lazy("No invoice of this flow waits for Chorus Pro any more: somebody has entered it meanwhile.")


class NotTogether(Refusal):
    """Of several, the one that is in the way, and why."""

    code = "not_together"

    def __init__(self, number: str, refusal: Refusal) -> None:
        self.refusal, self.status = refusal, refusal.status
        said = {"number": number, "why": refusal.message}
        super().__init__(gettext("Nothing is entered. Of %(number)s: %(why)s") % said)


def last_step(invoice: Invoice) -> Deposit | None:
    """Of those that count."""
    return invoice.deposits.filter(taken_back_at=None).order_by("-created_at", "-pk").first()


def next_steps(invoice: Invoice) -> list[DepositState]:
    """What an operator may enter now, in the portal's order; of what is owed no more, only where it is there."""
    last = last_step(invoice)
    before = last.state if last else ""
    is_over = invoice.state == InvoiceState.CANCELLED and before in ("", _S.TO_DEPOSIT, *HELD_UP)
    if invoice.state not in _ISSUED or is_over:
        return []
    return [state for state in DepositState if state in FOLLOWING[before]]


def expected_step(invoice: Invoice) -> DepositState | None:
    """The one of `next_steps` that comes where all goes well."""
    last = last_step(invoice)
    return EXPECTED.get(last.state if last else "")


def enter_step(
    *,
    invoice: Invoice,
    state: str,
    seen_on: date,
    operator: User | None,
    at: datetime,
    flow: str = "",
    note: str = "",
) -> Deposit:
    """Keep what the portal says of an invoice. The same again as the last step: nothing happens.

    `flow` is asked for where it is deposited, `note` where it is held up; `operator` is None for a machine. Raises
    NotIssued, NotTheNextStep, FlowMissing, NoteMissing, NotThatDay, TextTooLong.
    """
    state = DepositState(state)
    flow, note = FLOW.cleaned(flow, optional=True), NOTE.cleaned(note, optional=True)
    with schema_context("public"), transaction.atomic():
        account = locked(invoice.account)
        invoice = Invoice.objects.select_for_update(of=("self",), no_key=True).get(pk=invoice.pk)
        _check(invoice, seen_on, today=account.municipality.day_of(at))
        before = last_step(invoice)
        if before is not None and (before.state, before.flow, before.note, before.seen_on) == (
            state,
            flow or before.flow,
            note,
            seen_on,
        ):
            return before
        if state not in FOLLOWING[before.state if before else ""]:
            raise NotTheNextStep
        if state == DepositState.DEPOSITED and not flow:
            raise FlowMissing
        if state in HELD_UP and not note:
            raise NoteMissing
        step = Deposit.objects.create(
            invoice=invoice,
            state=state,
            flow=flow or (before.flow if before and state != DepositState.TO_DEPOSIT else ""),
            note=note,
            seen_on=seen_on,
            entered_by=operator.email if operator else "",
            created_at=at,
        )
        record("deposit_entered", actor=operator, subject=invoice, number=invoice.number, state=state)
        _begin_term(invoice, step)
        follow(account, at=at)
    return step


def take_back_step(*, step: Deposit, why: str, operator: User, at: datetime) -> None:
    """What was entered by mistake counts for nothing, and stays with the reason; again: nothing happens. What follows
    of the steps (the term) is worked out anew. Raises NotTheLastStep, TextTooShort, TextTooLong.
    """
    why = MISTAKE.cleaned(why)
    with schema_context("public"), transaction.atomic():
        account = locked(step.invoice.account)
        invoice = Invoice.objects.select_for_update(of=("self",), no_key=True).get(pk=step.invoice_id)
        step = invoice.deposits.get(pk=step.pk)
        if step.taken_back_at is not None:
            return
        if step != last_step(invoice):
            raise NotTheLastStep
        step.taken_back_at, step.taken_back_by, step.taken_back_why = at, operator.email, why
        step.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
        record("deposit_taken_back", actor=operator, subject=invoice, number=invoice.number, state=step.state)
        invoice.available_on = None
        invoice.save(update_fields=["available_on"])
        for each in invoice.deposits.filter(taken_back_at=None).order_by("created_at", "pk"):
            _begin_term(invoice, each)
        follow(account, at=at)


def flow_available(*, flow: str, seen_on: date, operator: User, at: datetime) -> list[Deposit]:
    """All of a flow that Chorus Pro has said nothing of: it has made them available. What was rejected of it stays so.

    Raises NothingInFlow, NotTogether.
    """
    with schema_context("public"), transaction.atomic():
        waiting = Invoice.objects.at_chorus(flow=flow).defer("facturx", "plain").select_related("account")
        found = [
            _entered(invoice, state=_S.AVAILABLE, seen_on=seen_on, operator=operator, at=at)
            for invoice in sorted(waiting, key=lambda each: (each.account_id, each.pk))
        ]
    if not found:
        raise NothingInFlow
    return found


def deposit_together(
    *, invoices: list[Invoice], flow: str, seen_on: date, operator: User, at: datetime
) -> list[Deposit]:
    """Several invoices in one flow: all are entered, or none; again: nothing happens. Raises NotTogether, FlowMissing,
    TextTooLong.
    """
    flow = FLOW.cleaned(flow, optional=True)
    if not flow:
        raise FlowMissing
    with schema_context("public"), transaction.atomic():
        return [
            _entered(invoice, state=_S.DEPOSITED, flow=flow, seen_on=seen_on, operator=operator, at=at)
            # In their accounts' order: two that lock the same ones wait for each other in turn.
            for invoice in sorted(invoices, key=lambda each: (each.account_id, each.pk))
        ]


def _entered(invoice: Invoice, **step: Any) -> Deposit:
    try:
        return enter_step(invoice=invoice, **step)
    except Refusal as refusal:
        raise NotTogether(str(invoice), refusal) from refusal


_ISSUED = (InvoiceState.ISSUED, InvoiceState.PAID, InvoiceState.CANCELLED)


def _check(invoice: Invoice, seen_on: date, *, today: date) -> None:
    if invoice.state not in _ISSUED or invoice.issued_on is None:
        raise NotIssued
    if not invoice.issued_on <= seen_on <= today:
        raise NotThatDay


def _begin_term(invoice: Invoice, step: Deposit) -> None:
    """The term runs from the day on which the city could read the invoice; whatever goes on there has been read.

    Once, but that what was held up and mended has a term of its own (CCP, article R2192-29).
    """
    if step.state in _READ and (invoice.available_on is None or _was_mended(invoice, step)):
        invoice.available_on = step.seen_on
        invoice.save(update_fields=["available_on"])


def _was_mended(invoice: Invoice, step: Deposit) -> bool:
    """Whether it was held up since it was last read."""
    kept = invoice.deposits.filter(taken_back_at=None).exclude(pk=step.pk)
    earlier = Q(created_at__lt=step.created_at) | Q(created_at=step.created_at, pk__lt=step.pk)
    before = kept.filter(earlier).order_by("-created_at", "-pk").values_list("state", flat=True)
    return next((state for state in before if state in _READ or state in HELD_UP), "") in HELD_UP
