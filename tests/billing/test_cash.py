"""Money that has come and has paid nothing by itself: it pays what is owed, once, and nobody is reminded meanwhile."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from billing import tasks
from billing.clients import invoices
from billing.enums import InvoiceState, PaymentKind
from billing.models import Account, Difference, Invoice, Payment, Reminder
from billing.services import bank_entries, payments, reconciliation
from billing.services.balances import on_account
from billing.services.corrections import correct
from billing.services.payments import enter_payment
from billing.services.reminders import remind, to_remind
from billing.services.standing import follow
from common.models import OutboxMessage
from deploy.local.fake_stripe import money as fake_money
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.billing import owing
from tests.billing.buying import deliver, finalised, issued_at_once, operator, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.tenants.test_lifecycle import now_of, put

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]
READABLE = date(2026, 12, 2)
SINCE = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture
def final(saran: Municipality, fake_stripe: FakeStripe) -> Invoice:
    finalised(saran, fake_stripe, years=2)
    Invoice.objects.update(available_on=READABLE)
    return Invoice.objects.get()


def enter(of: Invoice, cents: int, reference: str = "VIR 1", **given: Any) -> Payment:
    values = {"received_on": READABLE, "operator": operator(), "at": SINCE, **given}
    return enter_payment(account=of.account, invoice=of, cents=cents, reference=reference, **values)


def unpaid_for_long(of: Invoice, fake: FakeStripe) -> None:
    """Reminded three times, then read-only."""
    with schema_context("public"):
        put(of.account.municipality, State.ACTIVE)
        Municipality.objects.filter(pk=of.account.municipality_id).update(verified_at=BEGINNING)
        for day in (31, 38, 60, 77):
            at = datetime(2026, 12, 2, 12, tzinfo=UTC) + timedelta(days=day)
            for each in to_remind(at=at):
                remind(each, at=at)
            follow(of.account, at=at)
    assert now_of(of.account.municipality).state == State.READ_ONLY
    fake.later(days=78)


def money_of(invoice: Invoice) -> list[tuple[str, int]]:
    return list(invoice.payments.order_by("pk").values_list("kind", "cents"))


def test_a_transfer_of_a_city_that_only_reads_pays_and_opens_it_and_pays_nothing_else(
    fake_stripe: FakeStripe, final: Invoice
) -> None:
    unpaid_for_long(final, fake_stripe)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents, str(final.number))
    deliver(fake_stripe)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, money_of(final)) == (InvoiceState.PAID, [(PaymentKind.TRANSFER, final.total_cents)])
    assert now_of(final.account.municipality).state == State.ACTIVE
    assert Account.objects.get().cash_cents == 0
    fake_stripe.later(days=290)
    deliver(fake_stripe)
    fake_stripe.later(hours=2)
    deliver(fake_stripe)
    second = Invoice.objects.exclude(pk=final.pk).get()
    assert (second.state, second.paid_cents) == (InvoiceState.ISSUED, 0)


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "500", "500_after"])
def test_a_failure_around_the_call_pays_once(fake_stripe: FakeStripe, final: Invoice, how: str) -> None:
    fake_stripe.later(days=78)
    fake_stripe.transfer(final.account.stripe_customer, 2 * final.total_cents)
    [intent] = [each.payment_intent_id for each in invoices.payments(final.stripe_id)]
    fake_stripe.fails(how, f"post /v1/payment_intents/{intent}/apply_customer_balance")
    deliver(fake_stripe)
    OutboxMessage.objects.update(due_at=timezone.now())
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, money_of(final)) == (InvoiceState.PAID, [(PaymentKind.TRANSFER, final.total_cents)])
    assert Account.objects.get().cash_cents == final.total_cents
    assert not OutboxMessage.objects.filter(task__startswith="billing.").exists()


def test_whoever_pays_says_which_invoice(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.later(days=366, hours=2)
    deliver(fake_stripe)
    fake_stripe.later(days=70)
    second = Invoice.objects.exclude(pk=final.pk).get()
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents, f"MANDAT 12 {second.number}")
    deliver(fake_stripe)
    final.refresh_from_db()
    second.refresh_from_db()
    assert (final.state, second.state) == (InvoiceState.ISSUED, InvoiceState.PAID)


def test_what_stripe_refuses_lies_there_and_is_tried_again(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.later(days=78)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    of_it = fake_stripe.fake.state.objects[final.stripe_id]["_payments"]["data"][0]
    of_it["payment"] = {"type": "payment_intent", "payment_intent": "pi_elsewhere"}
    deliver(fake_stripe)
    assert not OutboxMessage.objects.filter(task__startswith="billing.").exists()
    assert (Invoice.objects.get().state, Account.objects.get().cash_cents) == (InvoiceState.ISSUED, final.total_cents)
    of_it["payment"] = {
        "type": "payment_intent",
        "payment_intent": fake_stripe.fake.state.objects[final.stripe_id]["_intent"],
    }
    tasks.follow_terms()
    work()
    assert Invoice.objects.get().state == InvoiceState.PAID


@pytest.mark.parametrize("in_part", [True, False])
def test_money_that_comes_in_two_transfers_pays_in_both_ways_of_stripes(
    fake_stripe: FakeStripe, final: Invoice, monkeypatch: pytest.MonkeyPatch, in_part: bool
) -> None:
    monkeypatch.setattr(fake_money, "IN_PART", in_part)
    Municipality.objects.update(verified_at=BEGINNING)
    fake_stripe.transfer(final.account.stripe_customer, 300_000, str(final.number))
    deliver(fake_stripe)
    assert Account.objects.get().cash_cents == (0 if in_part else 300_000)
    at = datetime(2026, 12, 2, 12, tzinfo=UTC) + timedelta(days=31)
    assert remind(Invoice.objects.get(), at=at)
    mail = OutboxMessage.objects.get(task__endswith="send_with_document").payload["mail"]
    assert "1\u202f080,00" in mail["body"]
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents - 300_000)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.paid_cents) == (InvoiceState.PAID, final.total_cents)
    assert Account.objects.get().cash_cents == 0


# No reminder and no stop while the money is there


@pytest.mark.parametrize("where", ["bank", "stripe", "both"])
def test_nobody_is_reminded_nor_stopped_while_the_money_lies_on_the_account(saran: Municipality, where: str) -> None:
    at_stripe = {"bank": 0, "stripe": 408_000, "both": 8_000}[where]
    made = owing.account(put(saran, State.ACTIVE), cash_cents=at_stripe)
    owing.subscription(made)
    owing.invoice(made)
    with schema_context("public"):
        Municipality.objects.filter(pk=saran.pk).update(verified_at=owing.on_day(-5))
        if at_stripe < 408_000:
            enter_payment(
                account=made, invoice=None, cents=408_000 - at_stripe, received_on=owing.DAY_0, reference="VIR 4711",
                operator=operator(), at=owing.on_day(3), beside_cash=True,
            )  # fmt: skip
        for day in (31, 38, 60, 76):
            for each in to_remind(at=owing.on_day(day)):
                assert remind(each, at=owing.on_day(day)) is None
            follow(made, at=owing.on_day(day))
        assert now_of(saran).state == State.ACTIVE
        # A cent less, and it is owed.
        Payment.objects.update(cents=1)
        Account.objects.update(cash_cents=1)
        assert remind(Invoice.objects.get(), at=owing.on_day(80))
        assert Reminder.objects.count() == 1


def test_operators_see_what_lies_there(saran: Municipality) -> None:
    from billing.selectors.overview import money_lying

    made = owing.account(saran, cash_cents=7_000)
    with schema_context("public"):
        assert [(each.pk, each.at_bank, each.cash_cents) for each in money_lying()] == [(made.pk, 0, 7_000)]
        Account.objects.update(cash_cents=0)
        assert list(money_lying()) == []
        enter_payment(
            account=made, invoice=None, cents=500, received_on=owing.DAY_0, reference="VIR 4711", operator=operator(),
            at=owing.on_day(3),
        )  # fmt: skip
        assert [each.at_bank for each in money_lying()] == [500]


# What an operator enters beside


def test_what_lies_at_stripe_is_not_entered_a_second_time(fake_stripe: FakeStripe, final: Invoice) -> None:
    Account.objects.update(cash_cents=final.total_cents)
    with pytest.raises(payments.CashWaits) as refused:
        enter(final, final.total_cents)
    assert "4\u202f080,00" in str(refused.value.message)
    assert not Payment.objects.exists()
    assert enter(final, final.total_cents, beside_cash=True).cents == final.total_cents


def test_a_part_entered_and_the_rest_by_transfer_leaves_nothing_open_at_stripe(
    fake_stripe: FakeStripe, final: Invoice
) -> None:
    enter(final, 100_000)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents - 100_000, str(final.number))
    deliver(fake_stripe)
    there = invoices.retrieve_invoice(final.stripe_id)
    assert (there.status, there.paid_off_stripe) == ("paid", 100_000)
    fake_stripe.transfer(final.account.stripe_customer, 50_000)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents, Account.objects.get().cash_cents) == (InvoiceState.PAID, 0, 50_000)
    assert sorted(cents for _kind, cents in money_of(final)) == [100_000, final.total_cents - 100_000]


def test_a_part_entered_of_an_invoice_that_is_corrected_lies_on_the_account(
    fake_stripe: FakeStripe, final: Invoice
) -> None:
    enter(final, 100_000)
    correct(invoice=final, engagement_number="2026-BC-77", why="Numéro erroné", actor=operator(), at=timezone.now())
    deliver(fake_stripe)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents, on_account(final.account)) == (InvoiceState.CANCELLED, 0, 100_000)
    another = Invoice.objects.filter(corrects=None).exclude(pk=final.pk).get()
    payments.move_payment(payment=Payment.objects.get(), invoice=another, operator=operator(), at=timezone.now())
    another.refresh_from_db()
    assert another.left_cents == another.total_cents - 100_000


def test_too_much_by_transfer_sets_free_what_was_entered(fake_stripe: FakeStripe, final: Invoice) -> None:
    enter(final, 100_000)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents - 30_000, str(final.number))
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents, on_account(final.account)) == (InvoiceState.PAID, 0, 70_000)
    assert invoices.retrieve_invoice(final.stripe_id).paid_off_stripe == 30_000


def test_each_payment_is_compared_with_each_that_is_entered(fake_stripe: FakeStripe, final: Invoice) -> None:
    at = SINCE
    for number, cents in enumerate([1_000, 500]):
        enter(final, cents, at=at + timedelta(seconds=number))
    for cents in (1_000, 500):
        with pytest.raises(bank_entries.AlreadyEntered):
            enter(final, cents)
    enter(final, 1_500)
    enter(final, 1_000, again=True)
    assert sum(Payment.objects.values_list("cents", flat=True)) == 4_000


def test_each_day_what_lies_there_is_used(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.later(days=78)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    Account.objects.update(cash_cents=final.total_cents)  # known, and nothing followed
    tasks.follow_terms()
    work()
    deliver(fake_stripe)
    final.refresh_from_db()
    assert final.state == InvoiceState.PAID


@pytest.mark.parametrize("how", ["", "lost_before", "lost_after", "500_after"])
def test_a_part_entered_beside_cash_that_is_the_rest_is_told_by_a_button(
    fake_stripe: FakeStripe, final: Invoice, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(fake_money, "IN_PART", False)
    part = enter(final, 100_000)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents - 100_000)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, Account.objects.get().cash_cents) == (InvoiceState.ISSUED, final.total_cents - 100_000)
    reconciliation.reconcile(at=fake_stripe.now)
    found = Difference.objects.get()
    assert found.facts == {"left": [final.total_cents - 100_000, final.total_cents]}
    if how:
        fake_stripe.fails(how, f"post /v1/invoices/{final.stripe_id}/attach_payment")
    for _again in range(2):
        reconciliation.mend(difference=found, operator=operator())
    for _again in range(3):
        OutboxMessage.objects.update(due_at=timezone.now())
        work()
        deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents, Account.objects.get().cash_cents) == (InvoiceState.PAID, 0, 0)
    assert invoices.retrieve_invoice(final.stripe_id).paid_off_stripe == 100_000
    assert reconciliation.reconcile(at=fake_stripe.now) == 0
    # Stripe knows of it: it is not moved any more.
    with pytest.raises(payments.ToldToStripe):
        payments.withdraw_payment(payment=part, operator=operator(), at=timezone.now())
