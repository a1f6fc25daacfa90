"""Money that went back from our bank, as operators enter it. What Stripe holds is sent back by it (refunds)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.enums import PaymentKind
from billing.models import Account, Payment
from billing.services.balances import on_account
from billing.services.bank_entries import REFERENCE, AlreadyEntered, NotAnAmount, check_day, entered
from billing.services.standing import locked
from common.refusals import Refusal


class MoreThanThereIs(Refusal):
    code = "more_than_there_is"
    status = 422
    message = gettext_lazy("This is more than what is there to send back.")


def enter_money_sent_back(
    *,
    account: Account,
    cents: int,
    sent_on: date,
    reference: str,
    operator: User,
    at: datetime,
    again: bool = False,
) -> Payment:
    """What lay on the account and went back from our bank. What Stripe holds is sent back by it (refunds).

    Raises NotAnAmount, DayOfPaymentRefused, BeforeThereWasAny, AlreadyEntered, MoreThanThereIs, TextTooShort,
    TextTooLong.
    """
    reference = REFERENCE.cleaned(reference)
    if cents <= 0:
        raise NotAnAmount
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        check_day(account, sent_on, at=at)
        if not again and -cents in entered(account, PaymentKind.REFUND, reference, sent_on):
            raise AlreadyEntered
        if cents > on_account(account):
            raise MoreThanThereIs
        payment = Payment.objects.create(
            account=account,
            kind=PaymentKind.REFUND,
            cents=-cents,
            received_on=sent_on,
            reference=reference,
            entered_by=operator.email,
            created_at=at,
        )
        record("money_sent_back", actor=operator, subject=payment, cents=cents)
    return payment
