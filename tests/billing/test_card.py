"""A card pays on a page of Stripe's, which a task has made."""

import http.client
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.enums import Method, PaymentKind, SubscriptionState
from billing.models import Invoice, Quote, Subscription
from billing.services.activation import activate
from billing.services.card import link_of
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import deliver, operator, ordered, work
from tests.billing.fake import BEGINNING, FakeStripe


@pytest.fixture
def quote(saran: Municipality) -> Quote:
    return ordered(saran)


def asked(quote: Quote, method: str = Method.CARD) -> Subscription:
    activate(quote=quote, actor=operator(), at=timezone.now(), method=method)
    work()
    return Subscription.objects.get()


def press(fake: FakeStripe, link: str, card: str = "good") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", fake.server.server_port)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", link.removeprefix(fake.address), f"card={card}", headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_page_is_there_once_it_is_made_and_paying_on_it_begins_the_subscription(
    fake_stripe: FakeStripe, quote: Quote
) -> None:
    wanted = activate(quote=quote, actor=operator(), at=timezone.now(), method=Method.CARD)
    assert link_of(wanted, at=timezone.now()) == ""
    work()
    wanted.refresh_from_db()
    assert wanted.state == SubscriptionState.PENDING
    link = link_of(wanted, at=timezone.now())
    assert press(fake_stripe, link, "refused") == 200
    assert press(fake_stripe, link) == 303
    deliver(fake_stripe)
    wanted.refresh_from_db()
    assert (wanted.state, link_of(wanted, at=timezone.now())) == (SubscriptionState.ACTIVE, "")
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.left_cents) == ("FAC-00001", 0)
    assert [(each.kind, each.cents) for each in invoice.payments.all()] == [(PaymentKind.CARD, invoice.total_cents)]


def test_asked_for_again_the_page_is_the_same_until_it_is_over(fake_stripe: FakeStripe, quote: Quote) -> None:
    first = asked(quote)
    assert asked(quote).page_url == first.page_url
    over = timezone.now() - timedelta(minutes=1)
    Subscription.objects.update(page_ends_at=over)
    assert link_of(Subscription.objects.get(), at=timezone.now()) == ""
    assert asked(quote).stripe_page != first.stripe_page
    assert len(fake_stripe.fake.state.numbers["checkout.session"]) == 2


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "429", "500_after"])
def test_a_call_that_ends_badly_leaves_one_page_to_pay_on(fake_stripe: FakeStripe, quote: Quote, how: str) -> None:
    fake_stripe.fails(how, "post /v1/checkout/sessions")
    assert asked(quote).page_url == ""
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    assert link_of(Subscription.objects.get(), at=timezone.now())


def test_a_card_that_has_not_paid_gives_way_to_a_transfer(fake_stripe: FakeStripe, quote: Quote) -> None:
    link = asked(quote).page_url
    kept = asked(quote, Method.TRANSFER)
    assert (kept.method, kept.state) == (Method.TRANSFER, SubscriptionState.ACTIVE)
    assert press(fake_stripe, link) == 400  # nobody pays on it any more
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1


def test_a_card_that_pays_at_the_last_moment_is_the_subscription(fake_stripe: FakeStripe, quote: Quote) -> None:
    link = asked(quote).page_url
    activate(quote=quote, actor=operator(), at=timezone.now(), method=Method.TRANSFER)
    press(fake_stripe, link)
    work()
    deliver(fake_stripe)
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1
    kept = Subscription.objects.get()
    assert (kept.method, kept.state) == (Method.CARD, SubscriptionState.ACTIVE)
    assert Invoice.objects.get().left_cents == 0
