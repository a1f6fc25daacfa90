"""The years that an authority has ordered: what each costs, and the engagement number that its invoice bears."""

from datetime import date, timedelta

from billing.enums import SubscriptionState
from billing.models import ABOUT, Account, OrderedYear, Quote, Subscription


def year_after(day: date) -> date:
    """The same day of the next year; of a 29 February, the 28."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def running_of(account: Account) -> Subscription | None:
    """The one that is not over, if there is one: it may not have begun yet."""
    return account.subscriptions.exclude(state=SubscriptionState.ENDED).select_related("quote").first()


def lay_out(subscription: Subscription, quote: Quote, *, begins_on: date) -> date:
    """The years of an order, the first with the number that stands on it; the last day of all."""
    order = getattr(quote, "order", None)
    for number in range(1, quote.years + 1):
        ends_on = year_after(begins_on) - timedelta(days=1)
        subscription.years.create(
            quote=quote,
            number=number,
            begins_on=begins_on,
            ends_on=ends_on,
            engagement_number=order.engagement_number if order and number == 1 else "",
        )
        begins_on = ends_on + timedelta(days=1)
    return ends_on


def year_of(subscription: Subscription | None, begins_on: date | None) -> OrderedYear | None:
    """That of a period; None for one that nobody has ordered."""
    if subscription is None or begins_on is None:
        return None
    near = subscription.years.filter(begins_on__range=(begins_on - ABOUT, begins_on + ABOUT))
    return near.select_related("quote__version").first()


def price_of_period(subscription: Subscription, begins_on: date) -> int:
    """Without tax."""
    year = year_of(subscription, begins_on)
    return year.quote.yearly_cents if year else subscription.quote.yearly_cents
