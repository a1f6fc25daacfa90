"""The day a subscription begins, from which on its city is active; and what becomes of it once nothing is ordered."""

from datetime import date, datetime

from django.utils.translation import gettext

from accounts.audit import record
from billing.enums import SubscriptionState
from billing.models import Account, Subscription
from billing.services.years import lay_out
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality

_OVER = (Transition.END_TRIAL, Transition.END_SUBSCRIPTION)


def begin(subscription: Subscription, *, begins_on: date, ends_on: date, at: datetime) -> None:
    """Once; `ends_on` is the last day of the first period. In public, in the caller's transaction, its row locked."""
    subscription.state, subscription.activated_at = SubscriptionState.ACTIVE, at
    subscription.period_begins_on, subscription.period_ends_on = begins_on, ends_on
    subscription.ends_on = lay_out(subscription, subscription.quote, begins_on=begins_on)
    subscription.save(update_fields=["state", "activated_at", "period_begins_on", "period_ends_on", "ends_on"])
    record("subscription_begun", actor=None, subject=subscription)
    city = Municipality.objects.get(pk=subscription.account.municipality_id)
    if transition := _transition(city, subscription.account):
        reason = gettext("The subscription has begun.")
        change_state(municipality=city, transition=transition, actor=None, reason=reason, at=at)


def stop_writing(subscription: Subscription, *, at: datetime) -> None:
    """It is over, and nothing is ordered: read only from then on, until there is another. In the caller's transaction.

    Not for one that Stripe ends by itself, a card failing: what is unpaid stops a city by its terms alone (standing).
    """
    city = Municipality.objects.get(pk=subscription.account.municipality_id)
    if city.state == LifecycleState.ACTIVE:
        reason = gettext("The subscription is over.")
        change_state(municipality=city, transition=Transition.END_SUBSCRIPTION, actor=None, reason=reason, at=at)


def is_over(account: Account, *, on: date) -> bool:
    """Whether all that it had subscribed to is over, the last one with its period, and the days after that too."""
    last = account.subscriptions.first()
    if last is None or last.state != SubscriptionState.ENDED or last.ends_on != last.period_ends_on:
        return False
    return last.open_until is not None and last.open_until < on


def _transition(city: Municipality, account: Account) -> Transition | None:
    """None where an operator has suspended or closed it, or an older invoice is unpaid: that is not undone by this."""
    if city.state == LifecycleState.TRIAL:
        return Transition.ACTIVATE
    is_settled = city.last_move == Transition.STOP_UNPAID and account.stopped_at is None
    if city.state == LifecycleState.READ_ONLY and (city.last_move in _OVER or is_settled):
        return Transition.SETTLE
    return None
