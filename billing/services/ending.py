"""A subscription that is not renewed: it runs until the last day of its period."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.clients import stripe
from billing.enums import SubscriptionState
from billing.models import Account, Call, Subscription
from billing.services.calls import keep, once
from billing.services.mirror import read_again
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal


class NotRunning(Refusal):
    code = "subscription_not_running"
    message = gettext_lazy("This subscription has not begun, or is over.")


def end_with_period(*, subscription: Subscription, actor: User, at: datetime, ends: bool = True) -> None:
    """End it with its period rather than renew it; `ends=False` goes back on that. Again: nothing happens.

    Called from the city's own schema, whose trail keeps it, or from the service's. Raises NotRunning.
    """
    with transaction.atomic():
        with schema_context("public"):
            changed = _note(subscription.pk, ends=ends, at=at)
        if changed:
            action = "subscription_ends" if ends else "subscription_goes_on"
            record(action, actor=actor, subject=subscription)


def _note(pk: int, *, ends: bool, at: datetime) -> bool:
    Account.objects.select_for_update(of=("self",), no_key=True).get(subscriptions=pk)
    subscription = Subscription.objects.get(pk=pk)
    if subscription.state not in (SubscriptionState.ACTIVE, SubscriptionState.LATE):
        raise NotRunning
    if (subscription.ends_on is not None) is ends:
        return False
    subscription.ends_on = subscription.period_ends_on if ends else None
    subscription.save(update_fields=["ends_on"])
    if subscription.stripe_id:
        number = Call.objects.filter(key__startswith=_key(pk, "")).count() + 1
        keep(_key(pk, number), at=at)
        enqueue(tell_end, subscription_id=pk, number=number, ends=ends)
    return True


def _key(pk: int, number: int | str) -> str:
    return f"ends:{pk}:{number}"


@outbox_task
def tell_end(*, subscription_id: int, number: int, ends: bool, **kwargs: object) -> None:
    """Have Stripe know. What somebody has gone back on since is told no more: tasks come in any order."""
    Account.objects.select_for_update(of=("self",), no_key=True).get(subscriptions=subscription_id)
    if Call.objects.filter(pk=_key(subscription_id, number + 1)).exists():
        return
    subscription = Subscription.objects.get(pk=subscription_id)

    def tell(key: str) -> str:
        return stripe.end_with_period(key=key, subscription_id=subscription.stripe_id, ends=ends).id

    once(_key(subscription_id, number), tell, find=lambda: "", at=timezone.now())
    enqueue(read_again, kind="customer.subscription.", object_id=subscription.stripe_id)
