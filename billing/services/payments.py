"""Payments that operators enter, from the bank's statement: with a reference and a day, and nothing twice.

What Stripe receives itself is mirrored (mirror_payments). What is entered whole is told to Stripe, which then says
that the invoice is paid; what was told there is corrected by a credit note only.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.clients import invoices
from billing.clients.errors import Refused
from billing.documents.amounts import printed
from billing.enums import InvoiceKind, InvoiceState, PaymentKind
from billing.models import Account, Call, Invoice, Payment
from billing.services.balances import recount
from billing.services.bank_entries import REFERENCE, AlreadyEntered, NotAnAmount, check_day, entered
from billing.services.calls import keep, once
from billing.services.standing import follow, locked
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal


class PaymentGone(Refusal):
    code = "payment_gone"
    message = gettext_lazy("This payment is not there any more: it was taken back already.")


class CashWaits(Refusal):
    code, unless = "cash_waits", "beside_cash"

    def __init__(self, cents: int) -> None:
        super().__init__(
            gettext(
                "Stripe holds %(amount)s that this authority has sent, and pays an invoice with it by itself. Entered "
                "here too, the same money would pay twice."
            )
            % {"amount": printed(cents)}
        )


class NothingToPay(Refusal):
    code = "nothing_to_pay"
    message = gettext_lazy(
        "Nothing is to be paid of this invoice: it is paid, cancelled, or not issued yet. "
        "Enter the payment on the account, then set it to the right invoice or send it back."
    )


class ToldToStripe(Refusal):
    code = "told_to_stripe"
    message = gettext_lazy(
        "This payment comes from Stripe, or Stripe was told of it: it is not changed any more. "
        "Correct the invoice by a credit note."
    )


def enter_payment(
    *,
    account: Account,
    invoice: Invoice | None,
    cents: int,
    received_on: date,
    reference: str,
    operator: User,
    at: datetime,
    again: bool = False,
    beside_cash: bool = False,
) -> Payment:
    """What came to the bank: for an invoice, or on the account where it is not clear for which.

    What is more than is left to pay of the invoice stays on the account. `again`: it is another one like that which is
    entered; `beside_cash`: not what Stripe holds. Returns the payment of the invoice, or that on the account. Raises
    NotAnAmount, DayOfPaymentRefused, BeforeThereWasAny, AlreadyEntered, CashWaits, NothingToPay, TextTooShort,
    TextTooLong.
    """
    reference = REFERENCE.cleaned(reference)
    if cents <= 0:
        raise NotAnAmount
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        check_day(account, received_on, at=at, invoice=invoice)
        if not again and cents in entered(account, PaymentKind.BY_HAND, reference, received_on):
            raise AlreadyEntered
        if account.cash_cents > 0 and not beside_cash:
            raise CashWaits(account.cash_cents)
        made = [
            Payment.objects.create(
                account=account,
                invoice=of,
                kind=PaymentKind.BY_HAND,
                cents=part,
                received_on=received_on,
                reference=reference,
                entered_by=operator.email,
                created_at=at,
            )
            for of, part in _parts(account, invoice, cents)
        ]
        for payment in made:
            number = payment.invoice.number if payment.invoice else ""
            record("payment_entered", actor=operator, subject=payment, number=number, cents=payment.cents)
            if payment.invoice:
                _count(payment.invoice, at=at)
        follow(account, at=at)
    return made[0]


def move_payment(*, payment: Payment, invoice: Invoice | None, operator: User, at: datetime) -> Payment:
    """Set a payment to another invoice of the account (it had a wrong reference), or back on the account.

    Where it is more than is left to pay, the rest stays on the account. Raises PaymentGone, ToldToStripe, NothingToPay.
    """
    with schema_context("public"), transaction.atomic():
        account = locked(payment.account)
        payment = _changeable(payment)
        before = payment.invoice
        if before == invoice:
            return payment
        (of, part), *rest = _parts(account, invoice, payment.cents)
        for _nothing, left in rest:
            Payment.objects.create(
                account=account,
                kind=payment.kind,
                cents=left,
                received_on=payment.received_on,
                reference=payment.reference,
                entered_by=payment.entered_by,
                created_at=payment.created_at,
            )
        payment.invoice, payment.cents = of, part
        payment.save(update_fields=["invoice", "cents"])
        record(
            "payment_moved",
            actor=operator,
            subject=payment,
            before=before.number if before else "",
            number=of.number if of else "",
        )
        for each in (before, of):
            if each:
                _count(each, at=at)
        follow(account, at=at)
    return payment


def withdraw_payment(*, payment: Payment, operator: User, at: datetime) -> None:
    """Take back what was entered by mistake; the trail keeps what it was. Raises PaymentGone, ToldToStripe."""
    with schema_context("public"), transaction.atomic():
        account = locked(payment.account)
        payment = _changeable(payment)
        record(
            "payment_withdrawn",
            actor=operator,
            subject=payment,
            number=payment.invoice.number if payment.invoice else "",
            cents=payment.cents,
            received_on=payment.received_on.isoformat(),
        )
        payment.delete()
        if payment.invoice:
            _count(payment.invoice, at=at)
        follow(account, at=at)


def key_of(invoice: Invoice) -> str:
    return f"paid:{invoice.pk}"


def key_of_part(payment: Payment) -> str:
    return f"part:{payment.pk}"


@outbox_task
def tell_paid(*, invoice_id: int, **kwargs: object) -> None:
    """Have Stripe know that an invoice was paid elsewhere, whole. Again, or where it knows: nothing."""
    # The account first, like all who write about it.
    Account.objects.select_for_update(of=("self",), no_key=True).get(invoices=invoice_id)
    invoice = Invoice.objects.only("stripe_id").get(pk=invoice_id)

    def there() -> str:
        found = invoices.retrieve_invoice(invoice.stripe_id)
        # One that was taken back there is owed no more: there is nothing to tell.
        return found.id if found.status in ("paid", "void") else ""

    def tell(key: str) -> str:
        try:
            return invoices.mark_paid(key=key, invoice_id=invoice.stripe_id).id
        except Refused:
            # A transfer has paid it meanwhile: there is too much now, and the mirror shows it.
            if known := there():
                return known
            raise

    once(key_of(invoice), tell, find=there, at=timezone.now())


def _parts(account: Account, invoice: Invoice | None, cents: int) -> list[tuple[Invoice | None, int]]:
    """What goes to the invoice, then what stays on the account. Raises NothingToPay."""
    if invoice is None:
        return [(None, cents)]
    kept = account.invoices.defer("facturx", "plain").get(pk=invoice.pk)
    if kept.kind != InvoiceKind.INVOICE or kept.state != InvoiceState.ISSUED or kept.left_cents <= 0:
        raise NothingToPay
    part = min(cents, kept.left_cents)
    return [(kept, part), (None, cents - part)] if cents > part else [(kept, part)]


def changeable(payments: Iterable[Payment]) -> set[int]:
    """Those that may be moved or taken back: the others came from Stripe, or it was told of them. One query."""
    by_hand = [each for each in payments if each.kind == PaymentKind.BY_HAND and not each.stripe_id]
    keys = [name for each in by_hand if each.invoice for name in (key_of(each.invoice), key_of_part(each))]
    told = set(Call.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return {each.pk for each in by_hand if not each.invoice or not told & {key_of(each.invoice), key_of_part(each)}}


def _changeable(payment: Payment) -> Payment:
    kept = Payment.objects.select_for_update(of=("self",), no_key=True).filter(pk=payment.pk).first()
    if kept is None:
        raise PaymentGone
    if kept.pk not in changeable([kept]):
        raise ToldToStripe
    return kept


def _count(invoice: Invoice, *, at: datetime) -> None:
    recount(invoice)
    if invoice.state == InvoiceState.PAID:
        tell(invoice, at=at)


def tell(invoice: Invoice, *, at: datetime) -> None:
    keep(key_of(invoice), at=at)
    enqueue(tell_paid, invoice_id=invoice.pk)
