"""Payments that operators enter, and money that goes back: nothing twice, whatever dies."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from billing.clients import invoices, money, stripe
from billing.clients.errors import Unsure
from billing.enums import InvoiceKind, InvoiceState, PaymentKind
from billing.models import Account, Call, Invoice, Payment
from billing.services import bank_entries, money_back, payments, refunds
from billing.services.balances import on_account, recount
from billing.services.money_back import enter_money_sent_back
from billing.services.payments import enter_payment, move_payment, withdraw_payment
from billing.services.reminders import remind
from billing.services.standing import follow
from common import outbox
from common.models import OutboxMessage
from common.text import TextTooShort
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import deliver, finalised, work
from tests.billing.fake import FakeStripe
from tests.billing.owing import DAY_0, account, invoice, on_day, subscription
from tests.tenants.test_lifecycle import now_of, put

DAY = DAY_0 + timedelta(days=20)


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True, email="operations@example.org")  # type: ignore[return-value]


@pytest.fixture
def owing(saran: Municipality) -> Account:
    made = account(put(saran, State.ACTIVE))
    subscription(made)
    invoice(made)
    return made


def the_invoice(number: str = "TR-0001") -> Invoice:
    return Invoice.objects.get(number=number)


def enter(of: Account, cents: int, operator: User, *, on: str | None = "TR-0001", **given: Any) -> Payment:
    values = {"received_on": DAY, "reference": "Mandat 421", "at": on_day(30), **given}
    return enter_payment(account=of, invoice=the_invoice(on) if on else None, cents=cents, operator=operator, **values)


def left() -> int:
    return the_invoice().left_cents


def waiting() -> list[Any]:
    return list(OutboxMessage.objects.filter(task="billing.services.payments.tell_paid"))


def test_a_payment_of_the_whole_is_on_record_and_told_to_stripe(owing: Account, operator: User) -> None:
    payment = enter(owing, 408_000, operator)
    assert (payment.kind, payment.reference, payment.received_on) == (PaymentKind.BY_HAND, "Mandat 421", DAY)
    assert payment.entered_by == "operations@example.org"
    found = the_invoice()
    assert (found.state, found.left_cents, found.paid_on) == (InvoiceState.PAID, 0, DAY)
    assert len(waiting()) == 1
    assert Call.objects.filter(pk=f"paid:{found.pk}", done_at=None).exists()
    assert AuditEntry.objects.get(action="payment_entered").actor == operator


def test_a_part_leaves_the_rest_and_stripe_is_told_of_nothing_yet(owing: Account, operator: User) -> None:
    enter(owing, 400_000, operator)
    assert left() == 8_000
    assert the_invoice().state == InvoiceState.ISSUED
    assert waiting() == []
    enter(owing, 8_000, operator, reference="Mandat 422")
    assert the_invoice().state == InvoiceState.PAID
    assert len(waiting()) == 1


def test_what_is_too_much_stays_on_the_account(owing: Account, operator: User) -> None:
    enter(owing, 410_000, operator)
    assert left() == 0
    assert on_account(owing) == 2_000
    [rest] = owing.payments.filter(invoice=None)
    assert (rest.cents, rest.reference) == (2_000, "Mandat 421")


@pytest.mark.parametrize("cents", [400_000, 408_000, 410_000])
def test_the_same_payment_is_not_entered_twice(owing: Account, operator: User, cents: int) -> None:
    enter(owing, cents, operator)
    for on in ("TR-0001", None):
        with pytest.raises(bank_entries.AlreadyEntered):
            enter(owing, cents, operator, on=on, reference="MANDAT 421")
    assert sum(owing.payments.values_list("cents", flat=True)) == cents


def test_a_payment_with_a_wrong_reference_is_set_to_the_right_invoice(owing: Account, operator: User) -> None:
    invoice(owing, "TR-0002")
    payment = enter(owing, 400_000, operator)
    move_payment(payment=payment, invoice=the_invoice("TR-0002"), operator=operator, at=on_day(31))
    assert left() == 408_000
    assert the_invoice("TR-0002").left_cents == 8_000
    move_payment(payment=payment, invoice=None, operator=operator, at=on_day(31))
    assert the_invoice("TR-0002").left_cents == 408_000
    assert on_account(owing) == 400_000
    assert AuditEntry.objects.filter(action="payment_moved").count() == 2


def test_what_lies_on_the_account_pays_an_invoice_and_keeps_its_rest(owing: Account, operator: User) -> None:
    payment = enter(owing, 500_000, operator, on=None)
    move_payment(payment=payment, invoice=the_invoice(), operator=operator, at=on_day(31))
    assert the_invoice().state == InvoiceState.PAID
    assert on_account(owing) == 92_000
    assert len(waiting()) == 1
    with pytest.raises(bank_entries.AlreadyEntered):
        enter(owing, 500_000, operator, on=None)


def test_what_was_entered_by_mistake_is_taken_back(owing: Account, operator: User) -> None:
    payment = enter(owing, 100_000, operator)
    withdraw_payment(payment=payment, operator=operator, at=on_day(31))
    assert left() == 408_000
    assert AuditEntry.objects.get(action="payment_withdrawn").details["cents"] == 100_000
    enter(owing, 100_000, operator)


def test_what_is_taken_back_at_once_by_two_is_taken_back_once(owing: Account, operator: User) -> None:
    payment = enter(owing, 100_000, operator)
    seen_by_both = Payment.objects.get(pk=payment.pk)
    withdraw_payment(payment=payment, operator=operator, at=on_day(31))
    with pytest.raises(payments.PaymentGone):
        withdraw_payment(payment=seen_by_both, operator=operator, at=on_day(31))
    with pytest.raises(payments.PaymentGone):
        move_payment(payment=seen_by_both, invoice=None, operator=operator, at=on_day(31))
    assert AuditEntry.objects.filter(action="payment_withdrawn").count() == 1


def test_money_came_after_its_invoice_and_not_long_before_its_account(owing: Account, operator: User) -> None:
    """What came before its invoice is entered on the account, then set to it."""
    issued_on = the_invoice().issued_on
    assert issued_on
    for day in (issued_on - timedelta(days=1), date(1, 1, 1)):
        with pytest.raises(bank_entries.BeforeThereWasAny):
            enter(owing, 100, operator, received_on=day)
    enter(owing, 100, operator, received_on=issued_on)
    for day in (DAY_0 - timedelta(days=406), date(1, 1, 1)):
        with pytest.raises(bank_entries.BeforeThereWasAny):
            enter(owing, 100, operator, on=None, received_on=day)
        with pytest.raises(bank_entries.BeforeThereWasAny):
            enter_money_sent_back(
                account=owing, cents=1, sent_on=day, reference="Retour", operator=operator, at=on_day(30)
            )
    early = enter(owing, 200, operator, on=None, received_on=DAY_0 - timedelta(days=405))
    assert move_payment(payment=early, invoice=the_invoice(), operator=operator, at=on_day(30)).invoice_id


def test_what_stripe_was_told_is_not_changed_any_more(owing: Account, operator: User) -> None:
    payment = enter(owing, 408_000, operator)
    with pytest.raises(payments.ToldToStripe):
        move_payment(payment=payment, invoice=None, operator=operator, at=on_day(31))
    with pytest.raises(payments.ToldToStripe):
        withdraw_payment(payment=payment, operator=operator, at=on_day(31))


@pytest.mark.parametrize(
    ("refusal", "given"),
    [
        (bank_entries.NotAnAmount, {"cents": 0}),
        (bank_entries.NotAnAmount, {"cents": -100}),
        (bank_entries.DayOfPaymentRefused, {"received_on": DAY_0 + timedelta(days=31)}),
        (TextTooShort, {"reference": "  "}),
    ],
)
def test_what_cannot_be_is_refused(
    owing: Account, operator: User, refusal: type[Exception], given: dict[str, Any]
) -> None:
    with pytest.raises(refusal):
        enter(owing, **{"cents": 408_000, "operator": operator, **given})
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": InvoiceState.CANCELLED},
        {"state": InvoiceState.PAID},
        {"state": InvoiceState.BLOCKED},
        {"state": InvoiceState.DRAFT},
        {"kind": InvoiceKind.CREDIT_NOTE},
        {"credited_cents": 408_000},
    ],
)
def test_a_payment_for_what_is_not_owed_goes_to_the_account(
    owing: Account, operator: User, change: dict[str, Any]
) -> None:
    Invoice.objects.update(**change)
    with pytest.raises(payments.NothingToPay):
        enter(owing, 408_000, operator)
    enter(owing, 408_000, operator, on=None)
    assert on_account(owing) == 408_000


def test_another_citys_invoice_is_not_paid(owing: Account, brest: Municipality, operator: User) -> None:
    other = account(brest)
    with pytest.raises(Invoice.DoesNotExist):
        enter(other, 408_000, operator)


def test_the_city_writes_again_in_the_moment_in_which_the_payment_is_entered(owing: Account, operator: User) -> None:
    for day in (31, 38, 60, 76):
        remind(the_invoice(), at=on_day(day))
        follow(owing, at=on_day(day))
    assert now_of(owing.municipality).state == State.READ_ONLY
    enter(owing, 408_000, operator, at=on_day(77))
    assert now_of(owing.municipality).state == State.ACTIVE


def test_money_that_lay_on_the_account_goes_back_once(owing: Account, operator: User) -> None:
    enter(owing, 410_000, operator)
    given = {"account": owing, "sent_on": DAY, "reference": "Virement 9", "operator": operator, "at": on_day(30)}
    with pytest.raises(money_back.MoreThanThereIs):
        enter_money_sent_back(cents=2_001, **given)
    with pytest.raises(bank_entries.NotAnAmount):
        enter_money_sent_back(cents=0, **given)
    with pytest.raises(bank_entries.DayOfPaymentRefused):
        enter_money_sent_back(cents=1, **{**given, "sent_on": DAY_0 + timedelta(days=40)})
    assert enter_money_sent_back(cents=1_500, **given).cents == -1_500
    with pytest.raises(bank_entries.AlreadyEntered):
        enter_money_sent_back(cents=1_500, **given)
    assert on_account(owing) == 500


# With Stripe


@pytest.fixture
def final(saran: Municipality, fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch) -> Invoice:
    """An invoice that has its number, and its document."""

    def issue(*, invoice_id: int, **kwargs: Any) -> None:
        Invoice.objects.filter(pk=invoice_id).update(state=InvoiceState.ISSUED)
        recount(Invoice.objects.get(pk=invoice_id))

    monkeypatch.setitem(outbox._handlers, "billing.services.issuing.issue_invoice", issue)
    return finalised(saran, fake_stripe)


def pay(of: Invoice, operator: User, fake: FakeStripe) -> Payment:
    day = of.account.municipality.day_of(fake.now)
    return enter_payment(
        account=of.account,
        invoice=of,
        cents=of.total_cents,
        received_on=day,
        reference="Mandat 421",
        operator=operator,
        at=fake.now,
    )


def test_stripe_knows_it_paid_and_says_nothing_new(final: Invoice, operator: User, fake_stripe: FakeStripe) -> None:
    pay(final, operator, fake_stripe)
    work()
    assert invoices.retrieve_invoice(final.stripe_id).paid_off_stripe == final.total_cents
    deliver(fake_stripe, copies=2)
    assert [(each.kind, each.cents) for each in final.payments.all()] == [(PaymentKind.BY_HAND, final.total_cents)]
    final.refresh_from_db()
    assert (final.state, final.left_cents) == (InvoiceState.PAID, 0)


def test_killed_after_the_call_it_is_told_again_and_that_does_nothing(
    final: Invoice, operator: User, fake_stripe: FakeStripe
) -> None:
    pay(final, operator, fake_stripe)
    fake_stripe.fails("lost_after", f"post /v1/invoices/{final.stripe_id}/pay")
    with pytest.raises(Unsure):
        payments.tell_paid(invoice_id=final.pk)
    payments.tell_paid(invoice_id=final.pk)
    payments.tell_paid(invoice_id=final.pk)
    assert fake_stripe.kinds.count("invoice.paid") == 1


def test_a_transfer_that_came_meanwhile_is_too_much_and_goes_back(
    final: Invoice, operator: User, fake_stripe: FakeStripe
) -> None:
    pay(final, operator, fake_stripe)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents, "Mandat 421")
    work()
    deliver(fake_stripe)
    final.refresh_from_db()
    assert final.left_cents == -final.total_cents
    assert Call.objects.get(pk=payments.key_of(final)).done_at
    twice = final.payments.get(kind=PaymentKind.TRANSFER)
    refunds.refund_payment(payment=twice, cents=final.total_cents, operator=operator, at=fake_stripe.now)
    with pytest.raises(refunds.RefundWaits):
        refunds.refund_payment(payment=twice, cents=final.total_cents, operator=operator, at=fake_stripe.now)
    work()
    deliver(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.left_cents) == (InvoiceState.PAID, 0)
    with pytest.raises(money_back.MoreThanThereIs):
        refunds.refund_payment(payment=twice, cents=1, operator=operator, at=fake_stripe.now)


def test_a_refund_whose_answer_is_lost_is_made_once(final: Invoice, operator: User, fake_stripe: FakeStripe) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    deliver(fake_stripe)
    payment = final.payments.get()
    refunds.refund_payment(payment=payment, cents=5_000, operator=operator, at=fake_stripe.now)
    fake_stripe.fails("lost_after", "post /v1/refunds")
    asked = {"key": f"refund:{payment.pk}:1", "payment_id": payment.pk, "cents": 5_000}
    with pytest.raises(Unsure):
        refunds.send_back(**asked)
    refunds.send_back(**asked)
    assert [each.amount for each in money.refunds(payment_intent_id=payment.stripe_intent)] == [5_000]
    # Long after, its key tells nothing any more: it is found.
    Call.objects.filter(pk=asked["key"]).update(done_at=None, made_at=fake_stripe.now - timedelta(days=3))
    refunds.send_back(**asked)
    assert [each.amount for each in money.refunds(payment_intent_id=payment.stripe_intent)] == [5_000]


def test_cash_that_has_paid_nothing_goes_back(final: Invoice, operator: User, fake_stripe: FakeStripe) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents + 7_000)
    deliver(fake_stripe)
    of = Account.objects.get()
    with pytest.raises(money_back.MoreThanThereIs):
        refunds.refund_cash(account=of, cents=7_001, operator=operator, at=fake_stripe.now)
    with pytest.raises(bank_entries.NotAnAmount):
        refunds.refund_cash(account=of, cents=0, operator=operator, at=fake_stripe.now)
    refunds.refund_cash(account=of, cents=7_000, operator=operator, at=fake_stripe.now)
    work()
    deliver(fake_stripe)
    assert stripe.retrieve_customer(of.stripe_customer).cash == 0
    assert Account.objects.get().cash_cents == 0


def test_what_stripe_refuses_is_told_to_operators_and_leaves_the_way_open(
    final: Invoice, operator: User, fake_stripe: FakeStripe
) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    deliver(fake_stripe)
    payment = final.payments.get()
    money.refund_payment(
        key="dashboard", payment_intent_id=payment.stripe_intent, amount=final.total_cents, metadata={}
    )
    refunds.refund_payment(payment=payment, cents=1_000, operator=operator, at=fake_stripe.now)
    work(only="refunds")
    told = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").latest("created_at").payload
    assert "refusé" in told["subject"]
    assert AuditEntry.objects.get(action="refund_refused").details["code"]
    assert "la somme a déjà été rendue" in told["body"]
    assert Call.objects.get(pk=f"refund:{payment.pk}:1").result == "refused"
    deliver(fake_stripe)
    with pytest.raises(money_back.MoreThanThereIs):
        refunds.refund_payment(payment=payment, cents=1, operator=operator, at=fake_stripe.now)


def test_what_an_operator_entered_is_not_sent_back_by_stripe(owing: Account, operator: User) -> None:
    payment = enter(owing, 1_000, operator)
    with pytest.raises(refunds.NotFromStripe):
        refunds.refund_payment(payment=payment, cents=1_000, operator=operator, at=on_day(31))
