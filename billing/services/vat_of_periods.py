"""VAT is that of its day: what is invoiced after a change of rate bears the new one, whatever the quote said.

Of a year in advance the day is its first, on which it is invoiced; of one at its end, its last.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from billing.clients import stripe
from billing.models import RUNNING, Account, Call, Quote, Subscription
from billing.services import selling
from billing.services.calls import keep, once
from billing.services.mirror import read_again
from billing.services.plans import NoPrice, vat_rate
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task

# Before a period begins: what Stripe has made already is not changed any more.
TOLD = timedelta(days=15)


def rate_on(quote: Quote, day: date) -> int:
    """In basis points; where the table says nothing of that day, the quote's."""
    try:
        return vat_rate(quote.territory, on=day)
    except NoPrice:
        return quote.vat_basis_points


def to_look_at(*, at: datetime) -> list[int]:
    """The subscriptions that Stripe renews soon."""
    soon = timezone.localdate(at) + TOLD + timedelta(days=1)
    running = Subscription.objects.filter(state__in=RUNNING, ends_on__gt=F("period_ends_on"), period_ends_on__lte=soon)
    return list(running.exclude(stripe_id="").order_by("pk").values_list("pk", flat=True))


def follow_rate(subscription_id: int, *, at: datetime) -> None:
    """Have Stripe know the rate of the next period, where that is another one. Again: nothing happens."""
    with schema_context("public"), transaction.atomic():
        locked(Account.objects.get(subscriptions=subscription_id))
        subscription = Subscription.objects.select_related("quote").get(pk=subscription_id)
        if not subscription.runs or subscription.is_in_its_last_year or not subscription.period_ends_on:
            return
        rate = rate_on(subscription.quote, subscription.period_ends_on + timedelta(days=1))
        if rate != subscription.rate:
            record("vat_changed", actor=None, subject=subscription, before=subscription.rate, basis_points=rate)
            subscription.vat_basis_points = rate
            subscription.save(update_fields=["vat_basis_points"])
            tell(subscription, at=at)


def tell(subscription: Subscription, *, at: datetime) -> None:
    """The rate that it has here; what was told before counts no more. In the caller's transaction."""
    number = Call.objects.filter(key__startswith=_key(subscription.pk, "")).count() + 1
    keep(_key(subscription.pk, number), selling.rate_key(subscription.rate), at=at)
    enqueue(tell_rate, subscription_id=subscription.pk, number=number, basis_points=subscription.rate)


@outbox_task
def tell_rate(*, subscription_id: int, number: int, basis_points: int, **kwargs: object) -> None:
    at = timezone.now()
    locked(Account.objects.get(subscriptions=subscription_id))
    if Call.objects.filter(pk=_key(subscription_id, number + 1)).exists():
        return
    subscription = Subscription.objects.get(pk=subscription_id)
    rate = selling.tax_rate_of(basis_points, at=at)

    def change(key: str) -> str:
        return stripe.change_tax_rate(key=key, subscription_id=subscription.stripe_id, tax_rate_id=rate).id

    once(_key(subscription_id, number), change, find=lambda: "", at=at)
    enqueue(read_again, kind="customer.subscription.", object_id=subscription.stripe_id)


def _key(pk: int, number: int | str) -> str:
    return f"vat:{pk}:{number}"
