"""The day a subscription begins: its city is active from then on."""

from datetime import date, datetime

from django.utils.translation import gettext

from accounts.audit import record
from billing.enums import SubscriptionState
from billing.models import Subscription
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality


def begin(subscription: Subscription, *, begins_on: date, ends_on: date, at: datetime) -> None:
    """Once; `ends_on` is the last day of the first period. In public, in the caller's transaction, its row locked."""
    subscription.state, subscription.activated_at = SubscriptionState.ACTIVE, at
    subscription.period_begins_on, subscription.period_ends_on = begins_on, ends_on
    subscription.save(update_fields=["state", "activated_at", "period_begins_on", "period_ends_on"])
    record("subscription_begun", actor=None, subject=subscription)
    city = Municipality.objects.get(pk=subscription.account.municipality_id)
    if transition := _transition(city):
        reason = gettext("The subscription has begun.")
        change_state(municipality=city, transition=transition, actor=None, reason=reason, at=at)


def _transition(city: Municipality) -> Transition | None:
    """None where an operator has suspended or closed it, or an older invoice is unpaid: that is not undone by this."""
    if city.state == LifecycleState.TRIAL:
        return Transition.ACTIVATE
    if city.state == LifecycleState.READ_ONLY and city.last_move == Transition.END_TRIAL:
        return Transition.SETTLE
    return None
