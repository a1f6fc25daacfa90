"""Each night what Stripe has and what we have are compared: what differs is read again, or shown with a way to mend it."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.clients import invoices, money, stripe
from billing.enums import DifferenceCode, SubscriptionState
from billing.models import Account, Difference, Invoice, Payment, Subscription, WebhookEvent
from billing.selectors.differences import differences, gaps
from billing.services import reconciliation
from billing.services.activation import activate
from billing.services.reconciliation import WAYS, explain, mend
from common import outbox
from common.models import OutboxMessage
from common.text import TextTooShort
from tenants.models import Municipality
from tests.billing import fake as a
from tests.billing.buying import deliver, finalised, operator, ordered, subscribed, work
from tests.billing.fake import FakeStripe


@pytest.fixture(autouse=True)
def _not_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has left can be lost by nobody: PostgreSQL keeps it. These are lost before."""
    monkeypatch.setitem(outbox._handlers, "billing.services.issuing.issue_invoice", lambda **kwargs: None)


@pytest.fixture
def paid(saran: Municipality, fake_stripe: FakeStripe) -> Invoice:
    invoice = finalised(saran, fake_stripe)
    fake_stripe.transfer(invoice.account.stripe_customer, invoice.total_cents)
    deliver(fake_stripe)
    return invoice


def reconcile(fake: FakeStripe) -> int:
    return reconciliation.reconcile(at=fake.now + timedelta(hours=2))


def found() -> list[tuple[str, bool]]:
    return [(each.code, each.mended_at is not None) for each in Difference.objects.order_by("code", "pk")]


def test_where_both_say_the_same_nothing_is_noted(fake_stripe: FakeStripe, paid: Invoice) -> None:
    assert reconcile(fake_stripe) == 0
    assert found() == []


def test_each_difference_has_a_way_to_mend_it() -> None:
    assert set(WAYS) == set(DifferenceCode.values)
    assert all(str(way.label) and str(way.advice) for way in WAYS.values())


def test_a_webhook_that_never_came_is_made_up_for(saran: Municipality, fake_stripe: FakeStripe) -> None:
    subscribed(saran, fake_stripe)
    fake_stripe.later(hours=1)
    assert Invoice.objects.get().number is None
    reconcile(fake_stripe)
    work(only="mirror")
    assert Invoice.objects.get().number == "FAC-00001"
    assert WebhookEvent.objects.filter(type="invoice.finalized").exists()


def no_payment() -> None:
    Payment.objects.all().delete()
    Invoice.objects.update(paid_cents=0)


def no_credit() -> None:
    Account.objects.update(credit_cents=5)


def no_cash() -> None:
    Account.objects.update(cash_cents=7_000)


def no_refund() -> None:
    """What Stripe has sent back was never heard of."""
    payment = Payment.objects.get()
    money.refund_payment(key="back", payment_intent_id=payment.stripe_intent, amount=5_000, metadata={})


def refund_of_nobody() -> None:
    payment = Payment.objects.get()
    Payment.objects.create(
        account=payment.account, invoice=payment.invoice, kind="REFUND", cents=-300, received_on=payment.received_on,
        stripe_id="re_nowhere", stripe_intent=payment.stripe_intent, created_at=payment.created_at,
    )  # fmt: skip


def over() -> None:
    Subscription.objects.update(period_begins_on="2020-01-01")


def unnoted() -> None:
    Subscription.objects.update(stripe_id="")


@pytest.mark.parametrize(
    ("lose", "code"),
    [
        (no_payment, DifferenceCode.INVOICE_DIFFERS),
        (no_credit, DifferenceCode.CREDIT_DIFFERS),
        (no_cash, DifferenceCode.CREDIT_DIFFERS),
        (no_refund, DifferenceCode.INVOICE_DIFFERS),
        (refund_of_nobody, DifferenceCode.INVOICE_DIFFERS),
        (over, DifferenceCode.SUBSCRIPTION_DIFFERS),
        (unnoted, DifferenceCode.SUBSCRIPTION_UNKNOWN),
    ],
)
def test_what_reading_again_mends_is_mended_and_noted(
    fake_stripe: FakeStripe, paid: Invoice, lose: Callable[[], None], code: str
) -> None:
    lose()
    assert reconcile(fake_stripe) == 0
    assert found() == [(code, True)]
    assert reconcile(fake_stripe) == 0
    assert len(found()) == 1


def test_each_kind_of_money_is_compared(saran: Municipality, fake_stripe: FakeStripe) -> None:
    """Cash, credit, what was sent back, what was marked as paid elsewhere: each by its own name."""
    invoice = finalised(saran, fake_stripe)
    invoices.mark_paid(key="paid", invoice_id=invoice.stripe_id)
    fake_stripe.transfer(invoice.account.stripe_customer, 7_000)
    said = {each.object_id: each.facts for each in differences(at=fake_stripe.now + timedelta(hours=2))}
    assert said[invoice.stripe_id] == {"paid_elsewhere": [0, invoice.total_cents]}
    assert said[invoice.account.stripe_customer] == {"cash": [0, 7_000]}
    assert reconcile(fake_stripe) == 0
    assert Account.objects.get().cash_cents == 7_000
    assert Invoice.objects.get().paid_cents == invoice.total_cents


