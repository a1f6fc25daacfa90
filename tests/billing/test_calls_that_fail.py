"""What we do when Stripe does not answer, answers late, is busy or fails: once done, nothing twice, nothing lost."""

from typing import Any

import pytest

from billing.clients import invoices, money
from billing.clients.errors import CallFailed
from billing.enums import InvoiceState
from billing.models import Account, Difference, Invoice, WebhookEvent
from billing.services import payments, reconciliation, refunds
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator, work
from tests.billing.fake import BEGINNING, FakeStripe

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]

# Nobody answers (before or after it was done), another holds the object, too many calls, Stripe fails (before or after).
HOW = ["lost_before", "lost_after", "409", "429", "500", "500_after"]


@pytest.fixture
def final(saran: Municipality, fake_stripe: FakeStripe) -> Invoice:
    return finalised(saran, fake_stripe)


def again() -> None:
    """As a worker does, later."""
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()


@pytest.mark.parametrize("how", HOW)
def test_an_event_whose_object_cannot_be_read_waits_and_is_taken_later(
    fake_stripe: FakeStripe, final: Invoice, how: str
) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    fake_stripe.fails(how, f"get /v1/invoices/{final.stripe_id}", times=50)
    deliver(fake_stripe)
    waiting = WebhookEvent.objects.filter(processed_at=None)
    assert set(waiting.values_list("object_id", flat=True)) == {final.stripe_id}
    assert OutboxMessage.objects.filter(task__endswith="mirror.take", attempts=1).count() == waiting.count()
    fake_stripe.fake.failures.clear()
    again()
    assert not waiting.exists()
    final.refresh_from_db()
    assert (final.state, final.paid_cents) == (InvoiceState.PAID, final.total_cents)


@pytest.mark.parametrize("how", HOW)
def test_that_an_invoice_was_paid_elsewhere_is_told_once(fake_stripe: FakeStripe, final: Invoice, how: str) -> None:
    day = final.account.municipality.day_of(fake_stripe.now)
    payments.enter_payment(
        account=final.account, invoice=final, cents=final.total_cents, received_on=day, reference="Mandat 421",
        operator=operator(), at=fake_stripe.now,
    )  # fmt: skip
    fake_stripe.fails(how, f"post /v1/invoices/{final.stripe_id}/pay")
    work()
    assert OutboxMessage.objects.filter(task__endswith="tell_paid").exists()
    again()
    deliver(fake_stripe)
    assert fake_stripe.kinds.count("invoice.paid") == 1
    final.refresh_from_db()
    assert (final.state, final.left_cents) == (InvoiceState.PAID, 0)


@pytest.mark.parametrize("how", HOW)
def test_money_is_sent_back_once(fake_stripe: FakeStripe, final: Invoice, how: str) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents + 700)
    deliver(fake_stripe)
    paid = final.payments.get()
    refunds.refund_payment(payment=paid, cents=5_000, operator=operator(), at=fake_stripe.now)
    refunds.refund_cash(account=Account.objects.get(), cents=700, operator=operator(), at=fake_stripe.now)
    fake_stripe.fails(how, "post /v1/refunds", times=2)
    work()
    for _unused in range(2):
        again()
    assert sorted(each.amount for each in money.refunds()) == [700, 5_000]
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.paid_cents, Account.objects.get().cash_cents) == (final.total_cents - 5_000, 0)


@pytest.mark.parametrize("how", ["lost_before", "429", "500"])
def test_a_night_in_which_stripe_fails_changes_nothing_and_the_next_one_compares(
    fake_stripe: FakeStripe, final: Invoice, how: str
) -> None:
    Account.objects.update(cash_cents=3)
    fake_stripe.fails(how, "get /v1/customers")
    with pytest.raises(CallFailed):
        reconciliation.reconcile(at=fake_stripe.now)
    assert not Difference.objects.exists()
    assert reconciliation.reconcile(at=fake_stripe.now) == 0
    assert Account.objects.get().cash_cents == 0


def test_an_invoice_that_was_cancelled_takes_no_payment(fake_stripe: FakeStripe, final: Invoice) -> None:
    """What comes for it waits on the account, here and at Stripe."""
    invoices.void_invoice(key="void", invoice_id=final.stripe_id)
    deliver(fake_stripe)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents, f"Mandat 7 {final.number}")
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.paid_cents, Account.objects.get().cash_cents) == (0, final.total_cents)
    given: dict[str, Any] = {"received_on": BEGINNING.date(), "reference": "Mandat 8", "operator": operator()}
    with pytest.raises(payments.NothingToPay):
        payments.enter_payment(
            account=final.account, invoice=final, cents=5, beside_cash=True, at=fake_stripe.now, **given
        )
