"""VAT is that of its day, whatever the quote said: of a renewal, of a period at its end, of an order placed later."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.clients import stripe
from billing.documents.checks import Demands, problems_of
from billing.enums import DifferenceCode, Territory, Timing
from billing.models import Difference, Invoice, Subscription, VatRate
from billing.services import reconciliation, vat_of_periods
from billing.services.activation import activate
from billing.services.arrears import invoice_ended_periods
from billing.services.corrections import correct
from billing.services.papers import demands
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator, ordered, subscribed, work
from tests.billing.documents import an_invoice
from tests.billing.fake import FakeStripe

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


def rate(points: int, *, from_on: date) -> None:
    VatRate.objects.create(territory=Territory.MAINLAND, from_on=from_on, basis_points=points, source="Essai")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)


def follow(at: datetime) -> None:
    for pk in vat_of_periods.to_look_at(at=at):
        vat_of_periods.follow_rate(pk, at=at)
    work()


def at_stripe(of: Subscription) -> int:
    return stripe.retrieve_subscription(of.stripe_id).vat_basis_points


@pytest.fixture
def running(saran: Municipality, fake_stripe: FakeStripe) -> Subscription:
    finalised(saran, fake_stripe, years=3)
    made = Subscription.objects.get()
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("points", [2_100, 1_000, 0])
def test_a_renewal_bears_the_rate_of_its_day(fake_stripe: FakeStripe, running: Subscription, points: int) -> None:
    assert running.period_ends_on
    rate(points, from_on=date(2027, 6, 1))
    follow(noon(running.period_ends_on - vat_of_periods.TOLD - timedelta(days=2)))
    assert at_stripe(running) == 2_000
    for day in (10, 9):
        follow(noon(running.period_ends_on - timedelta(days=day)))
    assert at_stripe(running) == points
    assert AuditEntry.objects.filter(action="vat_changed").count() == 1
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    fake_stripe.later(hours=2)
    deliver(fake_stripe)
    first, second = Invoice.objects.order_by("pk")
    assert (first.vat_basis_points, second.vat_basis_points) == (2_000, points)
    assert second.vat_cents == second.net_cents * points // 10_000
    assert reconciliation.reconcile(at=fake_stripe.now + timedelta(hours=2)) == 0


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "500_after"])
def test_killed_around_the_call_stripe_knows_the_rate_in_the_end(
    fake_stripe: FakeStripe, running: Subscription, how: str
) -> None:
    assert running.period_ends_on
    rate(2_100, from_on=date(2027, 6, 1))
    fake_stripe.fails(how, f"post /v1/subscriptions/{running.stripe_id}")
    follow(noon(running.period_ends_on))
    OutboxMessage.objects.update(due_at=timezone.now())
    work()
    assert at_stripe(running) == 2_100


def test_another_rate_at_stripe_is_a_difference_that_is_mended(fake_stripe: FakeStripe, running: Subscription) -> None:
    stripe.change_tax_rate(key="dashboard", subscription_id=running.stripe_id, tax_rate_id=None)
    assert reconciliation.reconcile(at=fake_stripe.now + timedelta(hours=2)) == 1
    shown = Difference.objects.get(code=DifferenceCode.SUBSCRIPTION_DIFFERS)
    assert shown.facts == {"vat": [2_000, 0]}
    reconciliation.mend(difference=shown, operator=operator())
    work()
    assert reconciliation.reconcile(at=fake_stripe.now + timedelta(hours=2)) == 0


def test_a_period_at_its_end_bears_the_rate_of_its_last_day(saran: Municipality, fake_stripe: FakeStripe) -> None:
    made = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    assert made.period_ends_on
    rate(1_000, from_on=made.period_ends_on)
    rate(2_100, from_on=made.period_ends_on + timedelta(days=1))
    assert invoice_ended_periods(at=noon(made.period_ends_on + timedelta(days=1))) == 1
    work()
    deliver(fake_stripe)
    assert Invoice.objects.get().vat_basis_points == 1_000


def test_an_order_placed_after_the_change_bears_the_new_rate(saran: Municipality, fake_stripe: FakeStripe) -> None:
    quote = ordered(saran)
    rate(1_000, from_on=timezone.localdate())
    activate(quote=quote, actor=operator(), at=timezone.now())
    work()
    deliver(fake_stripe)
    fake_stripe.later(hours=2)
    deliver(fake_stripe)
    assert (quote.vat_basis_points, Invoice.objects.get().vat_basis_points) == (2_000, 1_000)


def test_what_was_invoiced_at_a_wrong_rate_is_corrected_to_that_of_its_day(
    fake_stripe: FakeStripe, running: Subscription
) -> None:
    first = Invoice.objects.get()
    assert first.period_begins_on
    rate(1_000, from_on=first.period_begins_on)
    rate(2_100, from_on=first.period_begins_on + timedelta(days=1))
    correct(invoice=first, engagement_number="2026-BC-77", why="Taux de TVA", actor=operator(), at=timezone.now())
    deliver(fake_stripe)
    deliver(fake_stripe)
    another = Invoice.objects.filter(corrects=None).exclude(pk=first.pk).get()
    assert (another.net_cents, another.vat_basis_points) == (first.net_cents, 1_000)


def test_a_rate_of_the_table_is_one_in_force(running: Subscription) -> None:
    document = an_invoice()
    document = replace(document, lines=tuple(replace(each, rate=2_100) for each in document.lines))
    assert "RATE" in {each.code for each in problems_of(document, demands=Demands())}
    rate(2_100, from_on=date(2027, 6, 1))
    assert "RATE" not in {each.code for each in problems_of(document, demands=demands(running.account))}
