"""What Stripe has and our rows have not, and the other way round. Reads both, changes nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from billing.clients import invoices, money, records, stripe
from billing.enums import DifferenceCode, InvoiceState, Method, PaymentKind, SubscriptionState
from billing.models import Account, Invoice, Subscription, WebhookEvent
from common.models import OutboxMessage
from tenants.cells.installation import is_one_of_several

# What is younger may still be on its way.
ON_ITS_WAY = timedelta(hours=1)
# Invoices of more than a year ago do not change any more; a day to spare for each side.
LOOKED_AT = timedelta(days=400)
BY_STRIPE = (PaymentKind.TRANSFER, PaymentKind.CARD)
_NUMBER = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class Found:
    code: str
    object_id: str
    account_id: int | None = None
    facts: dict[str, list[Any]] = field(default_factory=dict, hash=False)


def differences(*, at: datetime) -> Iterator[Found]:
    yield from _waiting(before=at - ON_ITS_WAY)
    yield from _subscriptions(before=at - ON_ITS_WAY)
    yield from _invoices(since=at - LOOKED_AT, before=at - ON_ITS_WAY)
    yield from _credit(at=at)
    yield from _voided()
    yield from _disputed()
    if not is_one_of_several():  # else `manage.py cell_numbers`: the series is that of all cells
        yield from gaps(Invoice.objects.filter(number__isnull=False).values_list("number", flat=True))


def _is_of_another_cell(account_id: int | None) -> bool:
    """All cells share what is at Stripe: what is of none of our accounts is another's."""
    return account_id is None and is_one_of_several()


def _waiting(*, before: datetime) -> Iterator[Found]:
    for event in WebhookEvent.objects.filter(processed_at=None, received_at__lt=before):
        yield Found(DifferenceCode.EVENT_WAITING, event.id)
    given_up = OutboxMessage.objects.filter(task__startswith="billing.", due_at=None)
    for message in given_up.exclude(task__endswith=".take"):  # of which the event is said
        what = [message.task.rpartition(".")[2], message.last_error.partition("(")[0]]
        yield Found(DifferenceCode.TASK_GIVEN_UP, str(message.pk), facts={"task": what})
    # A card is given time: nobody but who holds it can end that.
    pending = Subscription.objects.filter(state=SubscriptionState.PENDING, method=Method.TRANSFER)
    for subscription in pending.filter(created_at__lt=before):
        yield Found(DifferenceCode.SUBSCRIPTION_PENDING, str(subscription.pk), subscription.account_id)


def _subscriptions(*, before: datetime) -> Iterator[Found]:
    kept = Subscription.objects.exclude(stripe_id="").select_related("account__municipality", "quote")
    ours = {each.stripe_id: each for each in kept.prefetch_related("years")}
    accounts = dict(Account.objects.exclude(stripe_customer="").values_list("stripe_customer", "pk"))
    there = set()
    for found in stripe.subscriptions():
        there.add(found.id)
        known = ours.get(found.id)
        if known is None:
            if found.created_at < before and not _is_of_another_cell(accounts.get(found.customer_id)):
                yield Found(DifferenceCode.SUBSCRIPTION_UNKNOWN, found.id, accounts.get(found.customer_id))
        elif facts := _differing(_of_subscription(known, found)):
            yield Found(DifferenceCode.SUBSCRIPTION_DIFFERS, found.id, known.account_id, facts)
    for missing in ours.keys() - there:
        yield Found(DifferenceCode.SUBSCRIPTION_MISSING, missing, ours[missing].account_id)


def _of_subscription(ours: Subscription, found: records.Subscription) -> dict[str, list[Any]]:
    begins_on, _ends_on = ours.days_of(found.items[0].period_start, found.items[0].period_end)
    return {
        "ended": [ours.state == SubscriptionState.ENDED, found.ended_at is not None],
        "period_begins_on": [str(ours.period_begins_on), str(begins_on)],
        "vat": [ours.rate, ours.rate if found.ended_at else found.vat_basis_points],
        "last_year": [
            ours.is_in_its_last_year or not ours.runs,
            found.cancel_at_period_end or found.ended_at is not None,
        ],
    }


def _voided() -> Iterator[Found]:
    """A credit note would have told who has the invoice that it is owed no more."""
    voided = Invoice.objects.filter(voided_on__isnull=False, facturx__isnull=False, credit_notes=None)
    for invoice in voided.defer("facturx", "plain"):
        yield Found(DifferenceCode.INVOICE_VOIDED, str(invoice.number), invoice.account_id)


def _disputed() -> Iterator[Found]:
    """By the events alone: nothing of ours follows from one but what an operator does."""
    closed = WebhookEvent.objects.filter(type="charge.dispute.closed").values("object_id")
    for event in WebhookEvent.objects.filter(type="charge.dispute.created").exclude(object_id__in=closed):
        yield Found(DifferenceCode.CARD_DISPUTED, event.object_id)


