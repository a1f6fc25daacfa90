"""A subscription lasts as long as was ordered: Stripe is told when its last year runs, and invoices nothing after."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.clients import stripe
from billing.models import Account, Call, Subscription
from billing.services.calls import keep, once
from billing.services.standing import locked
from common.outbox import enqueue, messages_of, outbox_task
from common.refusals import Refusal
from common.text import Words

REASON = Words(minimum=10, maximum=500)


class NotRunning(Refusal):
    code = "subscription_not_running"
    message = gettext_lazy("This subscription has not begun, or is over.")


def decline(*, subscription: Subscription, actor: User, at: datetime, declined: bool = True) -> None:
    """The city says that it will not renew: nothing more is offered to it by mail. `declined=False` goes back on that.

    Again: nothing happens. Called from the city's own schema, whose trail keeps it. Raises NotRunning.
    """
    with transaction.atomic():
        with schema_context("public"):
            found = _running(subscription)
            changed = (found.declined_at is not None) is not declined
            if changed:
                found.declined_at = at if declined else None
                found.save(update_fields=["declined_at"])
        if changed:
            record("subscription_ends" if declined else "subscription_goes_on", actor=actor, subject=found)


def end_with_period(*, subscription: Subscription, reason: str, operator: User, at: datetime) -> None:
    """Cut what was ordered after the present period, and have it not renewed. Again: nothing happens.

    Raises NotRunning, TextTooShort, TextTooLong.
    """
    reason = REASON.cleaned(reason)
    with schema_context("public"), transaction.atomic():
        found = _running(subscription)
        if found.declined_at and found.is_in_its_last_year:
            return
        if not found.is_in_its_last_year:
            found.years.filter(begins_on__gt=found.period_ends_on).delete()
            found.ends_on = found.period_ends_on
            if found.stripe_id:
                ask_end(found, at=at)
        found.declined_at = found.declined_at or at
        found.save(update_fields=["ends_on", "declined_at"])
        record("subscription_cut", actor=operator, subject=found, reason=reason)


def note_over(subscription: Subscription) -> None:
    """What follows for its city comes with the days (services.last_days)."""
    record("subscription_over", actor=None, subject=subscription)


def _running(subscription: Subscription) -> Subscription:
    locked(subscription.account)
    found: Subscription = Subscription.objects.get(pk=subscription.pk)
    if not found.runs:
        raise NotRunning
    return found


def ask_end(subscription: Subscription, *, at: datetime) -> None:
    """Have Stripe told whether this is its last year, as it will be known then. Its account is locked."""
    if messages_of(tell_end).filter(payload__subscription_id=subscription.pk, due_at__isnull=False).exists():
        return
    number = Call.objects.filter(key__startswith=_key(subscription.pk, "")).count() + 1
    keep(_key(subscription.pk, number), at=at)
    enqueue(tell_end, subscription_id=subscription.pk, number=number)


def _key(pk: int, number: int | str) -> str:
    return f"ends:{pk}:{number}"


@outbox_task
def tell_end(*, subscription_id: int, number: int, **kwargs: object) -> None:
    """What was asked for after it says the rest: tasks come in any order."""
    locked(Account.objects.get(subscriptions=subscription_id))
    subscription = Subscription.objects.get(pk=subscription_id)
    if not subscription.runs or Call.objects.filter(pk=_key(subscription_id, number + 1)).exists():
        return
    ends = subscription.is_in_its_last_year
    if stripe.retrieve_subscription(subscription.stripe_id).ended_at is None:
        once(
            _key(subscription_id, number),
            lambda key: stripe.end_with_period(key=key, subscription_id=subscription.stripe_id, ends=ends).id,
            find=lambda: "",
            at=timezone.now(),
        )
