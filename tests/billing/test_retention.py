"""What came to nothing goes in time; what was invoiced stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Account, Call, Contact, PurchaseOrder, Quote, WebhookEvent
from billing.services.retention import EVENT_KEPT, QUOTE_KEPT
from common.retention import forget_what_is_over
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.factories import a_subscription, an_account, an_invoice_row
from tests.billing.purchases import a_quote, an_order, subscribed

NOW = timezone.now()


def forget() -> dict[str, int]:
    return forget_what_is_over(at=NOW, writes=True, public=True)


def deleted(city: Municipality) -> None:
    Municipality.objects.filter(pk=city.pk).update(state=LifecycleState.DELETED)


@pytest.fixture
def account(saran: Municipality) -> Account:
    return an_account(saran, stripe_customer="")


def test_a_quote_goes_three_years_after_its_validity_and_one_that_was_bought_stays(account: Account) -> None:
    over, still = ((NOW - QUOTE_KEPT).date() - timedelta(days=days) for days in (1, 0))
    bought = a_quote(account, valid_until=over)
    subscribed(bought)
    an_order(a_quote(account, valid_until=over, state="ACCEPTED"))
    waiting = a_quote(account, valid_until=still)
    assert forget()["quotes that came to nothing"] == 1
    assert set(Quote.objects.all()) == {bought, waiting}
    assert not PurchaseOrder.objects.exists()
    assert sum(forget().values()) == 0


def test_a_deleted_city_that_never_bought_leaves_nothing(account: Account, saran: Municipality) -> None:
    an_order(a_quote(account, state="ACCEPTED"))
    assert forget()["accounts of deleted cities that never bought"] == 0
    deleted(saran)
    assert forget()["accounts of deleted cities that never bought"] == 1
    for kind in (Account, Contact, Quote, PurchaseOrder):
        assert not kind._default_manager.exists()


def test_a_deleted_city_that_bought_keeps_its_accounts_with_whom_they_were_sent_to(
    account: Account, saran: Municipality
) -> None:
    an_invoice_row(a_subscription(account))
    deleted(saran)
    assert sum(forget().values()) == 0
    assert (Contact.objects.count(), account.invoices.count()) == (1, 1)


def test_what_stripe_told_goes_once_nobody_sends_it_again_and_what_waits_stays(db: None) -> None:
    for name, days, is_done in (("old", 1, True), ("new", -1, True), ("waits", 1, False)):
        moment = NOW - EVENT_KEPT - timedelta(days=days)
        WebhookEvent.objects.create(
            id=name,
            type="invoice.paid",
            created_at=moment,
            received_at=moment,
            processed_at=moment if is_done else None,
        )
    Call.objects.create(key="paid:1", made_at=NOW - timedelta(days=2000), done_at=NOW)
    assert forget()["what Stripe told"] == 1
    assert set(WebhookEvent.objects.values_list("pk", flat=True)) == {"new", "waits"}
    assert Call.objects.exists()


def test_a_webhook_names_objects_and_nobody() -> None:
    """What it carried beside them is not kept: the object is read again."""
    kept = {field.name for field in WebhookEvent._meta.get_fields()}
    assert kept == {"id", "type", "object_id", "created_at", "received_at", "processed_at", "outcome"}


def test_no_city_runs_these(saran: Municipality) -> None:
    """Their roles may not even read what is sold."""
    assert "what Stripe told" not in forget_what_is_over(at=NOW, writes=True)
