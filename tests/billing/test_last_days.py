"""What is told of the end of a subscription, each word once; then a month, then reading only; and the numbers of years."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from billing.enums import SubscriptionState
from billing.models import Account, OrderedYear, Subscription
from billing.services import last_days
from billing.services.ending import decline
from billing.services.standing import follow
from billing.tasks import follow_ends
from common.models import OutboxMessage
from tenants.enums import LifecycleState, Transition
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, operator, subscribed
from tests.billing.fake import FakeStripe
from tests.tenants.test_lifecycle import now_of, put

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


@pytest.fixture
def running(saran: Municipality, fake_stripe: FakeStripe) -> Subscription:
    found = subscribed(saran, fake_stripe)
    found.account.contacts.create(email="compta@saran.example")
    OutboxMessage.objects.all().delete()
    return found


def before(subscription: Subscription, days: int) -> datetime:
    subscription.refresh_from_db()
    assert subscription.ends_on
    return datetime.combine(subscription.ends_on - timedelta(days=days), time(11), UTC)


def a_day(at: datetime) -> None:
    """What the task does that day, twice: as by two machines."""
    for _again in range(2):
        for waiting, do in (
            (last_days.to_tell, last_days.tell),
            (last_days.years_to_ask, last_days.ask_for_number),
            (last_days.to_stop, last_days.stop),
        ):
            for pk in waiting(at=at):
                do(pk, at=at)


def told() -> list[dict[str, Any]]:
    """The mails since the last time."""
    found = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").order_by("pk")
    mails = [each.payload for each in found]
    found.delete()
    return sorted(mails, key=lambda mail: mail["to"])


def test_it_is_told_at_ninety_thirty_and_seven_days_and_the_day_after(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    for days in (200, 91, 60, 31, 20, 8, 6, 1):
        a_day(before(running, days))
        expected = {60: 2, 20: 2, 6: 2}.get(days, 0)
        mails = told()
        assert len(mails) == expected, days
        if mails:
            assert {mail["to"] for mail in mails} >= {"compta@saran.example"}
            assert "ne se renouvelle jamais tacitement" in mails[0]["body"]
            assert "3\u202f400,00\u00a0€ hors taxes, comme à présent" in mails[0]["body"]
            assert "gestion/abonnement/" in mails[0]["body"]
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    OutboxMessage.objects.exclude(task__startswith="billing.").delete()
    a_day(before(running, -1))
    mails = told()
    assert len(mails) == 2
    assert "30\u00a0décembre 2027" in mails[0]["subject"]
    a_day(before(running, -30))
    assert (told(), now_of(saran).state) == ([], LifecycleState.ACTIVE)
    a_day(before(running, -31))
    city = now_of(saran)
    assert (city.state, city.last_move) == (LifecycleState.READ_ONLY, Transition.END_SUBSCRIPTION)
    again = subscribed(saran, fake_stripe)
    assert (again.state, now_of(saran).state) == (SubscriptionState.ACTIVE, LifecycleState.ACTIVE)


def test_what_was_renewed_or_ordered_again_is_not_stopped(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    at = before(running, -31)
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    a_day(before(running, -1))
    subscribed(saran, fake_stripe)
    a_day(at)
    assert now_of(saran).state == LifecycleState.ACTIVE


def test_nothing_stops_that_was_not_announced(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    a_day(before(running, -40))
    assert now_of(saran).state == LifecycleState.ACTIVE


def test_who_does_not_renew_is_asked_no_more_and_still_told_of_the_end(
    fake_stripe: FakeStripe, running: Subscription
) -> None:
    decline(subscription=running, actor=operator(), at=fake_stripe.now)
    for days in (90, 30, 7):
        a_day(before(running, days))
    assert told() == []
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    OutboxMessage.objects.exclude(task__startswith="billing.").delete()
    a_day(before(running, -1))
    assert len(told()) == 2


def test_the_number_of_a_later_year_is_asked_for_once_sixty_days_before(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    kept = subscribed(saran, fake_stripe, years=2)
    kept.account.contacts.create(email="compta@saran.example")
    told()
    first, second = kept.years.all()
    at = datetime.combine(second.begins_on, time(11), UTC)
    a_day(at - timedelta(days=61))
    assert told() == []
    a_day(at - timedelta(days=60))
    mail = next(each for each in told() if each["to"] == "compta@saran.example")
    assert "1er\u00a0décembre 2027" in mail["subject"]
    assert "sans numéro d’engagement" in mail["body"]
    a_day(at - timedelta(days=59))
    assert told() == []
    OrderedYear.objects.update(asked_at=None)
    Account.objects.update(needs_engagement=True)
    a_day(at - timedelta(days=59))
    assert "ne peut pas partir" in told()[0]["body"]
    assert first.asked_at is None


def test_only_what_waits_is_looked_at(running: Subscription) -> None:
    at = before(running, 200)
    assert [each(at=at) for each in (last_days.to_tell, last_days.years_to_ask, last_days.to_stop)] == [[], [], []]
    follow_ends()
    assert told() == []


def test_who_pays_what_was_overdue_in_the_month_after_the_end_writes_again_until_it_is_over(
    saran: Municipality, fake_stripe: FakeStripe, running: Subscription
) -> None:
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    for days, state in ((-10, LifecycleState.ACTIVE), (-31, LifecycleState.READ_ONLY)):
        put(saran, LifecycleState.READ_ONLY, last_move=Transition.STOP_UNPAID)
        Account.objects.update(stopped_at=before(running, 3))
        follow(Account.objects.get(), at=before(running, days))
        assert (now_of(saran).state, Account.objects.get().stopped_at) == (state, None)
