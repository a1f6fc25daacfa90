"""The price of the next period, where an authority has moved to another band of the list (a census, as a rule).

What runs keeps its price, and so do the years that its quote foresees, whose sum it says. The next period has the price
of the list for as many as live there now, if that was announced sixty days before at least, and no operator has kept
the former one for another year. A price that was agreed with an operator does not follow the list.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.clients import stripe
from billing.documents.amounts import printed
from billing.enums import SubscriptionState, Territory
from billing.models import Account, Call, NextPrice, PlanVersion, Subscription
from billing.seller import seller
from billing.services import selling
from billing.services.agreed import REASON, checked_price
from billing.services.calls import keep, once
from billing.services.contacts import administrators_of, page_of
from billing.services.plans import NoPrice, OnQuotation, Price, band_of, price_for
from billing.services.standing import locked
from common.outbox import enqueue, messages_of, outbox_task
from common.refusals import Refusal
from tenants.models import Municipality

RUNNING = (SubscriptionState.ACTIVE, SubscriptionState.LATE)
# Before the last day of a period: operators see it; the authority is told; not later than that; Stripe is told.
FOUND, TOLD, NOTICE, APPLIED = (timedelta(days=days) for days in (90, 75, 60, 15))


class PriceDecided(Refusal):
    code = "price_decided"
    message = gettext_lazy("This price is decided already: the authority was told, or it was kept meanwhile.")


class TooLateForThePrice(Refusal):
    code = "too_late_for_the_price"
    message = gettext_lazy("The next invoice has this price already. Once it has left, a credit note can lower it.")


# What a period costs


def price_of_period(subscription: Subscription, begins_on: date | None) -> int:
    """Without tax, in cents."""
    changed = _last_applied(subscription, begins_on)
    cents = changed.yearly_cents if changed else None
    return subscription.quote.yearly_cents if cents is None else cents


def price_that_runs(subscription: Subscription) -> Price:
    """Of the present period, with the population that it is for."""
    quote, last = subscription.quote, _last_applied(subscription, subscription.period_begins_on)
    version, population = (last.version, last.population) if last else (quote.version, quote.population)
    cents = price_of_period(subscription, subscription.period_begins_on)
    return Price(version, population, cents, Territory(quote.territory), quote.vat_basis_points)


def price_to_come(subscription: Subscription, *, on: date) -> NextPrice | None:
    """What the authority was told of, for the next period."""
    told = subscription.next_prices.filter(announced_at__isnull=False, kept_at=None, from_on__gt=on)
    return told.order_by("from_on").first()


def prices_that_change(*, on: date) -> QuerySet[NextPrice]:
    """For operators: the next to count first."""
    coming = NextPrice.objects.filter(from_on__gt=on, kept_at=None, applied_at=None)
    return coming.select_related("subscription__account__municipality")


def _last_applied(subscription: Subscription, begins_on: date | None) -> NextPrice | None:
    if begins_on is None:
        return None
    applied = subscription.next_prices.filter(applied_at__isnull=False, from_on__lte=begins_on)
    return applied.order_by("-from_on").first()


# Each day


def to_look_at(*, at: datetime) -> list[int]:
    """The subscriptions of which a period ends soon."""
    soon = timezone.localdate(at) + FOUND + timedelta(days=1)
    running = Subscription.objects.filter(state__in=RUNNING, ends_on=None, period_ends_on__lte=soon)
    return list(running.order_by("pk").values_list("pk", flat=True))


def follow_price(subscription_id: int, *, at: datetime) -> None:
    """Do what its day asks: note another price, announce it, have it count. Again: nothing happens."""
    with schema_context("public"), transaction.atomic():
        account = locked(Account.objects.get(subscriptions=subscription_id))
        subscription = Subscription.objects.select_related("quote__version").get(pk=subscription_id)
        if subscription.state not in RUNNING or subscription.ends_on or not subscription.period_ends_on:
            return
        subscription.account = account
        left = subscription.period_ends_on - account.municipality.day_of(at)
        if NOTICE <= left <= FOUND:
            _note(subscription, at=at)
        price = subscription.next_prices.filter(from_on=subscription.period_ends_on + timedelta(days=1)).first()
        if price is None or price.kept_at or price.applied_at:
            return
        price.subscription = subscription
        if price.announced_at is None and price.yearly_cents is not None and NOTICE <= left <= TOLD:
            _announce(price, at=at)
        elif price.announced_at is not None and timedelta(0) <= left <= APPLIED:
            _apply(price, at=at)


def _note(subscription: Subscription, *, at: datetime) -> None:
    """Until it is announced or an operator has decided, the row says what holds now; where nothing changes, none."""
    assert subscription.period_ends_on
    from_on = subscription.period_ends_on + timedelta(days=1)
    undecided = subscription.next_prices.filter(announced_at=None, kept_at=None, decided_by="")
    changed = _changed(subscription, from_on, at=at)
    if changed is None:
        undecided.filter(from_on=from_on).delete()
        return
    population, version, cents = changed
    values = {"population": population, "version": version, "yearly_cents": cents}
    before = price_of_period(subscription, subscription.period_begins_on)
    row, is_new = subscription.next_prices.get_or_create(
        from_on=from_on, defaults={**values, "before_cents": before, "found_at": at}
    )
    if not is_new:
        undecided.filter(pk=row.pk).update(**values)


def _changed(subscription: Subscription, from_on: date, *, at: datetime) -> tuple[int, PlanVersion, int | None] | None:
    """How many live there now, by which list, and what that costs; None where the price stays."""
    quote, city = subscription.quote, subscription.account.municipality
    if quote.made_by_operator or _is_foreseen(subscription, from_on) or not city.population:
        return None
    last = _last_applied(subscription, subscription.period_begins_on)
    version, population = (last.version, last.population) if last else (quote.version, quote.population)
    if band_of(version, city.kind, city.population) == band_of(version, city.kind, population):
        return None
    try:
        price = price_for(city, on=city.day_of(at))
    except OnQuotation:
        return city.population, version, None
    except NoPrice:
        return None
    if price.yearly_cents == price_of_period(subscription, subscription.period_begins_on):
        return None
    return price.population, price.version, price.yearly_cents


def _is_foreseen(subscription: Subscription, from_on: date) -> bool:
    """Whether that period is one of those of which the quote says the sum."""
    city, begun_at = subscription.account.municipality, subscription.activated_at or subscription.created_at
    return round((from_on - city.day_of(begun_at)).days / 365.25) < subscription.quote.years


def _announce(price: NextPrice, *, at: datetime) -> None:
    """Where nobody is to be told it is not announced, and so never counts."""
    if _tell(price, "billing/email/next_price"):
        price.announced_at = at
        price.save(update_fields=["announced_at"])
        record("price_announced", actor=None, subject=price.subscription, cents=price.yearly_cents)


def _apply(price: NextPrice, *, at: datetime) -> None:
    if not price.subscription.stripe_id:
        _mark_applied(price, at=at)
        return
    keep(_key(price), *selling.keys_of_price(_as_quoted(price), price.subscription.rate), at=at)
    waiting = messages_of(apply_price).filter(payload__next_price_id=price.pk, due_at__isnull=False)
    if not waiting.exists():
        enqueue(apply_price, next_price_id=price.pk)


@outbox_task
def apply_price(*, next_price_id: int, **kwargs: object) -> None:
    """Have Stripe invoice the next period at its price, nothing of this one. Too late for it, it never counts."""
    at = timezone.now()
    locked(Account.objects.get(subscriptions__next_prices=next_price_id))
    price = NextPrice.objects.select_related(
        "version", "subscription__account__municipality", "subscription__quote"
    ).get(pk=next_price_id)
    subscription = price.subscription
    if price.applied_at or price.kept_at or subscription.state not in RUNNING:
        return
    quoted = _as_quoted(price)
    # The rate of its own day, which Stripe was told of first (vat).
    wanted, rate = selling.price_of(quoted, at=at), selling.tax_rate_of(subscription.rate, at=at)
    item = stripe.retrieve_subscription(subscription.stripe_id).items[0]
    if item.price_id != wanted and subscription.account.period_day(item.period_start) >= price.from_on:
        return

    def there() -> str:
        found = stripe.retrieve_subscription(subscription.stripe_id)
        return found.id if found.items[0].price_id == wanted else ""

    once(
        _key(price),
        lambda key: (
            stripe.change_price(
                key=key,
                subscription_id=subscription.stripe_id,
                item_id=item.id,
                price_id=wanted,
                tax_rate_id=rate,
                metadata=selling.metadata_of(subscription),
            ).id
        ),
        find=there,
        at=at,
    )
    _mark_applied(price, at=at)


def _mark_applied(price: NextPrice, *, at: datetime) -> None:
    price.applied_at = at
    price.save(update_fields=["applied_at"])
    record("price_applied", actor=None, subject=price.subscription, cents=price.yearly_cents)


def _as_quoted(price: NextPrice) -> selling.Quoted:
    assert price.yearly_cents is not None
    subscription = price.subscription
    return selling.Quoted(subscription.account, price.version, price.yearly_cents)


def _key(price: NextPrice) -> str:
    return f"next_price:{price.pk}"


# What operators decide


def keep_price(*, price: NextPrice, reason: str, operator: User, at: datetime) -> None:
    """Leave the former price for another year; who was told of another one is told. Again: nothing happens.

    Raises TooLateForThePrice, TextTooShort, TextTooLong.
    """
    reason = REASON.cleaned(reason)
    with schema_context("public"), transaction.atomic():
        price = _to_decide(price, at=at)
        if price.kept_at:
            return
        if price.applied_at or Call.objects.filter(pk=_key(price)).exists():
            raise TooLateForThePrice
        price.kept_at, price.decided_by, price.reason = at, operator.email, reason
        price.save(update_fields=["kept_at", "decided_by", "reason"])
        record("price_kept", actor=operator, subject=price.subscription, cents=price.before_cents, reason=reason)
        if price.announced_at:
            _tell(price, "billing/email/price_kept")


def say_price(*, price: NextPrice, yearly_cents: int | None, reason: str, operator: User, at: datetime) -> None:
    """Where the list has none for as many, or another one is granted: before the authority is told. Again: nothing.

    Raises PriceDecided, NotAPrice, TextTooShort, TextTooLong.
    """
    cents, reason = checked_price(yearly_cents), REASON.cleaned(reason)
    with schema_context("public"), transaction.atomic():
        price = _to_decide(price, at=at)
        if price.announced_at or price.kept_at:
            raise PriceDecided
        if (price.yearly_cents, price.reason, price.decided_by) == (cents, reason, operator.email):
            return
        price.yearly_cents, price.decided_by, price.reason = cents, operator.email, reason
        price.save(update_fields=["yearly_cents", "decided_by", "reason"])
        record("next_price_said", actor=operator, subject=price.subscription, cents=cents, reason=reason)


def _to_decide(price: NextPrice, *, at: datetime) -> NextPrice:
    """As it is now, its account locked. Raises TooLateForThePrice once its period has begun."""
    account = locked(Account.objects.get(subscriptions__next_prices=price.pk))
    found = NextPrice.objects.select_related("subscription__quote").get(pk=price.pk)
    found.subscription.account = account
    if account.municipality.day_of(at) >= found.from_on:
        raise TooLateForThePrice
    return found


# Words


def _tell(price: NextPrice, template: str) -> bool:
    """Its contacts and its administrators; whether there is anybody."""
    account = price.subscription.account
    city = account.municipality
    context = {
        "municipality": city,
        "price": price,
        "before": printed(price.before_cents),
        "after": printed(price.yearly_cents or 0),
        "last_day": price.from_on - timedelta(days=1),
        "service_email": seller().email,
        "page": page_of(city),
    }
    people = _people(account, city)
    for address in people:
        send_mail_later(template=template, to=address, context=context)
    return bool(people)


def _people(account: Account, city: Municipality) -> list[str]:
    if not city.verified_at:
        return []
    contacts = account.contacts.values_list("email", flat=True)
    return list(dict.fromkeys([*contacts, *administrators_of(city)]))
