"""Who pays once the service is done: each period is invoiced at its end."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from billing.enums import SubscriptionState, Timing
from billing.models import RUNNING, Account, Subscription
from billing.services import selling
from billing.services.closing import NOT_INVOICED
from billing.services.ending import note_over
from billing.services.making import Wanted, keep_keys, make_final
from billing.services.vat_of_periods import rate_on
from billing.services.years import price_of_period, year_after, year_of
from common.outbox import enqueue, outbox_task
from tenants.enums import LifecycleState


def invoice_ended_periods(*, at: datetime) -> int:
    """Each night: how many periods have ended, where their cities are. Again: none."""
    with schema_context("public"):
        # East of Paris it is tomorrow already.
        ended = Subscription.objects.filter(
            stripe_id="",
            state__in=RUNNING,
            quote__timing=Timing.ARREARS,
            period_ends_on__lte=timezone.localdate(at),
        ).exclude(account__municipality__state__in=NOT_INVOICED)
        return sum(_end_period(pk, at=at) for pk in ended.order_by("pk").values_list("pk", flat=True))


def _end_period(subscription_id: int, *, at: datetime) -> bool:
    """The next period begins in the transaction that asks for the invoice of this one: never twice, never not."""
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",), no_key=True).get(subscriptions=subscription_id)
        found = Subscription.objects.select_related("account__municipality", "quote__account").get(pk=subscription_id)
        begins_on, ends_on = found.period_begins_on, found.period_ends_on
        if not begins_on or not ends_on or found.state not in RUNNING:
            return False
        if found.account.municipality.state in NOT_INVOICED:
            return False
        if found.account.municipality.day_of(at) <= ends_on:
            return False
        # Due with the service, once it is done.
        rate = rate_on(found.quote, ends_on)
        keep_keys(_key(found, begins_on), found, begins_on, rate, at=at)
        enqueue(
            invoice_period,
            subscription_id=found.pk,
            begins_on=begins_on.isoformat(),
            ends_on=ends_on.isoformat(),
            vat_basis_points=rate,
        )
        if found.ends_on and found.ends_on <= ends_on:
            found.state = SubscriptionState.ENDED
        else:
            found.period_begins_on = ends_on + timedelta(days=1)
            found.period_ends_on = year_after(found.period_begins_on) - timedelta(days=1)
        found.save(update_fields=["state", "period_begins_on", "period_ends_on"])
        if found.state == SubscriptionState.ENDED:
            note_over(found)
    return True


@outbox_task
def invoice_period(
    *, subscription_id: int, begins_on: str, ends_on: str, vat_basis_points: int | None = None, **kwargs: Any
) -> None:
    Account.objects.select_for_update(of=("self",), no_key=True).get(subscriptions=subscription_id)
    subscription = Subscription.objects.select_related(
        "account__municipality", "quote__account__municipality", "quote__version"
    ).get(pk=subscription_id)
    if subscription.account.municipality.state == LifecycleState.DELETED:
        return  # meanwhile
    first = date.fromisoformat(begins_on)
    year = year_of(subscription, first)
    wanted = Wanted(
        subscription=subscription,
        label=selling.PRODUCT,
        net_cents=price_of_period(subscription, first),
        # A message of the release before has none.
        vat_basis_points=subscription.quote.vat_basis_points if vat_basis_points is None else vat_basis_points,
        begins_on=first,
        ends_on=date.fromisoformat(ends_on),
        engagement_number=year.engagement_number if year else "",
        metadata={"period": begins_on},
    )
    make_final(_key(subscription, wanted.begins_on), wanted, at=timezone.now())


def _key(subscription: Subscription, begins_on: date) -> str:
    return f"arrears:{subscription.pk}:{begins_on}"
