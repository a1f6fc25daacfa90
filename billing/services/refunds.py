"""Money that Stripe sends back: of a payment, or what came by transfer and has paid nothing.

One at a time of each: its key says which, and is kept before the call is made. The mirror then shows what moved. A
refund does not change what is owed: a credit note does.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.clients import money
from billing.clients.errors import Refused
from billing.clients.records import Refund
from billing.enums import PaymentKind
from billing.models import Account, Call, Payment
from billing.services.bank_entries import NotAnAmount
from billing.services.calls import keep, once
from billing.services.money_back import MoreThanThereIs
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal

# What Stripe says where it makes no refund; the code itself is in the trail.
WHY = {
    "": gettext_lazy("it does not take this refund as it is (its amount, the way it was paid, or how long ago)"),
    "balance_insufficient": gettext_lazy("there is not enough on our balance there"),
    "insufficient_funds": gettext_lazy("there is not enough on our balance there"),
    "charge_already_refunded": gettext_lazy("it was sent back already"),
    "charge_disputed": gettext_lazy("whoever holds the card contests the payment"),
    "failed": gettext_lazy("the bank of whoever paid did not take it"),
    "canceled": gettext_lazy("it was given up there"),
}


class RefundWaits(Refusal):
    code = "refund_waits"
    message = gettext_lazy("A refund is on its way already. Reload the page in a minute.")


class NotFromStripe(Refusal):
    code = "not_from_stripe"
    message = gettext_lazy("This payment did not come through Stripe: send it back from the bank, then enter it here.")


def refund_payment(*, payment: Payment, cents: int, operator: User, at: datetime) -> None:
    """Have Stripe send back a payment by card or transfer, or a part.

    Raises NotFromStripe, NotAnAmount, MoreThanThereIs, RefundWaits.
    """
    with schema_context("public"), transaction.atomic():
        account = locked(payment.account)
        payment = account.payments.get(pk=payment.pk)
        if not payment.stripe_intent or payment.kind == PaymentKind.REFUND:
            raise NotFromStripe
        _check(cents, left=left_of(payment))
        key = _next_key(f"refund:{payment.pk}", at=at)
        enqueue(send_back, key=key, payment_id=payment.pk, cents=cents)
        record("refund_asked_for", actor=operator, subject=payment, cents=cents)


def refund_cash(*, account: Account, cents: int, operator: User, at: datetime) -> None:
    """Have Stripe send back what a customer has there in cash. Raises NotAnAmount, MoreThanThereIs, RefundWaits."""
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        _check(cents, left=account.cash_cents)
        key = _next_key(f"refund_cash:{account.pk}", at=at)
        enqueue(send_cash_back, key=key, account_id=account.pk, cents=cents)
        record("refund_asked_for", actor=operator, subject=account, cents=cents)


def left_of(payment: Payment) -> int:
    """What was not sent back yet of what this payment's intent has brought."""
    of_intent = payment.account.payments.filter(stripe_intent=payment.stripe_intent)
    return min(payment.cents, of_intent.aggregate(sum=Sum("cents"))["sum"] or 0)


@outbox_task
def send_back(*, key: str, payment_id: int, cents: int, **kwargs: object) -> None:
    payment = Payment.objects.select_related("account").get(pk=payment_id)
    _once(
        key,
        payment.account,
        lambda sent: money.refund_payment(
            key=sent, payment_intent_id=payment.stripe_intent, amount=cents, metadata={"key": key}
        ),
    )


@outbox_task
def send_cash_back(*, key: str, account_id: int, cents: int, **kwargs: object) -> None:
    account = Account.objects.get(pk=account_id)
    _once(
        key,
        account,
        lambda sent: money.refund_cash(
            key=sent, customer_id=account.stripe_customer, amount=cents, metadata={"key": key}
        ),
    )


def _once(key: str, account: Account, make: Callable[[str], Refund]) -> None:
    # The account first, like all who write about it.
    locked(account)
    call = Call.objects.get(pk=key)

    def there() -> str:
        made = money.refunds(since=call.made_at - timedelta(days=1))
        return next((each.id for each in made if each.metadata.get("key") == key), "")

    def asked(key: str) -> str:
        try:
            return make(key).id
        except Refused as refusal:
            # It would be refused again: an operator finds another way.
            _tell_refused(account, call.key, refusal.code)
            return "refused"

    once(key, asked, find=there, at=timezone.now())


def tell_failed(account: Account, refund: Refund, *, at: datetime) -> None:
    """Once, of one that Stripe had made and that did not arrive: it counts as nothing sent back (mirror_payments)."""
    key = f"refund_failed:{refund.id}"
    _told, is_new = Call.objects.get_or_create(key=key, defaults={"made_at": at, "done_at": at, "result": refund.id})
    if is_new:
        _tell_refused(account, key, refund.status)


def _tell_refused(account: Account, key: str, code: str) -> None:
    record("refund_refused", actor=None, subject=account, key=key, code=code)
    send_mail_later(
        template="billing/email/refund_refused",
        to=settings.SERVICE_EMAIL,
        context={"account": account, "why": WHY.get(code, WHY[""])},
    )


def _check(cents: int, *, left: int) -> None:
    if cents <= 0:
        raise NotAnAmount
    if cents > left:
        raise MoreThanThereIs


def _next_key(prefix: str, *, at: datetime) -> str:
    """Raises RefundWaits while the last one is not done. Its account is locked: nobody else takes this number."""
    before = Call.objects.filter(key__startswith=f"{prefix}:")
    if before.filter(done_at=None).exists():
        raise RefundWaits
    key = f"{prefix}:{before.count() + 1}"
    keep(key, at=at)
    return key
