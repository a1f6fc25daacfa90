"""An order that no card pays: said twice to its city, once to operators; then it has lapsed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.enums import Method, QuoteState, SubscriptionState
from billing.models import Quote, Subscription
from billing.services import activation, card_reminders
from billing.services.activation import activate
from billing.services.card_reminders import FIRST, LAPSES, SECOND
from billing.tasks import follow_ends
from common.models import OutboxMessage
from deploy.local.fake_stripe import checkout
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, operator, ordered, work
from tests.billing.fake import BEGINNING, FakeStripe

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


@pytest.fixture
def waiting(saran: Municipality, fake_stripe: FakeStripe) -> Subscription:
    quote = ordered(saran)
    quote.account.contacts.create(email="compta@saran.example")
    activate(quote=quote, actor=operator(), at=BEGINNING, method=Method.CARD)
    work()
    OutboxMessage.objects.all().delete()
    return Subscription.objects.get()


def a_day(days: int) -> list[dict[str, Any]]:
    """That day's round, twice: as by two machines; the mails that it sends."""
    at: datetime = BEGINNING + timedelta(days=days)
    for _again in range(2):
        for pk in card_reminders.to_tell(at=at):
            card_reminders.tell(pk, at=at)
    work()
    found = OutboxMessage.objects.filter(task="accounts.tasks.send_mail")
    mails = [each.payload for each in found]
    found.delete()
    return mails


def test_its_city_is_told_twice_and_operators_once_and_then_it_has_lapsed(waiting: Subscription) -> None:
    said = {days: a_day(days) for days in (FIRST - 1, FIRST, FIRST + 1, SECOND - 1, SECOND, SECOND + 1, LAPSES - 1)}
    assert {days: len(mails) for days, mails in said.items() if mails} == {FIRST: 2, SECOND: 3}
    assert {mail["to"] for mail in said[FIRST]} == {"compta@saran.example", "maire@saran.example"}
    assert "reste à payer par carte" in said[FIRST][0]["subject"]
    assert "caduque" not in said[FIRST][0]["body"]
    city, _other, ours = sorted(said[SECOND], key=lambda mail: "/ops/" in mail["body"])
    assert "caduque le 31\u00a0décembre 2026" in city["body"]
    assert "/ops/facturation/collectivites/" in ours["body"]
    page = waiting.stripe_page
    last, _other = a_day(LAPSES)
    assert "est caduque" in last["subject"]
    assert "rien n’est dû" in last["body"]
    assert (Subscription.objects.count(), Quote.objects.get().state) == (0, QuoteState.WITHDRAWN)
    assert page
    assert a_day(LAPSES + 1) == []


def test_the_page_is_closed_before_it_lapses(waiting: Subscription, fake_stripe: FakeStripe) -> None:
    for days in (FIRST, SECOND, LAPSES):
        a_day(days)
    assert fake_stripe.fake.state.objects[waiting.stripe_page]["status"] == "expired"


def test_a_card_that_paid_in_the_last_minute_begins_the_subscription(
    waiting: Subscription, fake_stripe: FakeStripe
) -> None:
    for days in (FIRST, SECOND):
        a_day(days)
    with fake_stripe.fake.lock:
        checkout.pay(fake_stripe.fake, waiting.stripe_page, "good")
    assert a_day(LAPSES) == []
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    assert Quote.objects.get().state == QuoteState.ACCEPTED
    deliver(fake_stripe)
    assert a_day(LAPSES + 30) == []


def test_after_days_without_a_worker_no_word_is_left_out(waiting: Subscription) -> None:
    said = {days: a_day(days) for days in range(50, 75)}
    assert {days: len(mails) for days, mails in said.items() if mails} == {50: 2, 57: 3, 72: 2}
    assert any("caduque le 11\u00a0février 2027" in mail["body"] for mail in said[57])


def test_who_pays_by_transfer_instead_is_not_written_to(waiting: Subscription) -> None:
    activate(quote=waiting.quote, actor=operator(), at=timezone.now(), method=Method.TRANSFER)
    assert a_day(FIRST) == []
    follow_ends()


def test_a_page_that_was_asked_for_before_it_lapsed_is_not_made_any_more(waiting: Subscription) -> None:
    for days in (FIRST, SECOND):
        a_day(days)
    Subscription.objects.update(page_ends_at=None)
    activate(quote=waiting.quote, actor=operator(), at=timezone.now(), method=Method.CARD)
    asked = OutboxMessage.objects.get()
    asked.delete()
    assert len(a_day(LAPSES)) == 2
    activation.set_up(**asked.payload)
    assert (Subscription.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_a_city_that_is_closed_is_not_written_to(waiting: Subscription) -> None:
    Municipality.objects.update(state=LifecycleState.CLOSED)
    assert a_day(FIRST) == []
