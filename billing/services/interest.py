"""Interest and the fixed sum for an invoice that was paid late: worked out for operators, sent by nobody else.

CCP, articles L2192-13, R2192-31 to R2192-36, D2192-35.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import mail_of
from accounts.models import User
from accounts.tasks import send_mail
from billing.documents.amounts import FULL_RATE, printed, printed_rate
from billing.documents.data import LatePart, Reference, Statement
from billing.documents.identifiers import grouped
from billing.enums import InvoiceKind, InvoiceState
from billing.models import InterestClaim, InterestRate, Invoice
from billing.models.invoices import TERM
from billing.seller import seller
from billing.services.bank import known_bank_of
from billing.services.bank_entries import REFERENCE
from billing.services.contacts import page_of
from billing.services.mailing import PDF
from billing.services.papers import buyer
from billing.services.reminders import readers
from billing.services.series import next_number
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal
from common.text import Words

ADDED_BASIS_POINTS, FIXED_CENTS, DAYS_A_YEAR = 800, 4_000, 365
# They are due with the principal, and within these days after it at the latest (R2192-36).
DUE_WITHIN = timedelta(days=45)
SOURCE = Words(minimum=5, maximum=200, one_line=True)
_HALVES = ((1, 1), (7, 1))
MOST_BASIS_POINTS = 3_000
# What an authority owes lapses after four years.
_YEARS_BACK = 5


class NotPaidLate(Refusal):
    code = "not_paid_late"
    message = gettext_lazy("This invoice was not paid late, or is not paid yet: there is no interest to ask for.")


class RateMissing(Refusal):
    code = "rate_missing"
    message = gettext_lazy("The rate of the half-year in which the interest began is not entered yet.")


class InterestDecided(Refusal):
    code = "interest_decided"
    message = gettext_lazy("The interest of this invoice was asked for, or given up, already.")


class NotAskedFor(Refusal):
    code = "interest_not_asked_for"
    message = gettext_lazy("No interest was asked for of this invoice: there is none to be paid.")


class PaidInTheFuture(Refusal):
    code = "interest_paid_in_the_future"
    status = 422
    message = gettext_lazy("This day is still to come.")


class NotAHalfYear(Refusal):
    code = "not_a_half_year"
    status = 422
    message = gettext_lazy("A rate holds from 1 January or from 1 July.")


class RateOutOfBounds(Refusal):
    code = "rate_out_of_bounds"
    status = 422
    message = gettext_lazy("A rate is between 0 and 30 %.")


class NotTheseYears(Refusal):
    code = "not_these_years"
    status = 422
    message = gettext_lazy("A rate is entered once its half-year has begun, and for the last five years only.")


class RateThere(Refusal):
    """`unless`: the argument by which whoever has looked says that it is to be replaced."""

    code, unless = "rate_there", "replace"

    def __init__(self, rate: InterestRate) -> None:
        said = gettext("A rate of %(rate)s is entered for this half-year. Replace it only if it was misread.")
        super().__init__(said % {"rate": printed_rate(rate.basis_points)})


class RateInUse(Refusal):
    code = "rate_in_use"
    message = gettext_lazy("Interest was asked for at this rate: it is not changed any more.")


@dataclass(frozen=True)
class Interest:
    """`days`: late, until the last payment; `parts`: what was paid late, each for its days."""

    rate: InterestRate
    days: int
    interest_cents: int
    fixed_cents: int
    due_on: date
    parts: tuple[LatePart, ...]

    @property
    def basis_points(self) -> int:
        """Of a year, the eight points included."""
        return self.rate.basis_points + ADDED_BASIS_POINTS

    @property
    def total_cents(self) -> int:
        return self.interest_cents + self.fixed_cents


def paid_late() -> QuerySet[Invoice]:
    """Those of which somebody is still to decide, the oldest first."""
    late = Invoice.objects.filter(
        kind=InvoiceKind.INVOICE, state=InvoiceState.PAID, claim=None, paid_on__gt=F("available_on") + TERM
    )
    return late.defer("facturx", "plain").order_by("paid_on", "pk")


def interest_of(invoice: Invoice) -> Interest:
    """Of each payment for the days that it was late, its own included; rounded once, half a cent up.

    Raises NotPaidLate, RateMissing.
    """
    due_on, paid_on = invoice.due_on, invoice.paid_on
    if due_on is None or paid_on is None or paid_on <= due_on or invoice.state != InvoiceState.PAID:
        raise NotPaidLate
    # It runs from the day after the term, at the rate of that half-year until it is paid.
    rate = InterestRate.objects.filter(from_on=half_year_of(due_on + timedelta(days=1))).first()
    if rate is None:
        raise RateMissing
    parts = tuple(_late_parts(invoice, due_on, rate=rate.basis_points + ADDED_BASIS_POINTS))
    if not parts:
        raise NotPaidLate
    return Interest(
        rate=rate,
        days=max(part.days for part in parts),
        interest_cents=sum(part.interest for part in parts),
        fixed_cents=FIXED_CENTS,
        due_on=paid_on + DUE_WITHIN,
        parts=parts,
    )


def send_interest(*, invoice: Invoice, operator: User, at: datetime) -> InterestClaim:
    """Ask for it, by mail, to those who get reminders, with a statement. Raises NotPaidLate, RateMissing,
    InterestDecided."""
    with schema_context("public"), transaction.atomic():
        invoice, interest = _undecided(invoice)
        claim = _decide(invoice, interest, is_waived=False, operator=operator, at=at)
        _make_statement(claim, interest, on=invoice.account.municipality.day_of(at))
        bank = known_bank_of(invoice.account)
        context = {
            "invoice": invoice,
            "claim": claim,
            "bank": bank,
            "iban": grouped(bank.iban, *[4] * 9) if bank else "",
            "interest": interest,
            "rate": printed_rate(interest.basis_points),
            "interest_sum": printed(interest.interest_cents),
            "fixed_sum": printed(interest.fixed_cents),
            "total": printed(interest.total_cents),
            "municipality": invoice.account.municipality,
            "page": page_of(invoice.account.municipality),
        }
        for address in readers(invoice.account):
            if mail := mail_of(template="billing/email/interest", to=address, context=context):
                enqueue(send_statement, claim_id=claim.pk, mail=mail)
        record("interest_asked_for", actor=operator, subject=invoice, number=invoice.number, cents=interest.total_cents)
    return claim


@outbox_task
def send_statement(*, claim_id: int, mail: dict[str, Any], **kwargs: Any) -> None:
    claim = InterestClaim.objects.only("number", "document").get(pk=claim_id)
    assert claim.document
    send_mail(**mail, files=[(f"{claim.number}.pdf", bytes(claim.document), PDF)])


def enter_interest_paid(
    *, invoice: Invoice, received_on: date, reference: str, operator: User, at: datetime
) -> InterestClaim:
    """The money for it is there; again: what was entered is put right. It pays no invoice.

    Raises NotAskedFor, PaidInTheFuture, TextTooLong.
    """
    reference = REFERENCE.cleaned(reference)
    with schema_context("public"), transaction.atomic():
        account = locked(invoice.account)
        claim = InterestClaim.objects.filter(invoice=invoice.pk, is_waived=False).exclude(number="").first()
        if claim is None:
            raise NotAskedFor
        if received_on > account.municipality.day_of(at):
            raise PaidInTheFuture
        claim.paid_on, claim.paid_reference = received_on, reference
        claim.save(update_fields=["paid_on", "paid_reference"])
        record("interest_paid", actor=operator, subject=invoice, number=claim.number, cents=claim.total_cents)
    return claim


def waive_interest(*, invoice: Invoice, operator: User, at: datetime) -> InterestClaim:
    """Not ask for it. Raises NotPaidLate, RateMissing, InterestDecided."""
    with schema_context("public"), transaction.atomic():
        invoice, interest = _undecided(invoice)
        claim = _decide(invoice, interest, is_waived=True, operator=operator, at=at)
        record("interest_waived", actor=operator, subject=invoice, number=invoice.number, cents=interest.total_cents)
    return claim


def enter_rate(
    *, from_on: date, basis_points: int | None, source: str, operator: User, at: datetime, replace: bool = False
) -> InterestRate:
    """The ECB's rate on the first day of a half-year; `replace`: until it was used, another one is corrected.

    Raises RateOutOfBounds, NotAHalfYear, NotTheseYears, RateInUse, RateThere, TextTooShort, TextTooLong.
    """
    source, today = SOURCE.cleaned(source), timezone.localdate(at)
    if basis_points is None or not 0 <= basis_points <= MOST_BASIS_POINTS:
        raise RateOutOfBounds
    if from_on != half_year_of(from_on):
        raise NotAHalfYear
    if from_on > today or from_on.year < today.year - _YEARS_BACK:
        raise NotTheseYears
    with schema_context("public"), transaction.atomic():
        if InterestClaim.objects.filter(rate__from_on=from_on).exists():
            raise RateInUse
        there = InterestRate.objects.filter(from_on=from_on).exclude(basis_points=basis_points).first()
        if there and not replace:
            raise RateThere(there)
        rate, _was_made = InterestRate.objects.update_or_create(
            from_on=from_on,
            defaults={
                "basis_points": basis_points,
                "source": source,
                "entered_by": operator.email,
                "entered_at": at,
            },
        )
        record("rate_entered", actor=operator, subject=rate, basis_points=basis_points)
    return rate


def half_year_of(day: date) -> date:
    return max(date(day.year, month, first) for month, first in _HALVES if date(day.year, month, first) <= day)


def _late_parts(invoice: Invoice, due_on: date, *, rate: int) -> Iterator[LatePart]:
    """Each payment that came late, as far as it was owed. Rounded once: the interest of each is what it adds to it."""
    owed, weight, before, whole = invoice.total_cents - invoice.credited_cents, 0, 0, DAYS_A_YEAR * FULL_RATE
    for payment in invoice.payments.filter(cents__gt=0):
        part = min(payment.cents, owed)
        owed -= part
        if part and payment.received_on > due_on:
            days = (payment.received_on - due_on).days
            weight += part * days * rate
            until_now = (2 * weight + whole) // (2 * whole)
            yield LatePart(part, due_on + timedelta(days=1), payment.received_on, days, until_now - before)
            before = until_now


def _make_statement(claim: InterestClaim, interest: Interest, *, on: date) -> None:
    """Its number and its file, for ever."""
    from billing.documents.printing import statement_pdf  # Typst, for those alone who ask for it

    invoice = claim.invoice
    assert invoice.number
    assert invoice.issued_on
    assert invoice.due_on
    assert invoice.paid_on
    claim.number, claim.due_on = next_number("I", on), max(interest.due_on, on + TERM)
    claim.document = statement_pdf(
        Statement(
            number=claim.number,
            issued_on=on,
            due_on=claim.due_on,
            invoice=Reference(invoice.number, invoice.issued_on),
            invoice_total=invoice.total_cents,
            term_on=invoice.due_on,
            paid_on=invoice.paid_on,
            ecb_rate=interest.rate.basis_points,
            ecb_on=interest.rate.from_on,
            ecb_source=interest.rate.source,
            rate=interest.basis_points,
            parts=interest.parts,
            fixed=interest.fixed_cents,
            engagement_number=invoice.engagement_number,
            bank=known_bank_of(invoice.account),
            seller=seller(),
            buyer=buyer(invoice.account),
        )
    )
    claim.save(update_fields=["number", "document", "due_on"])


def _undecided(invoice: Invoice) -> tuple[Invoice, Interest]:
    account = locked(invoice.account)
    found = account.invoices.defer("facturx", "plain").get(pk=invoice.pk)
    found.account = account
    if InterestClaim.objects.filter(invoice=found).exists():
        raise InterestDecided
    return found, interest_of(found)


def _decide(invoice: Invoice, interest: Interest, *, is_waived: bool, operator: User, at: datetime) -> InterestClaim:
    return InterestClaim.objects.create(
        invoice=invoice,
        rate=interest.rate,
        days=interest.days,
        interest_cents=interest.interest_cents,
        fixed_cents=interest.fixed_cents,
        is_waived=is_waived,
        decided_at=at,
        decided_by=operator.email,
    )
