"""Not renewed, a subscription runs until the last day of its period."""

import pytest

from accounts.models import AuditEntry
from billing.clients import stripe
from billing.enums import SubscriptionState, Timing
from billing.models import Invoice, Subscription
from billing.services.activation import activate
from billing.services.ending import NotRunning, end_with_period
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, operator, ordered, subscribed, work
from tests.billing.fake import BEGINNING, FakeStripe

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
