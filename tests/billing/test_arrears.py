"""Who pays once the service is done is invoiced for each period at its end, once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from billing.enums import InvoiceState, SubscriptionState, Timing
from billing.models import Invoice, Subscription
from billing.services.arrears import invoice_ended_periods
from common.models import OutboxMessage
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.buying import ENGAGEMENT, deliver, issued_at_once, subscribed, work
from tests.billing.fake import FakeStripe
from tests.tenants.test_lifecycle import now_of

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


@pytest.fixture
def running(saran: Municipality, fake_stripe: FakeStripe) -> Subscription:
    return subscribed(saran, fake_stripe, timing=Timing.ARREARS, years=2)


def midnight_after(city: Municipality, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(city.time_zone))


@pytest.mark.dates
def test_a_period_is_invoiced_on_the_day_after_its_last_where_the_city_is(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    assert not Invoice.objects.exists()
    begins_on, ends_on = running.period_begins_on, running.period_ends_on
    assert begins_on
    assert ends_on
    over = midnight_after(saran, ends_on)
    assert invoice_ended_periods(at=over - timedelta(seconds=1)) == 0
    # By the first night in Paris that comes after it.
    tonight = over + timedelta(hours=24)
    assert [invoice_ended_periods(at=tonight) for _again in range(2)] == [1, 0]
    work()
    deliver(fake_stripe, copies=2)
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.net_cents) == (InvoiceState.ISSUED, running.quote.yearly_cents)
    assert (invoice.period_begins_on, invoice.period_ends_on) == (begins_on, ends_on)
    assert (invoice.subscription, invoice.engagement_number) == (running, ENGAGEMENT)
    running.refresh_from_db()
    assert running.period_begins_on == ends_on + timedelta(days=1)
    assert running.state == SubscriptionState.ACTIVE


@pytest.mark.parametrize("how", ["lost_after", "500_after"])
@pytest.mark.parametrize(
    "call", ["post /v1/invoices", "post /v1/invoiceitems", "post /v1/invoices/in_fake000001/finalize"]
)
def test_a_failure_around_a_call_makes_one_invoice(
    fake_stripe: FakeStripe, running: Subscription, call: str, how: str
) -> None:
    invoice_ended_periods(at=timezone.now() + timedelta(days=370))
    fake_stripe.fails(how, call)
    work()
    assert not any(each.times for each in fake_stripe.fake.failures)
    OutboxMessage.objects.update(due_at=timezone.now())
    work()
    deliver(fake_stripe)
    assert not OutboxMessage.objects.filter(task__startswith="billing.").exists()
    assert Invoice.objects.get(number__isnull=False).net_cents == running.quote.yearly_cents


def test_the_last_period_is_invoiced_and_none_follows(fake_stripe: FakeStripe, running: Subscription) -> None:
    running.years.filter(number=2).delete()
    Subscription.objects.update(ends_on=running.period_ends_on)
    later = timezone.now() + timedelta(days=370)
    assert invoice_ended_periods(at=later) == 1
    assert invoice_ended_periods(at=later + timedelta(days=400)) == 0
    running.refresh_from_db()
    assert running.state == SubscriptionState.ENDED
    assert now_of(running.account.municipality).state == LifecycleState.ACTIVE  # for a month more: test_last_days.py
    work()
    deliver(fake_stripe)
    assert Invoice.objects.count() == 1
