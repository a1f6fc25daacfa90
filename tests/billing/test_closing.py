"""A city that is closed is invoiced no more; deleted, its subscription is over, here and at Stripe."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.clients import stripe
from billing.enums import InvoiceState, QuoteState, SubscriptionState, Timing
from billing.models import Account, Call, Invoice, Quote, Subscription
from billing.selectors.differences import differences
from billing.services.activation import activate
from billing.services.arrears import invoice_ended_periods, invoice_period
from common.models import OutboxMessage
from tenants.enums import LifecycleState, Transition
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator, ordered, subscribed, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.billing.locks import account_first
from tests.billing.purchases import a_quote
from tests.tenants.test_lifecycle import make, now_of, put

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


def close(city: Municipality, *, ago: int = 0) -> None:
    make(city, Transition.CLOSE, operator())
    heard()
    if ago:
        put(city, LifecycleState.CLOSED, state_since=timezone.now() - timedelta(days=ago))


def delete(city: Municipality) -> None:
    close(city, ago=31)
    make(city, Transition.DELETE)
    heard()


def heard() -> None:
    """What waits for billing that is told by other apps."""
    work(only="common.outbox.send_event")
    work()


def again() -> None:
    """Every task once more, as after a kill."""
    OutboxMessage.objects.filter(task__startswith="billing.").update(due_at=BEGINNING.replace(year=2020))
    work()


@pytest.mark.parametrize("how", ["", "lost_after", "429", "500_after"])
def test_a_deleted_city_is_not_renewed_and_what_was_issued_stays_due(
    saran: Municipality, fake_stripe: FakeStripe, how: str
) -> None:
    finalised(saran, fake_stripe)
    kept = Subscription.objects.get()
    put(saran, LifecycleState.ACTIVE)
    if how:
        fake_stripe.fails(how, f"delete /v1/subscriptions/{kept.stripe_id}")
    with account_first():
        delete(saran)
    again()
    assert stripe.retrieve_subscription(kept.stripe_id).status == "canceled"
    fake_stripe.later(days=400)
    deliver(fake_stripe)
    kept.refresh_from_db()
    assert kept.state == SubscriptionState.ENDED
    issued = Invoice.objects.get()
    assert (issued.state, issued.left_cents) == (InvoiceState.ISSUED, issued.total_cents)
    assert AuditEntry.objects.filter(action="subscription_over").count() == 1
    assert not [each for each in differences(at=fake_stripe.now) if "subscription" in each.code.lower()]
    assert not Call.objects.filter(key__startswith="closing:", done_at=None).filter(key__endswith=":2").exists()


def test_a_draft_of_a_deleted_city_gets_no_number(saran: Municipality, fake_stripe: FakeStripe) -> None:
    subscribed(saran, fake_stripe)
    assert Invoice.objects.get().number is None
    delete(saran)
    fake_stripe.later(hours=2)
    deliver(fake_stripe)
    draft = Invoice.objects.get()
    assert (draft.number, draft.state) == (None, InvoiceState.CANCELLED)


def test_a_year_that_was_to_be_paid_at_its_end_is_not_invoiced(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    Subscription.objects.update(period_ends_on=BEGINNING.date())
    at = BEGINNING + timedelta(days=3)
    close(saran)
    assert invoice_ended_periods(at=at) == 0
    put(saran, LifecycleState.DELETED)
    assert invoice_ended_periods(at=at) == 0
    day = BEGINNING.date().isoformat()
    invoice_period(subscription_id=kept.pk, begins_on=day, ends_on=day)
    assert not Invoice.objects.exists()
    put(saran, LifecycleState.ACTIVE)
    assert invoice_ended_periods(at=at) == 1


def test_what_stripe_renews_while_a_city_is_closed_waits_until_it_is_reopened(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    finalised(saran, fake_stripe, years=2)
    close(saran)
    fake_stripe.later(days=364, hours=23, minutes=30)  # its draft waits for an hour
    deliver(fake_stripe)
    fake_stripe.later(days=2)
    deliver(fake_stripe)
    assert Invoice.objects.filter(number=None).count() == 1
    make(saran, Transition.REOPEN, operator())
    heard()
    fake_stripe.later(hours=2)
    deliver(fake_stripe)
    assert Invoice.objects.filter(number=None).count() == 0
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE


def test_what_was_being_set_up_does_not_begin(saran: Municipality, fake_stripe: FakeStripe) -> None:
    activate(quote=ordered(saran), actor=operator(), at=fake_stripe.now)
    a_quote(Account.objects.get())
    put(saran, LifecycleState.CLOSED, state_since=timezone.now() - timedelta(days=31))
    make(saran, Transition.DELETE)
    work(only="set_up")
    heard()
    again()
    assert not list(stripe.subscriptions())
    assert Subscription.objects.get().state == SubscriptionState.ENDED
    assert not Quote.objects.filter(state=QuoteState.ISSUED).exists()
    assert now_of(saran).state == LifecycleState.DELETED


def test_a_city_that_has_bought_nothing_leaves_without_a_task(saran: Municipality, fake_stripe: FakeStripe) -> None:
    delete(saran)
    told: Any = OutboxMessage.objects.filter(task__contains="closing")
    assert not told.exists()
