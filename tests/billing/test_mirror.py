"""Our rows say what Stripe says, whatever the order in which it tells."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from billing.clients import invoices, money
from billing.enums import InvoiceKind, InvoiceState, PaymentKind, SubscriptionState
from billing.models import Account, Invoice, OrderedYear, Payment, PlanVersion, Subscription, VatRate, WebhookEvent
from billing.services.activation import year_after
from common import outbox
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing import fake as a
from tests.billing.buying import deliver, finalised, issued_at_once, subscribed
from tests.billing.fake import FakeStripe

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


@pytest.fixture
def final(saran: Municipality, fake_stripe: FakeStripe) -> Invoice:
    """An invoice that has its number, of the first of two years."""
    return finalised(saran, fake_stripe, years=2)


def customer_of(invoice: Invoice) -> str:
    return invoice.account.stripe_customer


def _credit(invoice: Invoice, lines: dict[str, int], **way: int) -> None:
    invoices.create_credit_note(
        key="note",
        invoice_id=invoice.stripe_id,
        lines=lines,
        reason="order_change",
        memo="Une part annulée",
        metadata={},
        **way,
    )


def money_of(invoice: Invoice) -> list[tuple[str, int]]:
    invoice.refresh_from_db()
    return [(each.kind, each.cents) for each in invoice.payments.order_by("pk")]


@pytest.mark.dates
@pytest.mark.parametrize(
    "begins",
    [
        datetime(2026, 10, 25, 22, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 22, 30, tzinfo=UTC),
        datetime(2027, 7, 14, 22, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 10, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    ],
)
def test_each_period_is_a_year_of_days_and_the_next_begins_the_day_after(
    saran: Municipality, fake_stripe: FakeStripe, begins: datetime
) -> None:
    fake_stripe.fake.reset(at=int(begins.timestamp()))
    VatRate.objects.update(from_on=date(2020, 1, 1))
    PlanVersion.objects.update(from_on=date(2020, 1, 1))
    finalised(saran, fake_stripe, at=begins, years=2)
    fake_stripe.later(days=366, hours=2)
    deliver(fake_stripe)
    first, second = Invoice.objects.order_by("pk")
    for each in (first, second):
        assert each.period_begins_on
        assert each.period_ends_on == year_after(each.period_begins_on) - timedelta(days=1)
    # Between midnight and one in summer too.
    assert first.period_begins_on == first.account.municipality.day_of(begins)
    assert first.period_ends_on
    assert second.period_begins_on == first.period_ends_on + timedelta(days=1)
    kept = Subscription.objects.get()
    assert (kept.period_begins_on, kept.period_ends_on) == (second.period_begins_on, second.period_ends_on)


def test_a_number_is_stripes_own_and_its_document_is_asked_for_once(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    subscribed(saran, fake_stripe)
    fake_stripe.later(hours=1)
    asked: list[int] = []
    outbox._handlers["billing.services.issuing.issue_invoice"] = lambda invoice_id, **kwargs: asked.append(invoice_id)
    for _unused in range(3):
        deliver(fake_stripe)
    invoice = Invoice.objects.get()
    assert (invoice.number, str(invoice.issued_on)) == ("FAC-00001", "2026-12-01")
    assert asked == [invoice.pk]


def test_a_transfer_pays_with_its_reference(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(customer_of(final), final.total_cents, "Mandat 421 FAC-00001")
    deliver(fake_stripe, copies=2)
    assert money_of(final) == [(PaymentKind.TRANSFER, final.total_cents)]
    assert (final.state, final.left_cents, str(final.paid_on)) == (InvoiceState.PAID, 0, "2026-12-01")
    assert final.payments.get().reference == "Mandat 421 FAC-00001"


def test_a_transfer_of_a_part_leaves_the_rest(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(customer_of(final), 100_00)
    deliver(fake_stripe)
    assert money_of(final) == [(PaymentKind.TRANSFER, 100_00)]
    assert (final.state, final.left_cents, final.paid_on) == (InvoiceState.ISSUED, final.total_cents - 100_00, None)
    fake_stripe.transfer(customer_of(final), final.total_cents - 100_00)
    deliver(fake_stripe)
    assert len(money_of(final)) == 2
    assert final.state == InvoiceState.PAID


def test_what_is_too_much_waits_on_the_account(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(customer_of(final), final.total_cents + 50_00)
    deliver(fake_stripe)
    assert money_of(final) == [(PaymentKind.TRANSFER, final.total_cents)]
    assert Account.objects.get().cash_cents == 50_00
    money.refund_cash(key="back", customer_id=customer_of(final), amount=50_00, metadata={})
    deliver(fake_stripe)
    assert Account.objects.get().cash_cents == 0


def test_what_an_operator_entered_is_not_counted_again(fake_stripe: FakeStripe, final: Invoice) -> None:
    Payment.objects.create(
        account=final.account,
        invoice=final,
        kind=PaymentKind.BY_HAND,
        cents=final.total_cents,
        received_on="2026-12-20",
        reference="Mandat 7",
        created_at=fake_stripe.now,
    )
    invoices.mark_paid(key="paid", invoice_id=final.stripe_id)
    deliver(fake_stripe)
    assert money_of(final) == [(PaymentKind.BY_HAND, final.total_cents)]
    assert (final.state, str(final.paid_on)) == (InvoiceState.PAID, "2026-12-20")


def test_what_was_marked_paid_at_stripe_itself_is_there_too(fake_stripe: FakeStripe, final: Invoice) -> None:
    invoices.mark_paid(key="paid", invoice_id=final.stripe_id)
    deliver(fake_stripe)
    assert money_of(final) == [(PaymentKind.BY_HAND, final.total_cents)]
    assert final.state == InvoiceState.PAID


def test_a_credit_note_before_payment_lowers_what_is_left(fake_stripe: FakeStripe, final: Invoice) -> None:
    line = invoices.retrieve_invoice(final.stripe_id).lines[0].id
    _credit(final, {line: 10_000})
    deliver(fake_stripe, copies=2)
    final.refresh_from_db()
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert (note.corrects, note.net_cents, note.vat_cents, note.total_cents) == (final, 10_000, 2_000, 12_000)
    assert (note.number, note.state) == ("FAC-00001-CN-01", InvoiceState.ISSUED)
    assert (final.credited_cents, final.left_cents) == (12_000, final.total_cents - 12_000)
    fake_stripe.transfer(customer_of(final), final.total_cents - 12_000)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents) == (InvoiceState.PAID, 0)


def test_all_of_it_credited_it_is_cancelled_and_a_payment_for_it_waits(fake_stripe: FakeStripe, final: Invoice) -> None:
    line = invoices.retrieve_invoice(final.stripe_id).lines[0]
    _credit(final, {line.id: line.amount})
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents) == (InvoiceState.CANCELLED, 0)
    fake_stripe.transfer(customer_of(final), final.total_cents, "FAC-00001")
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents, final.paid_cents) == (InvoiceState.CANCELLED, 0, 0)
    assert Account.objects.get().cash_cents == final.total_cents


@pytest.mark.parametrize(
    ("way", "kinds"),
    [
        ({"refunded": 12_000}, [PaymentKind.TRANSFER, PaymentKind.REFUND]),
        ({"paid_back_elsewhere": 12_000}, [PaymentKind.TRANSFER, PaymentKind.REFUND]),
        ({"credited": 12_000}, [PaymentKind.TRANSFER, PaymentKind.CREDIT]),
        (
            {"credited": 2_000, "refunded": 4_000, "paid_back_elsewhere": 6_000},
            [PaymentKind.TRANSFER, PaymentKind.REFUND, PaymentKind.CREDIT, PaymentKind.REFUND],
        ),
    ],
)
def test_a_credit_note_after_payment_is_refunded_paid_back_elsewhere_or_kept(
    fake_stripe: FakeStripe, final: Invoice, way: dict[str, int], kinds: list[str]
) -> None:
    fake_stripe.transfer(customer_of(final), final.total_cents)
    line = invoices.retrieve_invoice(final.stripe_id).lines[0].id
    _credit(final, {line: 10_000}, **way)
    deliver(fake_stripe, copies=2)
    assert [kind for kind, _cents in money_of(final)] == kinds
    assert (final.paid_cents, final.credited_cents, final.left_cents) == (final.total_cents - 12_000, 12_000, 0)
    assert final.state == InvoiceState.PAID
    assert Account.objects.get().credit_cents == way.get("credited", 0)


def test_credit_that_is_kept_pays_the_next_invoice(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(customer_of(final), final.total_cents)
    line = invoices.retrieve_invoice(final.stripe_id).lines[0].id
    _credit(final, {line: 10_000}, credited=12_000)
    fake_stripe.later(days=365, hours=2)
    deliver(fake_stripe)
    renewed = Invoice.objects.filter(kind=InvoiceKind.INVOICE).latest("pk")
    assert renewed.number == "FAC-00002"
    assert money_of(renewed) == [(PaymentKind.CREDIT, 12_000)]
    assert renewed.left_cents == renewed.total_cents - 12_000
    assert Account.objects.get().credit_cents == 0


def test_a_refund_without_a_note_is_owed_again(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(customer_of(final), final.total_cents)
    deliver(fake_stripe)
    paid = final.payments.get()
    money.refund_payment(key="back", payment_intent_id=paid.stripe_intent, amount=5_000, metadata={})
    deliver(fake_stripe)
    assert money_of(final) == [(PaymentKind.TRANSFER, final.total_cents), (PaymentKind.REFUND, -5_000)]
    assert (final.state, final.left_cents) == (InvoiceState.ISSUED, 5_000)


def test_a_void_invoice_keeps_its_number_and_is_owed_no_more(fake_stripe: FakeStripe, final: Invoice) -> None:
    invoices.void_invoice(key="void", invoice_id=final.stripe_id)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.number, final.state, final.left_cents) == ("FAC-00001", InvoiceState.CANCELLED, 0)


def test_a_draft_that_is_gone_at_stripe_goes(fake_stripe: FakeStripe, final: Invoice) -> None:
    made = invoices.create_invoice(
        key="interest",
        customer_id=customer_of(final),
        description="Intérêts moratoires",
        amount=1_234,
        tax_rate_id=None,
        metadata={},
    )
    deliver(fake_stripe)
    assert Invoice.objects.get(stripe_id=made.id).total_cents == 1_234
    fake_stripe.fake.call("delete", f"/v1/invoices/{made.id}", {})
    deliver(fake_stripe)
    assert not Invoice.objects.filter(stripe_id=made.id).exists()


def test_what_is_final_never_changes(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.fake.state.objects[final.stripe_id]["lines"]["data"][0]["description"] = "Autre chose"
    fake_stripe.fake.emit("invoice.updated", fake_stripe.fake.state.objects[final.stripe_id])
    deliver(fake_stripe)
    final.refresh_from_db()
    assert final.lines[0]["label"] == "Abonnement d’un an à Territoires résilients"


def test_a_year_later_the_period_is_the_next(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.later(days=365)
    deliver(fake_stripe)
    kept = Subscription.objects.get()
    assert (str(kept.period_begins_on), str(kept.period_ends_on)) == ("2027-12-01", "2028-11-30")


def test_it_is_over_after_the_last_year_that_is_ordered(fake_stripe: FakeStripe, final: Invoice) -> None:
    kept = Subscription.objects.get()
    assert (kept.state, str(kept.ends_on)) == (SubscriptionState.ACTIVE, "2028-11-30")
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    kept.refresh_from_db()
    assert kept.state == SubscriptionState.ENDED


def test_objects_of_others_are_noted_and_nothing_comes_of_them(saran: Municipality, fake_stripe: FakeStripe) -> None:
    a.whole_life(fake_stripe)
    deliver(fake_stripe)
    assert not Invoice.objects.exists()
    assert not Account.objects.exists()
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"not_followed", "unknown"}
    assert not OutboxMessage.objects.exists()


def test_a_customer_that_was_made_by_whoever_was_killed_is_known_by_its_account(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    kept = subscribed(saran, fake_stripe)
    customer, number = kept.account.stripe_customer, kept.stripe_id
    # As if what has made them had been killed before it could note it.
    Invoice.objects.all().delete()
    OrderedYear.objects.all().delete()
    Account.objects.update(stripe_customer="")
    Subscription.objects.update(stripe_id="", state=SubscriptionState.PENDING, activated_at=None)
    WebhookEvent.objects.all().delete()
    deliver(fake_stripe, copies=2, shuffled=random.Random(7))
    kept.refresh_from_db()
    assert (kept.stripe_id, kept.state) == (number, SubscriptionState.ACTIVE)
    assert Account.objects.get().stripe_customer == customer
    assert Invoice.objects.count() == 1