def test_an_invoice_that_we_do_not_have_is_read(saran: Municipality, fake_stripe: FakeStripe) -> None:
    subscribed(saran, fake_stripe)
    Invoice.objects.all().delete()
    fake_stripe.later(hours=1)
    assert reconcile(fake_stripe) == 0
    assert Invoice.objects.get().number == "FAC-00001"
    assert found() == [(DifferenceCode.INVOICE_UNKNOWN, True)]


def test_what_is_nobodys_stays_until_an_operator_says_what_it_is(fake_stripe: FakeStripe, db: None) -> None:
    made = a.subscription()
    fake_stripe.later(hours=2)
    assert reconcile(fake_stripe) == 2
    assert found() == [(DifferenceCode.INVOICE_UNKNOWN, False), (DifferenceCode.SUBSCRIPTION_UNKNOWN, False)]
    unknown = Difference.objects.get(object_id=made.id)
    with pytest.raises(TextTooShort):
        explain(difference=unknown, words="Rien", operator=operator(), at=timezone.now())
    explain(difference=unknown, words="Un essai de notre comptable.", operator=operator(), at=timezone.now())
    assert AuditEntry.objects.filter(action="difference_explained").count() == 1
    assert reconcile(fake_stripe) == 1
    stripe.cancel_subscription(made.id)
    reconcile(fake_stripe)
    assert Difference.objects.get(object_id=made.id).explained_at


def test_what_stripe_does_not_have_is_shown(fake_stripe: FakeStripe, paid: Invoice) -> None:
    Payment.objects.all().delete()
    Invoice.objects.update(stripe_id="in_nowhere")
    Subscription.objects.update(stripe_id="sub_nowhere")
    reconcile(fake_stripe)
    codes = {code for code, is_mended in found() if not is_mended}
    assert codes >= {DifferenceCode.INVOICE_MISSING, DifferenceCode.SUBSCRIPTION_MISSING}


def test_one_that_is_paid_here_and_not_at_stripe_is_shown_and_told(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    finalised(saran, fake_stripe)
    Invoice.objects.update(state="PAID")
    assert reconcile(fake_stripe) == 0  # read again: nothing had paid it
    invoice = Invoice.objects.get()
    invoice.payments.create(
        account=invoice.account,
        kind="BY_HAND",
        cents=invoice.total_cents,
        received_on="2026-12-02",
        created_at=fake_stripe.now,
    )
    Invoice.objects.update(state="PAID")
    assert reconcile(fake_stripe) == 1
    mend(difference=Difference.objects.get(mended_at=None), operator=operator())
    work()
    assert reconcile(fake_stripe) == 0
    assert invoices.retrieve_invoice(invoice.stripe_id).status == "paid"


def test_what_waits_for_long_is_shown_and_begun_again(saran: Municipality, fake_stripe: FakeStripe) -> None:
    activate(quote=ordered(saran), actor=operator(), at=timezone.now())
    OutboxMessage.objects.all().delete()
    WebhookEvent.objects.create(
        id="evt_1", type="invoice.paid", object_id="in_1", created_at=timezone.now(), received_at=timezone.now()
    )
    assert reconcile(fake_stripe) == 2
    for difference in Difference.objects.all():
        mend(difference=difference, operator=operator())
    work()
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    assert WebhookEvent.objects.get(id="evt_1").outcome == "missing"
    deliver(fake_stripe)
    assert reconcile(fake_stripe) == 0
    assert found() == [(DifferenceCode.EVENT_WAITING, True), (DifferenceCode.SUBSCRIPTION_PENDING, True)]


def test_every_way_that_does_something_can_be_taken(saran: Municipality, fake_stripe: FakeStripe) -> None:
    wanted = activate(quote=ordered(saran), actor=operator(), at=timezone.now())
    OutboxMessage.objects.all().delete()
    for code, way in WAYS.items():
        if code == DifferenceCode.TASK_GIVEN_UP:
            continue  # in test_calls
        number = str(wanted.pk) if code == DifferenceCode.SUBSCRIPTION_PENDING else "x_1"
        difference = Difference.objects.create(code=code, object_id=number, found_at=timezone.now())
        mend(difference=difference, operator=operator())
        assert OutboxMessage.objects.count() == (0 if way.mend is None else 1), code
        work()
        assert not OutboxMessage.objects.exists(), code


def test_a_number_that_is_missing_is_found_in_each_series() -> None:
    numbers = ["FAC-00001", "FAC-00002", "FAC-00004", "FAC-00001-CN-02", "AUT-0002", "FAC-00006"]
    random.Random(1).shuffle(numbers)
    assert [each.object_id for each in gaps(numbers)] == ["AUT-0001", "FAC-00003", "FAC-00005", "FAC-00001-CN-01"]
    assert list(gaps(["FAC-00001", "FAC-00002"])) == []
    assert [each.object_id for each in gaps(["F-9", "F-10", *(f"F-{n}" for n in range(1, 8))])] == ["F-08"]