def _invoices(*, since: datetime, before: datetime) -> Iterator[Found]:
    accounts = dict(Account.objects.exclude(stripe_customer="").values_list("stripe_customer", "pk"))
    there = {found.id: found for found in invoices.invoices(since=since)}
    ours = {each.stripe_id: each for each in _with_money(there)}
    sent_back = _sent_back(since=since)
    for found in there.values():
        known = ours.get(found.id)
        if known is not None:
            if facts := _differing(_of_invoice(known, found) | _of_refunds(known, sent_back)):
                yield Found(DifferenceCode.INVOICE_DIFFERS, found.id, known.account_id, facts)
        elif found.created_at < before and not _is_of_another_cell(accounts.get(found.customer_id)):
            facts = {"number": [None, found.number], "total": [None, found.total]}
            yield Found(DifferenceCode.INVOICE_UNKNOWN, found.id, accounts.get(found.customer_id), facts)
    kept = Invoice.objects.filter(created_at__gte=since + timedelta(days=1), corrects=None)
    for missing in kept.exclude(stripe_id__in=there).only("stripe_id", "account_id"):
        yield Found(DifferenceCode.INVOICE_MISSING, missing.stripe_id, missing.account_id)


def _with_money(there: Iterable[str]) -> Iterable[Invoice]:
    """With the rows of money of each."""
    rows = Invoice.objects.filter(stripe_id__in=list(there)).defer("facturx", "plain").select_related("account")
    return rows.prefetch_related("payments")


def _sum(invoice: Invoice, *kinds: str) -> int:
    return sum(each.cents for each in invoice.payments.all() if each.kind in kinds)


def _sent_back(*, since: datetime) -> dict[str, int]:
    """What Stripe has sent back of each intent: as far back as the invoices that are looked at."""
    sums: dict[str, int] = {}
    for refund in money.refunds(since=since):
        if refund.payment_intent_id and not refund.has_failed:
            sums[refund.payment_intent_id] = sums.get(refund.payment_intent_id, 0) + refund.amount
    return sums


def _of_refunds(ours: Invoice, sent_back: dict[str, int]) -> dict[str, list[Any]]:
    by_intent = [each for each in ours.payments.all() if each.stripe_intent]
    kept = -sum(each.cents for each in by_intent if each.kind == PaymentKind.REFUND)
    return {"refunded": [kept, sum(sent_back.get(each, 0) for each in {row.stripe_intent for row in by_intent})]}


def _of_invoice(ours: Invoice, found: records.Invoice) -> dict[str, list[Any]]:
    facts: dict[str, list[Any]] = {
        "number": [ours.number or "", found.number],
        "total": [ours.total_cents, found.total],
        "paid": [_sum(ours, *BY_STRIPE), found.paid - found.paid_off_stripe],
        # What an operator entered may be more: a transfer has paid meanwhile, and Stripe was told of less.
        "paid_elsewhere": [min(_sum(ours, PaymentKind.BY_HAND), found.paid_off_stripe), found.paid_off_stripe],
        "void": [ours.voided_on is not None, found.status == "void"],
    }
    if not ours.voided_on:
        facts["credited"] = [ours.credited_cents, found.credited_before_payment + found.credited_after_payment]
    if ours.state == InvoiceState.PAID:
        facts["settled"] = [True, found.status == "paid"]
    # The cash there is all that is left for us, and too little for Stripe, which does not know of a part.
    if found.status == "open" and 0 < ours.left_cents <= ours.account.cash_cents < found.remaining:
        facts["left"] = [ours.left_cents, found.remaining]
    return facts


def _differing(facts: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: pair for name, pair in facts.items() if pair[0] != pair[1]}


def _credit(*, at: datetime) -> Iterator[Found]:
    """Credit and cash. Customers are asked for by hundreds; one by one would be a call for each city."""
    kept = Account.objects.exclude(stripe_customer="")
    first = kept.order_by("created_at").first()
    if first is None:
        return
    ours = {each.stripe_customer: each for each in kept}
    for found in stripe.customers(since=first.created_at - timedelta(days=1)):
        known = ours.get(found.id)
        if known is None:
            continue
        facts = {"credit": [known.credit_cents, -found.balance], "cash": [known.cash_cents, found.cash]}
        if facts := _differing(facts):
            yield Found(DifferenceCode.CREDIT_DIFFERS, found.id, known.pk, facts)


def gaps(numbers: Iterable[str | None]) -> Iterator[Found]:
    """Of each series, from 1 to its last: the law wants them unbroken."""
    series: dict[str, list[tuple[int, int]]] = {}
    for number in numbers:
        if match := _NUMBER.fullmatch(number or ""):
            series.setdefault(match[1], []).append((int(match[2]), len(match[2])))
    for begins, found in sorted(series.items()):
        width = max(length for _place, length in found)
        for missing in sorted(set(range(1, max(found)[0])) - {place for place, _length in found}):
            yield Found(DifferenceCode.NUMBER_GAP, f"{begins}{missing:0{width}d}")
