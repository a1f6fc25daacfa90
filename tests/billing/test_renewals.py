"""An authority that has moved to another band pays its price from the next period on, told in time, or not at all."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from billing.clients import invoices, stripe
from billing.documents.cii import write
from billing.documents.data import BankAccount
from billing.enums import QuoteState, SubscriptionState, Timing
from billing.models import Call, Invoice, NextPrice, Quote, Subscription
from billing.services.arrears import invoice_ended_periods
from billing.services.papers import document_of
from billing.services.renewals import (
    PriceDecided,
    TooLateForThePrice,
    follow_price,
    keep_price,
    price_of_period,
    say_price,
    to_look_at,
)
from billing.tasks import follow_prices
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import at_once, deliver, issued_at_once, operator, subscribed, work
from tests.billing.fake import FakeStripe
from tests.billing.purchases import a_quote, an_order, buyer
from tests.billing.purchases import subscribed as a_subscription
from tests.billing.test_ops import ops
from tests.billing.test_purchase import read

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once", "ops"]
# Saran has 16 000 inhabitants, for 3 400 € a year; above 20 000 it is 5 900 €.
GROWN, BEFORE, AFTER = 20_112, 340_000, 590_000
WHY = "Le recensement est contesté."


@pytest.fixture
def running(saran: Municipality, fake_stripe: FakeStripe) -> Subscription:
    found = subscribed(saran, fake_stripe)
    assert found.quote.yearly_cents == BEFORE
    counted(saran, GROWN)
    return found


def counted(city: Municipality, population: int) -> None:
    Municipality.objects.filter(pk=city.pk).update(population=population, verified_at=timezone.now())


def days_before(subscription: Subscription, days: int) -> datetime:
    """At noon, so many days before the last one of its period."""
    subscription.refresh_from_db()
    assert subscription.period_ends_on
    return datetime.combine(subscription.period_ends_on - timedelta(days=days), time(11), UTC)


def followed(subscription: Subscription, *days: int) -> NextPrice | None:
    """Look at it on each of these days, twice, as two machines would."""
    for each in days:
        for _again in range(2):
            follow_price(subscription.pk, at=days_before(subscription, each))
        work()
    return subscription.next_prices.last()


def told() -> list[str]:
    """Whom was written to about a price."""
    mails = OutboxMessage.objects.filter(task__contains="send_mail", payload__subject__icontains="abonnement")
    return [each.payload["to"] for each in mails.order_by("pk")]


def at_stripe(subscription: Subscription) -> int:
    item = stripe.retrieve_subscription(subscription.stripe_id).items[0]
    return next(
        price.amount
        for cents in (BEFORE, AFTER, 1_500_000)
        if (price := stripe.find_price(f"v1-commune-{cents}")) and price.id == item.price_id
    )


def test_the_next_period_has_the_price_of_the_band_to_the_cent_and_this_one_keeps_its_own(
    running: Subscription, fake_stripe: FakeStripe
) -> None:
    running.account.contacts.create(email="compta@saran.example")
    assert followed(running, 200, 91) is None
    found = followed(running, 90, 76)
    assert found is not None
    assert (found.yearly_cents, found.before_cents, found.announced_at, told()) == (AFTER, BEFORE, None, [])
    followed(running, 75, 74, 60)
    assert sorted(told()) == ["compta@saran.example", "maire@saran.example"]
    followed(running, 16)
    assert at_stripe(running) == BEFORE
    found = followed(running, 15, 14, 1)
    assert found is not None
    assert found.applied_at
    assert at_stripe(running) == AFTER
    # Nothing is invoiced of it before its day.
    assert [each.total for each in invoices.invoices()] == [408_000]
    fake_stripe.later(days=366)
    deliver(fake_stripe, copies=2)
    fresh, first = Invoice.objects.order_by("-pk")
    assert [each.total for each in invoices.invoices()] == [fresh.total_cents, first.total_cents]
    assert (fresh.net_cents, fresh.vat_cents, fresh.total_cents) == (590_000, 118_000, 708_000)
    assert (first.net_cents, first.total_cents) == (BEFORE, 408_000)
    assert fresh.period_begins_on == found.from_on
    xml = write(document_of(fresh, bank=BankAccount("FR7630006000011234567890189", "AGRIFRPP"))).decode()
    assert all(amount in xml for amount in (">5900.00<", ">1180.00<", ">7080.00<"))
    assert Quote.objects.get().yearly_cents == BEFORE
    done = AuditEntry.objects.filter(action__startswith="price_").order_by("pk").values_list("action", flat=True)
    assert list(done) == ["price_announced", "price_applied"]
    # A year later the same band: nothing to say.
    assert followed(running, 80, 70, 10) == found


def test_who_pays_at_the_end_pays_the_period_that_ran_at_its_own_price(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    running = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    counted(saran, GROWN)
    found = followed(running, 75, 15)
    assert found is not None
    assert found.applied_at
    for year in (1, 2):
        assert invoice_ended_periods(at=days_before(running, -2)) == 1
        work()
        deliver(fake_stripe)
        assert Invoice.objects.count() == year
    assert [each.net_cents for each in Invoice.objects.order_by("period_begins_on")] == [BEFORE, AFTER]
    assert [each.subtotal for each in invoices.invoices()] == [AFTER, BEFORE]


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "500_after"])
def test_a_failure_around_the_call_changes_the_price_once(
    running: Subscription, fake_stripe: FakeStripe, how: str
) -> None:
    followed(running, 75)
    fake_stripe.fails(how, f"post /v1/subscriptions/{running.stripe_id}")
    followed(running, 15)
    assert not any(each.times for each in fake_stripe.fake.failures)
    OutboxMessage.objects.update(due_at=timezone.now())
    work()
    found = NextPrice.objects.get()
    assert found.applied_at
    assert at_stripe(running) == AFTER
    assert AuditEntry.objects.filter(action="price_applied").count() == 1
    assert Call.objects.get(pk=f"next_price:{found.pk}").done_at


def test_told_too_late_or_taken_up_too_late_it_never_counts(running: Subscription, fake_stripe: FakeStripe) -> None:
    assert followed(running, 59, 30, 15, 1) is None
    followed(running, 75)
    follow_price(running.pk, at=days_before(running, 15))
    fake_stripe.later(days=366)  # before any worker has done it
    deliver(fake_stripe)
    assert NextPrice.objects.get().applied_at is None
    assert at_stripe(running) == BEFORE
    assert [each.net_cents for each in Invoice.objects.all()] == [BEFORE, BEFORE]
    assert price_of_period(running, NextPrice.objects.get().from_on) == BEFORE


def test_what_was_foreseen_or_agreed_stays_and_so_does_what_is_not_renewed(
    running: Subscription, saran: Municipality
) -> None:
    for changes in ({"years": 2}, {"made_by_operator": True}):
        Quote.objects.update(years=1, made_by_operator=False)
        Quote.objects.update(**changes)
        assert followed(running, 90, 75) is None
    Quote.objects.update(years=1, made_by_operator=False)
    Subscription.objects.update(ends_on=running.period_ends_on)
    assert followed(running, 90, 75) is None
    assert to_look_at(at=days_before(running, 75)) == []
    Subscription.objects.update(ends_on=None)
    # The years that were foreseen are over.
    Quote.objects.update(years=2)
    Subscription.objects.update(activated_at=timezone.now() - timedelta(days=366))
    assert followed(running, 90) is not None


def test_until_it_is_announced_it_is_what_the_register_says(running: Subscription, saran: Municipality) -> None:
    found = followed(running, 90)
    assert found is not None
    counted(saran, 60_000)
    found = followed(running, 89)
    assert found is not None
    assert (found.yearly_cents, found.population) == (890_000, 60_000)
    counted(saran, 16_412)
    assert followed(running, 88) is None
    Municipality.objects.update(population=GROWN, verified_at=None)
    found = followed(running, 87, 75)
    assert found is not None
    assert (found.announced_at, told()) == (None, [])
    counted(saran, GROWN)
    followed(running, 74)
    # The city has read it: it stays, whatever is counted afterwards.
    counted(saran, 60_000)
    found = followed(running, 73)
    assert found is not None
    assert found.yearly_cents == AFTER


def test_an_operator_keeps_the_former_price_for_a_year(
    running: Subscription, fake_stripe: FakeStripe, ops: Client
) -> None:
    found = followed(running, 75)
    assert found is not None
    before = len(told())
    for _again in range(2):
        keep_price(price=found, reason=WHY, operator=operator(), at=days_before(running, 40))
    assert len(told()) == 2 * before > 0
    followed(running, 15)
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    assert [each.net_cents for each in Invoice.objects.all()] == [BEFORE, BEFORE]
    assert AuditEntry.objects.get(action="price_kept").details["reason"] == WHY
    # For a year: then it is looked at again.
    again = followed(running, 80)
    assert again is not None
    assert again.from_on.year == found.from_on.year + 1
    with pytest.raises(TooLateForThePrice):
        keep_price(price=found, reason=WHY, operator=operator(), at=days_before(running, 40))


def test_what_stripe_has_is_kept_back_no_more(running: Subscription) -> None:
    found = followed(running, 75, 15)
    assert found is not None
    with pytest.raises(TooLateForThePrice):
        keep_price(price=found, reason=WHY, operator=operator(), at=days_before(running, 14))


def test_where_the_list_has_no_price_an_operator_says_it(running: Subscription, saran: Municipality) -> None:
    counted(saran, 400_000)
    found = followed(running, 90, 75)
    assert found is not None
    assert (found.yearly_cents, found.announced_at) == (None, None)
    given = {"price": found, "yearly_cents": 1_500_000, "reason": "Vu avec la mairie.", "operator": operator()}
    for _again in range(2):
        say_price(at=days_before(running, 74), **given)
    assert AuditEntry.objects.filter(action="next_price_said").count() == 1
    assert followed(running, 73)
    with pytest.raises(PriceDecided):
        say_price(at=days_before(running, 73), **given)
    followed(running, 15)
    assert at_stripe(running) == 1_500_000


def test_two_machines_at_once_tell_it_once(real_db: str) -> None:
    city = Municipality.objects.get(slug="saran")
    counted(city, GROWN)
    with transaction.atomic():
        quote = a_quote(buyer(city))
    made = a_subscription(
        quote,
        state=SubscriptionState.ACTIVE,
        period_ends_on=timezone.localdate() + timedelta(days=70),
        activated_at=timezone.now() - timedelta(days=295),
    )
    before = OutboxMessage.objects.count()
    assert at_once(*[lambda: follow_price(made.pk, at=timezone.now())] * 2) == []
    assert NextPrice.objects.get().announced_at
    assert OutboxMessage.objects.count() == before + 1  # one administrator


def test_operators_see_it_and_decide_and_the_city_reads_it(
    ops: Client, desk: Client, saran: Municipality, fake_stripe: FakeStripe
) -> None:
    quote = a_quote(buyer(saran), state=QuoteState.ACCEPTED)
    an_order(quote)
    made: Any = a_subscription(
        quote,
        state=SubscriptionState.ACTIVE,
        period_begins_on=timezone.localdate() - timedelta(days=284),
        period_ends_on=timezone.localdate() + timedelta(days=80),
        activated_at=timezone.now() - timedelta(days=284),
    )
    counted(saran, GROWN)
    follow_prices()
    price = made.next_prices.get()
    assert "Prix qui changent" in read(ops.get("/ops/facturation/"))
    page, path = f"/ops/facturation/collectivites/{saran.pk}/", f"/ops/facturation/prix/{price.pk}/"
    assert "20 112 habitants" in read(ops.get(page))
    for sent in ({"yearly_cents": "0"}, {"yearly_cents": "5 000", "reason": "non"}):
        answer = ops.post(f"{path}fixer/", sent)
        assert (answer.status_code, answer.context["say_price"].data["yearly_cents"]) == (422, sent["yearly_cents"])
    assert ops.post(f"{path}fixer/", {"yearly_cents": "5 000", "reason": WHY}).status_code == 302
    assert "À partir du" not in read(desk.get("/gestion/abonnement/"))
    Subscription.objects.update(period_ends_on=timezone.localdate() + timedelta(days=70))
    NextPrice.objects.update(from_on=timezone.localdate() + timedelta(days=71))
    follow_prices()
    shown = read(desk.get("/gestion/abonnement/"))
    assert "À partir du" in shown
    assert "5 000 € HT par an" in shown
    assert ops.post(f"{path}garder/", {"reason": "non"}).status_code == 422
    assert ops.post(f"{path}garder/", {"reason": WHY}).status_code == 302
    assert "À partir du" not in read(desk.get("/gestion/abonnement/"))
    assert "Prix qui changent" not in read(ops.get("/ops/facturation/"))


def test_the_page_of_the_city_says_what_it_pays_now(
    desk: Client, saran: Municipality, visit: Callable[..., Any]
) -> None:
    quote = a_quote(buyer(saran), state=QuoteState.ACCEPTED)
    an_order(quote)
    made: Any = a_subscription(quote, state=SubscriptionState.ACTIVE, period_begins_on=timezone.localdate())
    with schema_context("public"):
        made.next_prices.create(
            from_on=timezone.localdate(),
            version=made.quote.version,
            population=GROWN,
            before_cents=BEFORE,
            yearly_cents=AFTER,
            found_at=timezone.now(),
            announced_at=timezone.now(),
            applied_at=timezone.now(),
        )
    assert "5 900 € HT par an" in read(desk.get("/gestion/abonnement/"))
