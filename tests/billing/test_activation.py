"""From an order to a subscription: made once, whatever dies, whoever presses twice."""

import threading
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from billing.clients import stripe
from billing.enums import Method, QuoteState, SubscriptionState, Timing
from billing.models import Account, Call, Invoice, Quote, Subscription
from billing.services.activation import OnlyInAdvance, OrderMissing, activate, year_after
from billing.services.quotes import AlreadySubscribed, QuoteNotAccepted, accept_quote, issue_quote
from common.models import OutboxMessage
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import ENGAGEMENT, deliver, operator, ordered, siret_of, subscribed, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.billing.purchases import a_quote, an_order


@pytest.fixture
def quote(saran: Municipality) -> Quote:
    return ordered(saran)


def test_an_order_becomes_a_subscription_that_is_paid_by_transfer_within_thirty_days(
    saran: Municipality, fake_stripe: FakeStripe, quote: Quote
) -> None:
    wanted = activate(quote=quote, actor=operator(), at=fake_stripe.now)
    assert (wanted.state, wanted.stripe_id) == (SubscriptionState.PENDING, "")
    assert not fake_stripe.kinds  # nothing is asked of Stripe while somebody waits
    work()
    kept = Subscription.objects.get(pk=wanted.pk)
    assert (kept.state, kept.period_begins_on.isoformat(), kept.period_ends_on.isoformat()) == (
        SubscriptionState.ACTIVE,
        "2026-12-01",
        "2027-11-30",
    )
    there = stripe.retrieve_subscription(kept.stripe_id)
    assert (there.collection_method, there.days_until_due) == ("send_invoice", 30)
    customer = stripe.retrieve_customer(there.customer_id)
    assert {(each.kind, each.value) for each in customer.tax_numbers} == {
        ("fr_siret", siret_of(saran)),
        ("fr_siren", saran.siren),
    }
    price = stripe.find_price(f"v1-commune-{quote.yearly_cents}")
    assert price is not None
    assert (price.id, price.amount) == (there.items[0].price_id, quote.yearly_cents)
    saran.refresh_from_db()
    assert saran.state == LifecycleState.ACTIVE
    assert AuditEntry.objects.filter(action="subscription_begun", actor=None).count() == 1


