"""Ordered again, the same subscription goes on: no gap, the new price, the new order on its invoice."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import AuditEntry
from billing.clients import invoices, stripe
from billing.documents.data import BankAccount
from billing.enums import SubscriptionState, Timing
from billing.models import Invoice, Quote, Subscription
from billing.selectors.differences import differences
from billing.services.agreed import HasSubscription, agree_quote
from billing.services.arrears import invoice_ended_periods
from billing.services.ordering import order_subscription
from billing.services.papers import document_of
from billing.services.purchase_orders import OrderTaken, Place
from billing.services.quotes import AlreadySubscribed, accept_quote, issue_quote
from billing.services.renewing import TimingStays, renew
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import at_once, deliver, issued_at_once, operator, ordered, siret_of, subscribed, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.billing.purchases import a_quote, an_order, buyer
from tests.billing.purchases import subscribed as a_subscription

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]
BEFORE, AFTER = 340_000, 590_000
NEXT = "ENG-2027-0077"


@pytest.fixture
def running(saran: Municipality, fake_stripe: FakeStripe) -> Subscription:
    """Of one year, to renew in its last month."""
    found = subscribed(saran, fake_stripe)
    fake_stripe.later(days=340)
    deliver(fake_stripe)
    return found


def renewed(city: Municipality, fake: FakeStripe, **given: Any) -> Quote:
    city.refresh_from_db()
    quote = ordered(city, at=fake.now, number=NEXT, **given)
    renew(quote=quote, actor=operator(), at=fake.now)
    return quote


def test_the_same_one_goes_on_and_its_next_invoice_says_what_the_new_order_says(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    Municipality.objects.update(population=20_112)
    quote = renewed(saran, fake_stripe, years=2)
    work()
    deliver(fake_stripe, copies=2)
    running.refresh_from_db()
    assert str(running.ends_on) == "2029-11-30"
    assert [(each.quote_id, each.engagement_number) for each in running.years.all()][1:] == [
        (quote.pk, NEXT),
        (quote.pk, ""),
    ]
    assert not stripe.retrieve_subscription(running.stripe_id).cancel_at_period_end
    # Nothing is invoiced of it before its day.
    assert [each.net_cents for each in Invoice.objects.all()] == [BEFORE]
    fake_stripe.later(days=60)
    deliver(fake_stripe, copies=2)
    first, fresh = Invoice.objects.order_by("pk")
    assert (fresh.net_cents, fresh.engagement_number) == (AFTER, NEXT)
    assert (str(fresh.period_begins_on), str(fresh.period_ends_on)) == ("2027-12-01", "2028-11-30")
    assert (first.net_cents, first.engagement_number) == (BEFORE, "ENG-2026-0042")
    assert [each.subtotal for each in invoices.invoices()] == [AFTER, BEFORE]
    document = document_of(fresh, bank=BankAccount("FR7630006000011234567890189", "AGRIFRPP"))
    assert (document.contract, document.engagement_number) == (quote.number, NEXT)
    assert document.totals.net == AFTER
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    assert not list(differences(at=fake_stripe.now.replace(year=2040)))
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    last = Invoice.objects.order_by("pk").last()
    assert last
    # Never with the number of the year before.
    assert (last.net_cents, last.engagement_number) == (AFTER, "")
    assert stripe.retrieve_subscription(running.stripe_id).cancel_at_period_end


def test_it_is_offered_from_ninety_days_before_the_end(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe)
    assert kept.ends_on
    on = [datetime.combine(kept.ends_on - timedelta(days=days), time(11), UTC) for days in (91, 90)]
    given: dict[str, Any] = {"municipality": saran, "timing": Timing.ARREARS, "actor": operator()}
    with pytest.raises(AlreadySubscribed):
        issue_quote(at=on[0], **given)
    agreed = {"municipality": saran, "yearly_cents": 100_000, "timing": Timing.ARREARS, "years": 1}
    with pytest.raises(HasSubscription):
        agree_quote(at=on[0], reason="Vu avec la mairie.", operator=operator(), **agreed)
    # Invoiced when the one that runs is.
    assert issue_quote(at=on[1], **given).timing == Timing.ADVANCE
    assert agree_quote(at=on[1], reason="Vu avec la mairie.", operator=operator(), **agreed).timing == Timing.ADVANCE


def test_at_a_price_that_was_agreed_the_next_year_has_that_price(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    quote = agree_quote(
        municipality=saran,
        yearly_cents=123_400,
        timing=Timing.ADVANCE,
        years=1,
        reason="Vu avec la mairie.",
        operator=operator(),
        at=fake_stripe.now,
    )
    accept_quote(quote=quote, signed="Camille Dupont, maire", actor=operator(), at=fake_stripe.now)
    order: dict[str, Any] = {"siret": siret_of(saran), "engagement_number": NEXT, "service_code": "FIN2", "file": None}
    place = Place("1 rue Neuve", "45770", "Saran")
    made = order_subscription(quote=quote, actor=operator(), at=fake_stripe.now, place=place, **order)
    assert made == running
    with pytest.raises(OrderTaken):
        order_subscription(quote=quote, actor=operator(), at=fake_stripe.now, place=place, **order)
    work()
    fake_stripe.later(days=60)
    deliver(fake_stripe)
    fresh = Invoice.objects.order_by("-pk").first()
    assert fresh
    document = document_of(fresh, bank=None)
    assert (fresh.net_cents, document.service_code, document.buyer.address.line1) == (123_400, "FIN2", "1 rue Neuve")
    assert AuditEntry.objects.filter(action="subscription_renewed").count() == 1


def test_who_pays_at_the_end_pays_each_year_at_its_price(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    fake_stripe.later(days=340)
    Municipality.objects.update(population=20_112)
    renewed(saran, fake_stripe)
    for year in (1, 2):
        kept.refresh_from_db()
        assert kept.period_ends_on
        assert invoice_ended_periods(at=datetime.combine(kept.period_ends_on, time(11), UTC) + timedelta(days=2)) == 1
        work()
        deliver(fake_stripe)
        assert Invoice.objects.count() == year
    made = Invoice.objects.order_by("period_begins_on")
    assert [(each.net_cents, each.engagement_number) for each in made] == [(BEFORE, "ENG-2026-0042"), (AFTER, NEXT)]
    kept.refresh_from_db()
    assert kept.state == SubscriptionState.ENDED


def test_an_order_of_the_last_minutes_begins_another_one(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    quote = renewed(saran, fake_stripe)
    fake_stripe.later(days=60)  # before any worker has told Stripe
    deliver(fake_stripe)
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    deliver(fake_stripe)
    old, new = Subscription.objects.order_by("pk")
    assert (old.state, str(old.ends_on), old.years.count()) == (SubscriptionState.ENDED, "2027-11-30", 1)
    assert (new.state, new.quote_id, new.years.get().engagement_number) == (SubscriptionState.ACTIVE, quote.pk, NEXT)
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "500_after"])
def test_a_failure_around_a_call_changes_the_price_once(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription, how: str
) -> None:
    Municipality.objects.update(population=20_112)
    renewed(saran, fake_stripe)
    fake_stripe.fails(how, f"post /v1/subscriptions/{running.stripe_id}", times=2)
    work()
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    there = stripe.retrieve_subscription(running.stripe_id)
    price = stripe.find_price(f"v1-commune-{AFTER}")
    assert price
    assert (there.items[0].price_id, there.cancel_at_period_end) == (price.id, False)
    assert not OutboxMessage.objects.filter(task__startswith="billing.").exists()


def test_a_quote_that_is_invoiced_otherwise_does_not_renew(saran: Municipality, fake_stripe: FakeStripe) -> None:
    kept = subscribed(saran, fake_stripe)
    other = a_quote(kept.account, state="ACCEPTED", timing=Timing.ARREARS)
    an_order(other)
    with pytest.raises(TimingStays):
        renew(quote=other, actor=operator(), at=fake_stripe.now + timedelta(days=340))


def test_two_at_once_renew_once(real_db: str) -> None:
    with transaction.atomic():
        city = Municipality.objects.get(slug="saran")
        account = buyer(city)
        made = a_subscription(
            a_quote(account, state="ACCEPTED"),
            state=SubscriptionState.ACTIVE,
            period_begins_on=BEGINNING.date() - timedelta(days=340),
            period_ends_on=BEGINNING.date() + timedelta(days=24),
            ends_on=BEGINNING.date() + timedelta(days=24),
        )
        quote = a_quote(account, state="ACCEPTED")
        an_order(quote)
    assert at_once(*[lambda: renew(quote=quote, actor=None, at=BEGINNING)] * 2) == []
    made.refresh_from_db()
    assert made.years.count() == 1
    assert made.ends_on == BEGINNING.date() + timedelta(days=24 + 365)
