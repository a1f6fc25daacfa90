"""A new order while a subscription runs: the same one goes on, without a gap, at the price of the new quote."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.clients import records, stripe
from billing.enums import QuoteState, SubscriptionState
from billing.models import Account, Quote, Subscription
from billing.services import selling
from billing.services.activation import OrderMissing, activate
from billing.services.calls import keep, once
from billing.services.ending import ask_end
from billing.services.quotes import QuoteGone, check_free, check_verified
from billing.services.standing import locked
from billing.services.vat_of_periods import rate_on
from billing.services.years import lay_out
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal


class TimingStays(Refusal):
    code = "timing_stays"
    message = gettext_lazy("This quote is not invoiced when the subscription that runs is. Ask for another one.")


def renew(*, quote: Quote, actor: User | None, at: datetime) -> Subscription:
    """Have the subscription that runs go on with an order. Again: the one that there is.

    Called from the city's own schema, whose trail keeps it, or from the service's. Raises QuoteGone, OrderMissing,
    NotVerified, TimingStays, AlreadySubscribed.
    """
    with transaction.atomic():
        with schema_context("public"):
            subscription, is_new = _renewed(quote, at=at)
        if is_new:
            record("subscription_renewed", actor=actor, subject=subscription, number=quote.number)
    return subscription


def _renewed(quote: Quote, *, at: datetime) -> tuple[Subscription, bool]:
    account = locked(quote.account)
    quote = Quote.objects.select_related("version").get(pk=quote.pk)
    quote.account = account
    if quote.renews is not None:
        return quote.renews, False
    running = check_free(account, at=at)
    if running is None or quote.state != QuoteState.ACCEPTED:
        raise QuoteGone
    if not hasattr(quote, "order"):
        raise OrderMissing
    if quote.timing != running.quote.timing:
        raise TimingStays
    check_verified(account)
    assert running.ends_on
    assert running.period_ends_on
    quote.renews = running
    quote.save(update_fields=["renews"])
    running.ends_on = lay_out(running, quote, begins_on=running.ends_on + timedelta(days=1))
    running.told_days = running.declined_at = None
    if running.stripe_id:
        running.vat_basis_points = rate_on(quote, running.period_ends_on + timedelta(days=1))
        selling.keep_keys(quote, running.vat_basis_points, at=at)
        keep(_key(quote), at=at)
        enqueue(tell_renewal, quote_id=quote.pk)
        ask_end(running, at=at)
    running.save(update_fields=["ends_on", "told_days", "declined_at", "vat_basis_points"])
    return running, True


@outbox_task
def tell_renewal(*, quote_id: int, **kwargs: object) -> None:
    """Have Stripe invoice the next period at its price, and nothing of this one."""
    at = timezone.now()
    account = locked(Account.objects.get(quotes=quote_id))
    quote = Quote.objects.select_related("version", "renews").get(pk=quote_id)
    quote.account, subscription = account, quote.renews
    if subscription is None:
        return
    found = stripe.retrieve_subscription(subscription.stripe_id)
    if found.ended_at is not None:
        _begin_anew(subscription, quote, at=at)
        return
    selling.customer_of(quote, at=at)
    price, rate = selling.price_of(quote, at=at), selling.tax_rate_of(subscription.rate, at=at)
    once(
        _key(quote),
        lambda key: _change(key, found, price, rate, metadata=selling.metadata_of(subscription)),
        find=lambda: found.id if found.items[0].price_id == price else "",
        at=at,
    )


def _change(key: str, found: records.Subscription, price: str, rate: str | None, *, metadata: dict[str, str]) -> str:
    changed = stripe.change_price(
        key=key,
        subscription_id=found.id,
        item_id=found.items[0].id,
        price_id=price,
        tax_rate_id=rate,
        metadata=metadata,
    )
    return changed.id


def _begin_anew(subscription: Subscription, quote: Quote, *, at: datetime) -> None:
    """The order came in the last minutes: Stripe has ended it. Another one begins with that order."""
    subscription.years.filter(quote=quote).delete()
    last = subscription.years.last()
    subscription.state, subscription.ends_on = SubscriptionState.ENDED, last.ends_on if last else subscription.ends_on
    subscription.save(update_fields=["state", "ends_on"])
    quote.renews = None
    quote.save(update_fields=["renews"])
    activate(quote=quote, actor=None, at=at, method=subscription.method)


def _key(quote: Quote) -> str:
    return f"renewal:{quote.pk}"