def test_its_first_invoice_is_there_as_a_draft_with_what_stands_on_the_order(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    subscription = subscribed(saran, fake_stripe)
    invoice = Invoice.objects.get()
    quote = subscription.quote
    vat = quote.yearly_cents * 20 // 100
    assert (invoice.state, invoice.number, invoice.subscription) == ("DRAFT", None, subscription)
    assert (invoice.net_cents, invoice.vat_cents, invoice.vat_basis_points) == (quote.yearly_cents, vat, 2000)
    assert invoice.total_cents == quote.yearly_cents + vat
    assert invoice.engagement_number == ENGAGEMENT
    assert (invoice.period_begins_on, invoice.period_ends_on) == (
        subscription.period_begins_on,
        subscription.period_ends_on,
    )
    assert invoice.lines == [
        {
            "label": "Abonnement d’un an à Territoires résilients",
            "quantity": 1,
            "unit_cents": quote.yearly_cents,
            "total_cents": quote.yearly_cents,
        }
    ]


def test_asked_for_again_it_is_the_one_that_there_is(fake_stripe: FakeStripe, quote: Quote) -> None:
    one, other = (activate(quote=quote, actor=operator(), at=fake_stripe.now) for _unused in range(2))
    assert one == other
    assert OutboxMessage.objects.filter(task__endswith="set_up").count() == 1
    assert AuditEntry.objects.filter(action="subscription_asked_for").count() == 1


def test_two_administrators_at_once_begin_one(real_db: str) -> None:
    city = Municipality.objects.get(slug="saran")
    quote = ordered(city)
    actors, made = [operator(), operator()], []

    def press(actor: Any) -> None:
        made.append(activate(quote=quote, actor=actor, at=BEGINNING).pk)
        connection.close()

    threads = [threading.Thread(target=press, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [Subscription.objects.get().pk] * 2
    assert OutboxMessage.objects.filter(task__endswith="set_up").count() == 1


def test_the_citys_own_trail_keeps_who_asked_and_its_role_reads_no_table_of_billing(
    in_saran: Municipality, fake_stripe: FakeStripe
) -> None:
    actor = UserFactory(role=Role.ADMINISTRATOR)
    with schema_context("public"):
        quote = ordered(in_saran)
    activate(quote=quote, actor=actor, at=fake_stripe.now)
    assert AuditEntry.objects.get(action="subscription_asked_for").actor == actor
    tables = [model._meta.db_table for model in (Account, Quote, Subscription, Invoice, Call)]
    for table in tables:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"SELECT count(*) FROM public.{table}")


def test_what_is_not_ordered_is_not_begun(saran: Municipality, fake_stripe: FakeStripe) -> None:
    actor = operator()
    quote = issue_quote(municipality=saran, timing=Timing.ADVANCE, actor=actor, at=BEGINNING)
    with pytest.raises(QuoteNotAccepted):
        activate(quote=quote, actor=actor, at=BEGINNING)
    Municipality.objects.filter(pk=saran.pk).update(verified_at=BEGINNING)
    accept_quote(quote=quote, signed="Camille Dupont, maire", actor=actor, at=BEGINNING)
    with pytest.raises(OrderMissing):
        activate(quote=quote, actor=actor, at=BEGINNING)


def test_one_subscription_at_a_time(saran: Municipality, fake_stripe: FakeStripe) -> None:
    first = subscribed(saran, fake_stripe)
    other = a_quote(first.account, state=QuoteState.ACCEPTED, timing=Timing.ARREARS)
    an_order(other)
    with pytest.raises(AlreadySubscribed):
        activate(quote=other, actor=operator(), at=fake_stripe.now)
    Subscription.objects.filter(pk=first.pk).update(state=SubscriptionState.ENDED)
    activate(quote=other, actor=operator(), at=fake_stripe.now)


def test_a_plan_that_is_withdrawn_meanwhile_keeps_its_promise(
    saran: Municipality, fake_stripe: FakeStripe, quote: Quote
) -> None:
    quote.version.withdrawn_on = BEGINNING.date()
    quote.version.save()
    activate(quote=quote, actor=operator(), at=fake_stripe.now)
    work()
    deliver(fake_stripe)
    assert Invoice.objects.get().net_cents == quote.yearly_cents


def test_a_year_that_is_invoiced_at_its_end_has_no_subscription_at_stripe(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    kept = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    assert (kept.state, kept.stripe_id) == (SubscriptionState.ACTIVE, "")
    assert kept.period_ends_on == year_after(kept.period_begins_on).replace(day=kept.period_ends_on.day)
    assert kept.account.stripe_customer
    assert fake_stripe.kinds.count("customer.subscription.created") == 0
    saran.refresh_from_db()
    assert saran.state == LifecycleState.ACTIVE


def test_a_card_pays_in_advance_only(saran: Municipality, fake_stripe: FakeStripe) -> None:
    quote = ordered(saran, timing=Timing.ARREARS)
    with pytest.raises(OnlyInAdvance):
        activate(quote=quote, actor=operator(), at=BEGINNING, method=Method.CARD)


def test_a_city_whose_trial_is_over_takes_writing_again(saran: Municipality, fake_stripe: FakeStripe) -> None:
    saran.trial_ends_on = BEGINNING.date()
    saran.save()
    fake_stripe.later(days=2)
    change_state(municipality=saran, transition=Transition.END_TRIAL, actor=None, reason="Fini.", at=fake_stripe.now)
    subscribed(saran, fake_stripe)
    saran.refresh_from_db()
    assert saran.state == LifecycleState.ACTIVE


def test_a_city_that_is_suspended_stays_so(saran: Municipality, fake_stripe: FakeStripe) -> None:
    change_state(
        municipality=saran, transition=Transition.SUSPEND, actor=operator(), reason="Abus.", at=fake_stripe.now
    )
    assert subscribed(saran, fake_stripe).state == SubscriptionState.ACTIVE
    saran.refresh_from_db()
    assert saran.state == LifecycleState.SUSPENDED


WRITING = (
    "post /v1/customers",
    "post /v1/products",
    "post /v1/prices",
    "post /v1/tax_rates",
    "post /v1/subscriptions",
)


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "409", "429", "500", "500_after"])
@pytest.mark.parametrize("call", WRITING)
def test_a_call_that_ends_badly_is_made_again_and_does_nothing_twice(
    saran: Municipality, fake_stripe: FakeStripe, quote: Quote, how: str, call: str
) -> None:
    fake_stripe.fails(how, call)
    activate(quote=quote, actor=operator(), at=fake_stripe.now)
    work()
    assert Subscription.objects.get().state == SubscriptionState.PENDING
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    made = fake_stripe.fake.state.numbers
    assert {kind: len(made[kind]) for kind in ("customer", "product", "price", "tax_rate", "subscription")} == {
        "customer": 1,
        "product": 1,
        "price": 1,
        "tax_rate": 1,
        "subscription": 1,
    }


def test_a_day_later_when_stripe_has_forgotten_the_key_what_was_made_is_found(
    saran: Municipality, fake_stripe: FakeStripe, quote: Quote
) -> None:
    fake_stripe.fails("lost_after", "post /v1/subscriptions")
    activate(quote=quote, actor=operator(), at=fake_stripe.now)
    work()
    fake_stripe.later(days=2)
    Call.objects.update(made_at=BEGINNING.replace(year=2020))
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1


def test_keys_are_kept_before_anything_is_asked_of_stripe(
    saran: Municipality, fake_stripe: FakeStripe, quote: Quote
) -> None:
    made = activate(quote=quote, actor=operator(), at=fake_stripe.now)
    kept = set(Call.objects.values_list("key", flat=True))
    assert {f"subscription:{made.pk}", f"customer:{made.account_id}", "tax_rate:2000"} <= kept
    work()
    # That its last year runs is known only then: kept with the task that says so (test_ending.py).
    assert {each for each in fake_stripe.fake.state.keys if not each.startswith("ends:")} <= kept
    assert not Call.objects.filter(key__in=fake_stripe.fake.state.keys, done_at=None).exists()


def test_who_comes_back_is_the_same_customer_with_what_the_order_says_now(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    first = subscribed(saran, fake_stripe)
    Subscription.objects.update(state=SubscriptionState.ENDED)
    Account.objects.update(vat_number="FR12" + saran.siren, legal_name="Commune de Saran")
    second = subscribed(saran, fake_stripe, timing=Timing.ARREARS)
    customer = stripe.retrieve_customer(second.account.stripe_customer)
    assert first.account == second.account
    assert customer.name == "Commune de Saran"
    assert ("eu_vat", "FR12" + saran.siren) in {(each.kind, each.value) for each in customer.tax_numbers}
    assert len(fake_stripe.fake.state.numbers["customer"]) == 1
