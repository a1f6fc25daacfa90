"""A subscription lasts as long as was ordered: Stripe invoices nothing after it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.models import AuditEntry
from billing.clients import stripe
from billing.enums import SubscriptionState, Timing
from billing.models import Account, Invoice, Subscription
from billing.selectors.differences import differences
from billing.services.activation import activate
from billing.services.ending import NotRunning, decline, end_with_period
from billing.services.standing import follow
from common.models import OutboxMessage
from tenants.enums import LifecycleState, Transition
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, operator, ordered, subscribed, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.tenants.test_lifecycle import now_of, put

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]
WHY = "La commune l’a demandé par lettre."


@pytest.mark.parametrize("how", ["", "lost_after", "429", "500_after"])
def test_stripe_is_told_that_the_year_that_runs_is_the_last_and_invoices_no_other(
    saran: Municipality, fake_stripe: FakeStripe, how: str
) -> None:
    made = activate(quote=ordered(saran), actor=operator(), at=fake_stripe.now)
    if how:
        fake_stripe.fails(how, "post /v1/subscriptions/sub_fake000001")
    work()
    deliver(fake_stripe)
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    deliver(fake_stripe)
    assert not any(each.times for each in fake_stripe.fake.failures)
    made.refresh_from_db()
    assert made.ends_on == made.period_ends_on
    assert stripe.retrieve_subscription(made.stripe_id).cancel_at_period_end
    assert not list(differences(at=fake_stripe.now.replace(year=2040)))
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    made.refresh_from_db()
    assert (made.state, made.ends_on) == (SubscriptionState.ENDED, made.period_ends_on)
    assert Invoice.objects.count() == 1
    assert now_of(saran).state == LifecycleState.ACTIVE


def test_of_several_years_each_is_invoiced_and_none_after_them(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe, years=3)
    assert [str(each.begins_on) for each in kept.years.all()] == ["2026-12-01", "2027-12-01", "2028-12-01"]
    assert str(kept.ends_on) == "2029-11-30"
    for year in range(1, 5):
        is_last = stripe.retrieve_subscription(kept.stripe_id).cancel_at_period_end
        assert is_last is (year >= 3)
        fake_stripe.later(days=366)
        deliver(fake_stripe)
    assert Subscription.objects.get().state == SubscriptionState.ENDED
    assert Invoice.objects.count() == 3
    assert not list(differences(at=fake_stripe.now.replace(year=2040)))


def test_what_stripe_alone_was_told_is_a_difference_and_reading_it_again_puts_it_right(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    kept = subscribed(saran, fake_stripe)
    stripe.end_with_period(key="by_hand", subscription_id=kept.stripe_id, ends=False)
    [found] = differences(at=fake_stripe.now)
    assert found.facts == {"last_year": [True, False]}
    deliver(fake_stripe)
    assert stripe.retrieve_subscription(kept.stripe_id).cancel_at_period_end


@pytest.mark.parametrize("timing", [Timing.ADVANCE, Timing.ARREARS])
def test_an_operator_ends_it_with_its_period_and_cuts_the_years_after_it(
    saran: Municipality, fake_stripe: FakeStripe, timing: str
) -> None:
    kept = subscribed(saran, fake_stripe, timing=timing, years=3)
    for _again in range(2):
        end_with_period(subscription=kept, reason=WHY, operator=operator(), at=fake_stripe.now)
    work()
    kept.refresh_from_db()
    assert (kept.ends_on, kept.years.count()) == (kept.period_ends_on, 1)
    assert kept.declined_at
    if kept.stripe_id:
        assert stripe.retrieve_subscription(kept.stripe_id).cancel_at_period_end
    assert AuditEntry.objects.get(action="subscription_cut").details["reason"] == WHY
    Subscription.objects.update(state=SubscriptionState.ENDED)
    with pytest.raises(NotRunning):
        end_with_period(subscription=kept, reason=WHY, operator=operator(), at=fake_stripe.now)


def test_a_city_that_does_not_renew_says_so_and_may_go_back_on_it(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe)
    actor: Any = operator()
    for declined in (True, True, False, True):
        decline(subscription=kept, actor=actor, at=fake_stripe.now, declined=declined)
    done = AuditEntry.objects.filter(action__startswith="subscription_").exclude(action__endswith="_for")
    assert list(done.order_by("pk").values_list("action", flat=True)) == [
        "subscription_begun",
        "subscription_ends",
        "subscription_goes_on",
        "subscription_ends",
    ]


def test_what_has_not_begun_does_not_end(saran: Municipality, fake_stripe: FakeStripe) -> None:
    wanted = activate(quote=ordered(saran), actor=operator(), at=fake_stripe.now)
    with pytest.raises(NotRunning):
        end_with_period(subscription=wanted, reason=WHY, operator=operator(), at=fake_stripe.now)
    with pytest.raises(NotRunning):
        decline(subscription=wanted, actor=operator(), at=fake_stripe.now)


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
    # For so long that the days after its end, on which people still write, are over too.
    last = (fake_stripe.now - timedelta(days=settings.ENDED_GRACE_DAYS + 2)).date()
    Subscription.objects.update(state=SubscriptionState.ENDED, ends_on=last, period_ends_on=last)
    put(saran, LifecycleState.READ_ONLY, last_move=Transition.STOP_UNPAID)
    Account.objects.update(stopped_at=fake_stripe.now)
    follow(kept.account, at=fake_stripe.now)
    assert now_of(saran).state == LifecycleState.READ_ONLY
    assert Account.objects.get().stopped_at is None
    subscribed(saran, fake_stripe)
    assert now_of(saran).state == LifecycleState.ACTIVE
