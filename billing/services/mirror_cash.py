"""What a customer has at Stripe; and what came there by transfer and has paid nothing by itself pays what is owed.

Stripe pays with it only what is not due yet, or overdue for thirty days at most: a city that reads only pays later than
that.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.clients import invoices, money, stripe
from billing.clients.errors import Refused
from billing.clients.records import Invoice as AtStripe
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Account, Call, Invoice
from billing.services.calls import keep, once
from billing.services.mirror_accounts import account_of, wait_for_turn
from billing.services.mirror_invoices import mirror_invoice
from billing.services.standing import follow, locked
from common.outbox import enqueue, messages_of, outbox_task


def mirror_customer(customer_id: str, *, at: datetime) -> str:
    """What a customer has in cash and to their credit."""
    with transaction.atomic():
        wait_for_turn(customer_id)
        found = stripe.retrieve_customer(customer_id)
        account = account_of(customer_id)
        if account is None:
            return "unknown"
        account.cash_cents, account.credit_cents = found.cash, -found.balance
        account.save(update_fields=["cash_cents", "credit_cents"])
        follow(account, at=at)
        use_cash(account, at=at)
    return "read"


def use_cash(account: Account, *, at: datetime) -> None:
    """Have Stripe pay what its cash is enough for. In a transaction in which the account is locked."""
    if account.cash_cents <= 0 or messages_of(pay_with_cash).filter(payload__account_id=account.pk).exists():
        return
    owed = [each for each in _owed(account) if each.left_cents <= account.cash_cents]
    if owed:
        keep(*map(_key, owed), at=at)
        enqueue(pay_with_cash, account_id=account.pk)


def with_cash() -> list[int]:
    """The accounts whose cash may pay something."""
    return list(Account.objects.filter(cash_cents__gt=0).order_by("pk").values_list("pk", flat=True))


@outbox_task
def pay_with_cash(*, account_id: int, **kwargs: object) -> None:
    """One invoice after the other, while there is enough; again, or where Stripe has done it meanwhile: nothing."""
    at = timezone.now()
    account = locked(Account.objects.get(pk=account_id))
    cash = stripe.retrieve_customer(account.stripe_customer).cash
    for invoice in _in_turn(account):
        there = invoices.retrieve_invoice(invoice.stripe_id)
        if there.status == "open" and 0 < there.remaining <= cash and _pay(invoice, there, at=at):
            cash -= there.remaining
            # Each in its own turn, before its account is locked.
            enqueue(read_paid, invoice_id=invoice.stripe_id)
            enqueue(read_paid, customer_id=account.stripe_customer)


@outbox_task
def read_paid(*, invoice_id: str = "", customer_id: str = "", **kwargs: object) -> None:
    if invoice_id:
        mirror_invoice(invoice_id, at=timezone.now())
    else:
        mirror_customer(customer_id, at=timezone.now())


# Parts

_REFUSED = "refused"


def _owed(account: Account) -> list[Invoice]:
    """Final, whatever is left of it; the oldest first."""
    issued = account.invoices.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED).defer("facturx", "plain")
    return [each for each in issued.order_by("issued_on", "pk") if each.left_cents > 0]


def _in_turn(account: Account) -> list[Invoice]:
    """Those whose number a transfer gives first: whoever pays says what."""
    said = " ".join(_references(account)).split()
    asked = [each for each in _owed(account) if Call.objects.filter(pk=_key(each)).exists()]
    return sorted(asked, key=lambda each: each.number not in said)


def _references(account: Account) -> Iterator[str]:
    return (each.reference for each in money.cash_movements(account.stripe_customer) if each.kind == "funded")


def _pay(invoice: Invoice, there: AtStripe, *, at: datetime) -> bool:
    """Whether it is paid. Refused, the money lies there, as operators see; each day tries again."""
    found = invoices.payments(there.id)
    intent = next((each.payment_intent_id for each in found if each.status == "open" and each.payment_intent_id), "")

    def make(key: str) -> str:
        try:
            return money.apply_cash(key=key, payment_intent_id=intent) if intent else _REFUSED
        except Refused:
            return _REFUSED

    def find() -> str:
        return intent if invoices.retrieve_invoice(there.id).status == "paid" else ""

    return once(_key(invoice), make, find=find, at=at) != _REFUSED


def _key(invoice: Invoice) -> str:
    begins = f"cash:{invoice.pk}:"
    return f"{begins}{Call.objects.filter(key__startswith=begins, done_at__isnull=False).count() + 1}"
