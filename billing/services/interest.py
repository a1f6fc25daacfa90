"""Interest and the fixed sum for an invoice that was paid late: worked out for operators, sent by nobody else.

CCP, articles L2192-13, R2192-31 to R2192-36, D2192-35.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.documents.amounts import FULL_RATE, printed, printed_rate
from billing.enums import InvoiceKind, InvoiceState
from billing.models import InterestClaim, InterestRate, Invoice
from billing.models.invoices import TERM
from billing.services.reminders import readers
from billing.services.standing import locked
from common.refusals import Refusal
from common.text import Words

ADDED_BASIS_POINTS, FIXED_CENTS, DAYS_A_YEAR = 800, 4_000, 365
# They are due with the principal, and within these days after it at the latest (R2192-36).
DUE_WITHIN = timedelta(days=45)
SOURCE = Words(minimum=5, maximum=200, one_line=True)
_HALVES = ((1, 1), (7, 1))


class NotPaidLate(Refusal):
    code = "not_paid_late"
    message = gettext_lazy("This invoice was not paid late, or is not paid yet: there is no interest to ask for.")


class RateMissing(Refusal):
    code = "rate_missing"
    message = gettext_lazy("The rate of the half-year in which the interest began is not entered yet.")


class InterestDecided(Refusal):
    code = "interest_decided"
    message = gettext_lazy("The interest of this invoice was asked for, or given up, already.")


class NotAHalfYear(Refusal):
    code = "not_a_half_year"
    status = 422
    message = gettext_lazy("A rate holds from 1 January or from 1 July.")


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
    """`days`: late, until the last payment; `parts`: what was paid late, in cents, each with its days."""

    rate: InterestRate
    days: int
    parts: tuple[tuple[int, int], ...]
    interest_cents: int
    fixed_cents: int
    due_on: date

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
    parts = list(_late_parts(invoice, due_on))
    if not parts:
        raise NotPaidLate
    weight = sum(cents * days for cents, days in parts) * (rate.basis_points + ADDED_BASIS_POINTS)
    whole = DAYS_A_YEAR * FULL_RATE
    return Interest(
        rate=rate,
        days=max(days for _cents, days in parts),
        parts=tuple(parts),
        interest_cents=(2 * weight + whole) // (2 * whole),
        fixed_cents=FIXED_CENTS,
        due_on=paid_on + DUE_WITHIN,
    )


def send_interest(*, invoice: Invoice, operator: User, at: datetime) -> InterestClaim:
    """Ask for it, by mail, to those who get reminders. Raises NotPaidLate, RateMissing, InterestDecided."""
    with schema_context("public"), transaction.atomic():
        invoice, interest = _undecided(invoice)
        claim = _decide(invoice, interest, is_waived=False, operator=operator, at=at)
        context = {
            "invoice": invoice,
            "interest": interest,
            "rate": printed_rate(interest.basis_points),
            "interest_sum": printed(interest.interest_cents),
            "fixed_sum": printed(interest.fixed_cents),
            "total": printed(interest.total_cents),
            "municipality": invoice.account.municipality,
        }
        for address in readers(invoice.account):
            send_mail_later(template="billing/email/interest", to=address, context=context)
        record("interest_asked_for", actor=operator, subject=invoice, number=invoice.number, cents=interest.total_cents)
    return claim


def waive_interest(*, invoice: Invoice, operator: User, at: datetime) -> InterestClaim:
    """Not ask for it. Raises NotPaidLate, RateMissing, InterestDecided."""
    with schema_context("public"), transaction.atomic():
        invoice, interest = _undecided(invoice)
        claim = _decide(invoice, interest, is_waived=True, operator=operator, at=at)
        record("interest_waived", actor=operator, subject=invoice, number=invoice.number, cents=interest.total_cents)
    return claim


def enter_rate(
    *, from_on: date, basis_points: int, source: str, operator: User, at: datetime, replace: bool = False
) -> InterestRate:
    """The ECB's rate on the first day of a half-year; `replace`: until it was used, another one is corrected.

    Raises NotAHalfYear, RateInUse, RateThere, TextTooShort, TextTooLong.
    """
    source = SOURCE.cleaned(source)
    if from_on != half_year_of(from_on):
        raise NotAHalfYear
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


def _late_parts(invoice: Invoice, due_on: date) -> Iterator[tuple[int, int]]:
    """Each payment that came late, as far as it was owed: its cents, and its days."""
    owed = invoice.total_cents - invoice.credited_cents
    for payment in invoice.payments.filter(cents__gt=0):
        part = min(payment.cents, owed)
        owed -= part
        if part and payment.received_on > due_on:
            yield part, (payment.received_on - due_on).days


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
