"""What is typed from a statement of our bank: its amount, day and reference, and nothing twice."""

from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext_lazy

from billing.enums import PaymentKind
from billing.models import Account, Invoice
from billing.printed import PrintedWords
from common.refusals import Refusal

REFERENCE = PrintedWords(minimum=3, maximum=140, one_line=True)
# Some pay before they have asked for anything.
_BEFORE = timedelta(days=365)


class NotAnAmount(Refusal):
    code = "not_an_amount"
    status = 422
    message = gettext_lazy("Write an amount of more than zero.")


class DayOfPaymentRefused(Refusal):
    code = "day_of_payment_refused"
    status = 422
    message = gettext_lazy("A payment is entered once it has come: this day is in the future.")


class BeforeThereWasAny(Refusal):
    code = "before_there_was_any"
    status = 422
    message = gettext_lazy(
        "This day is before the invoice was issued, or long before the authority asked for anything."
    )


class AlreadyEntered(Refusal):
    """`unless`: the argument by which whoever has looked says that it is not so."""

    code, unless = "payment_already_entered", "again"
    message = gettext_lazy("A payment of this amount, with this reference and this day, is entered already.")


def check_day(account: Account, day: date, *, at: datetime, invoice: Invoice | None = None) -> None:
    if day > account.municipality.day_of(at):
        raise DayOfPaymentRefused
    if invoice and invoice.issued_on and day < invoice.issued_on:
        raise BeforeThereWasAny
    if day < account.municipality.day_of(account.created_at) - _BEFORE:
        raise BeforeThereWasAny


def entered(account: Account, kind: PaymentKind, reference: str, day: date) -> set[int]:
    """The amounts of those of that day and reference; the parts of one (its invoice's, the account's) make one."""
    same = account.payments.filter(kind=kind, stripe_id="", reference__iexact=reference, received_on=day)
    return set(same.order_by().values("created_at").annotate(sum=Sum("cents")).values_list("sum", flat=True))
