"""Not renewed, a subscription runs until the last day of its period."""

from typing import Any

import pytest
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from billing.clients import stripe
from billing.enums import SubscriptionState, Timing
from billing.models import Account, Invoice, Subscription
from billing.services.activation import activate
from billing.services.ending import NotRunning, end_with_period
from billing.services.standing import follow
from common.models import OutboxMessage
from tenants.enums import LifecycleState, Transition
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, operator, ordered, subscribed, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.tenants.test_lifecycle import now_of, put

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


@pytest.mark.parametrize("how", ["", "lost_after", "429", "500_after"])
def test_it_ends_with_its_period_and_no_other_is_invoiced(
    saran: Municipality, fake_stripe: FakeStripe, how: str
) -> None:
    kept = subscribed(saran, fake_stripe)
    if how:
        fake_stripe.fails(how, f"post /v1/subscriptions/{kept.stripe_id}")
    for _unused in range(2):
        end_with_period(subscription=kept, actor=operator(), at=fake_stripe.now)
    work()
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    assert stripe.retrieve_subscription(kept.stripe_id).cancel_at_period_end
    assert AuditEntry.objects.filter(action="subscription_ends").count() == 1
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    kept.refresh_from_db()
    assert (kept.state, kept.ends_on) == (SubscriptionState.ENDED, kept.period_ends_on)
    assert Invoice.objects.count() == 1
    assert now_of(saran).state == LifecycleState.READ_ONLY
    assert AuditEntry.objects.filter(action="subscription_over").count() == 1
    with pytest.raises(NotRunning):
        end_with_period(subscription=kept, actor=operator(), at=fake_stripe.now)


def test_whoever_goes_back_on_it_is_renewed(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe)
    for ends in (True, False, True, False):
        end_with_period(subscription=kept, actor=operator(), at=fake_stripe.now, ends=ends)
    work()
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    assert Invoice.objects.count() == 2


def test_what_is_invoiced_at_its_end_is_noted_here_alone(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    end_with_period(subscription=kept, actor=operator(), at=fake_stripe.now)
    kept.refresh_from_db()
    assert kept.ends_on == kept.period_ends_on
    assert not OutboxMessage.objects.filter(task__contains="ending").exists()


def test_what_has_not_begun_does_not_end(saran: Municipality, fake_stripe: FakeStripe) -> None:
    wanted = activate(quote=ordered(saran), actor=operator(), at=fake_stripe.now)
    with pytest.raises(NotRunning):
        end_with_period(subscription=wanted, actor=operator(), at=fake_stripe.now)


def test_what_is_over_only_reads_until_something_is_ordered_again(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe)
    end_with_period(subscription=kept, actor=operator(), at=fake_stripe.now)
    work()
    fake_stripe.later(days=366)
    deliver(fake_stripe, copies=2)
    city = now_of(saran)
    assert (city.state, city.last_move) == (LifecycleState.READ_ONLY, Transition.END_SUBSCRIPTION)
    [told] = mails()
    assert "l’abonnement est terminé" in told["subject"]
    assert "gestion/abonnement/" in told["body"]
    again = subscribed(saran, fake_stripe)
    assert (again.state, now_of(saran).state) == (SubscriptionState.ACTIVE, LifecycleState.ACTIVE)


def test_what_stripe_ends_by_itself_stops_no_city(saran: Municipality, fake_stripe: FakeStripe) -> None:
    """Terms alone do, announced twice: a card that fails is no wish to leave."""
    kept = subscribed(saran, fake_stripe)
    stripe.cancel_subscription(kept.stripe_id)
    deliver(fake_stripe)
    kept.refresh_from_db()
    assert (kept.state, now_of(saran).state) == (SubscriptionState.ENDED, LifecycleState.ACTIVE)


def test_who_pays_what_it_owed_after_its_subscription_writes_with_the_next_one(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    kept = subscribed(saran, fake_stripe)
    Subscription.objects.update(state=SubscriptionState.ENDED, ends_on=kept.period_ends_on)
    put(saran, LifecycleState.READ_ONLY, last_move=Transition.STOP_UNPAID)
    Account.objects.update(stopped_at=fake_stripe.now)
    follow(kept.account, at=fake_stripe.now)
    assert now_of(saran).state == LifecycleState.READ_ONLY
    assert Account.objects.get().stopped_at is None
    subscribed(saran, fake_stripe)
    assert now_of(saran).state == LifecycleState.ACTIVE


def mails() -> list[dict[str, Any]]:
    with schema_context("public"):
        schema = Municipality.objects.get(slug="saran").schema_name
    with schema_context(schema):
        sent = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").order_by("created_at")
        return [each.payload for each in sent if "gestion/abonnement" in each.payload["body"]]
