"""From an order to a subscription: what is wanted is a row at once; a task then has Stripe make it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.clients import stripe
from billing.enums import Method, SubscriptionState, Timing
from billing.models import Account, Call, Quote, Subscription
from billing.services import card, selling
from billing.services.beginning import begin
from billing.services.calls import keep, once
from billing.services.mirror import read_again
from billing.services.quotes import check_accepted, check_free, check_verified
from billing.services.vat_of_periods import rate_on
from billing.services.years import year_after
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal
from tenants.enums import LifecycleState


class OrderMissing(Refusal):
    code = "order_missing"
    message = gettext_lazy("Place the order first: the invoice says what stands on it.")


class OnlyInAdvance(Refusal):
    code = "only_in_advance"
    message = gettext_lazy("A card pays a year in advance; this quote is for an invoice at the end of each year.")


def activate(*, quote: Quote, actor: User | None, at: datetime, method: str = Method.TRANSFER) -> Subscription:
    """Have the subscription of an order made. Again, or by two at once: the one that there is.

    A card that has not paid yet gives way to a transfer. Called from the city's own schema, whose trail keeps it, or
    from the service's. Raises QuoteNotAccepted, QuoteGone, OrderMissing, NotVerified, AlreadySubscribed, OnlyInAdvance.
    """
    with transaction.atomic():
        with schema_context("public"):
            subscription, is_new = _wanted(quote, Method(method), at=at)
        if is_new:
            record("subscription_asked_for", actor=actor, subject=subscription, number=quote.number)
    return subscription


def _wanted(quote: Quote, method: Method, *, at: datetime) -> tuple[Subscription, bool]:
    account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=quote.account_id)
    quote = Quote.objects.select_related("account__municipality", "version").get(pk=quote.pk)
    subscription = Subscription.objects.filter(quote=quote).first()
    if subscription is None:
        _check(account, quote, method)
        rate = rate_on(quote, account.municipality.day_of(at))
        subscription = Subscription.objects.create(
            account=account, quote=quote, method=method, vat_basis_points=rate, created_at=at
        )
    elif not _may_change(subscription):
        return subscription, False
    elif subscription.method == method:
        if method == Method.CARD and card.has_no_page(subscription, at=at):
            card.keep_key(subscription, at=at)
            enqueue(set_up, subscription_id=subscription.pk)
        return subscription, False
    else:
        subscription.method = method
        subscription.save(update_fields=["method"])
    selling.keep_keys(quote, subscription.rate, at=at)
    keep(_key(subscription), at=at)
    if method == Method.CARD:
        card.keep_key(subscription, at=at)
    enqueue(set_up, subscription_id=subscription.pk)
    return subscription, True


def _check(account: Account, quote: Quote, method: Method) -> None:
    check_accepted(quote)
    if not hasattr(quote, "order"):
        raise OrderMissing
    check_verified(account)
    check_free(account)
    if method == Method.CARD and quote.timing == Timing.ARREARS:
        raise OnlyInAdvance


def _may_change(subscription: Subscription) -> bool:
    """Until Stripe has it: from then on its own word is only waited for."""
    is_made = Call.objects.filter(key=_key(subscription), done_at__isnull=False).exists()
    return subscription.state == SubscriptionState.PENDING and not subscription.stripe_id and not is_made


@outbox_task
def set_up(*, subscription_id: int, **kwargs: object) -> None:
    """Have at Stripe what a subscription needs; begin it, unless a card is to pay first. Again: the same."""
    at = timezone.now()
    # The account first, like all who write about it.
    Account.objects.select_for_update(of=("self",), no_key=True).filter(subscriptions=subscription_id).first()
    rows = Subscription.objects.select_related(
        "account__municipality", "quote__version", "quote__account__municipality"
    )
    subscription = rows.filter(pk=subscription_id).first()
    if (
        subscription is None  # it has lapsed (card_reminders)
        or subscription.state != SubscriptionState.PENDING
        or subscription.account.municipality.state == LifecycleState.DELETED
    ):
        return
    quote = subscription.quote
    customer = selling.customer_of(quote, at=at)
    if quote.timing == Timing.ARREARS:
        # Stripe would invoice in advance: each period is invoiced by us, at its end.
        today = subscription.account.municipality.day_of(at)
        begin(subscription, begins_on=today, ends_on=year_after(today) - timedelta(days=1), at=at)
        return
    price, rate = selling.price_of(quote, at=at), selling.tax_rate_of(subscription.rate, at=at)
    if subscription.method == Method.CARD:
        if card.open_page(subscription, customer, price, rate, at=at):
            enqueue(read_again, kind="checkout.session.completed", object_id=subscription.stripe_page)
    else:
        _subscribe(subscription, customer, price, rate, at=at)


def _subscribe(subscription: Subscription, customer: str, price: str, rate: str | None, *, at: datetime) -> None:
    metadata = selling.metadata_of(subscription)
    card.close_page(subscription)

    def there() -> str:
        theirs = (each for each in stripe.subscriptions(customer_id=customer) if each.metadata == metadata)
        return next((each.id for each in theirs), "")

    def make(key: str) -> str:
        # Paid by card at the last moment, it is there.
        found = there() if subscription.stripe_page else ""
        return (
            found
            or stripe.create_subscription(
                key=key, customer_id=customer, price_id=price, tax_rate_id=rate, metadata=metadata
            ).id
        )

    made = once(_key(subscription), make, find=there, at=at)
    enqueue(read_again, kind="customer.subscription.created", object_id=made)
    enqueue(read_again, kind="invoice.created", object_id=stripe.retrieve_subscription(made).latest_invoice_id)


def _key(subscription: Subscription) -> str:
    return f"subscription:{subscription.pk}"
