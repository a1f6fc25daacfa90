"""What a late payment costs by law: worked out to the cent, asked for by an operator only."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from accounts.models import AuditEntry, User
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Account, InterestClaim, InterestRate, Invoice
from billing.services import interest
from billing.services.balances import recount
from billing.services.interest import enter_rate, half_year_of, interest_of, paid_late, send_interest, waive_interest
from billing.services.payments import enter_payment
from common.models import OutboxMessage
from common.text import TextTooShort
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.owing import DAY_0, account, invoice, on_day

# The term of an invoice of 1 March ends on 31 March: interest runs from 1 April, in the year's first half.
HALF = date(2027, 1, 1)


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True, email="operations@example.org")  # type: ignore[return-value]


@pytest.fixture
def owing(saran: Municipality) -> Account:
    made = account(saran)
    invoice(made)
    return made


def rate(operator: User, basis_points: int = 215, from_on: date = HALF, **unless: bool) -> InterestRate:
    said = {"source": "ecb.europa.eu", "operator": operator, "at": on_day(150)}
    return enter_rate(from_on=from_on, basis_points=basis_points, **said, **unless)


def pay(of: Account, operator: User, cents: int, *, day: int, reference: str = "Mandat 421") -> None:
    enter_payment(
        account=of,
        invoice=the_invoice(),
        cents=cents,
        received_on=DAY_0 + timedelta(days=day),
        reference=reference,
        operator=operator,
        at=on_day(day),
    )


def the_invoice() -> Invoice:
    return Invoice.objects.get(number="TR-0001")


def test_interest_is_of_the_days_after_the_term_the_day_of_payment_included(owing: Account, operator: User) -> None:
    rate(operator)
    pay(owing, operator, 408_000, day=50)
    found = interest_of(the_invoice())
    # 4 080,00 € × 20 days / 365 × 10.15 %
    assert (found.days, found.basis_points, found.interest_cents) == (20, 1_015, 2_269)
    assert (found.fixed_cents, found.total_cents) == (4_000, 6_269)
    assert found.due_on == DAY_0 + timedelta(days=95)


def test_each_part_bears_interest_for_its_own_days(owing: Account, operator: User) -> None:
    rate(operator)
    pay(owing, operator, 100_000, day=30)
    pay(owing, operator, 200_000, day=40, reference="Mandat 422")
    pay(owing, operator, 108_000, day=60, reference="Mandat 423")
    found = interest_of(the_invoice())
    # (2 000,00 € × 10 days + 1 080,00 € × 30 days) / 365 × 10.15 %
    assert (found.days, found.interest_cents) == (30, 1_457)


def test_what_was_credited_bears_none(owing: Account, operator: User) -> None:
    rate(operator)
    invoice(owing, "TR-0002", kind=InvoiceKind.CREDIT_NOTE, corrects=the_invoice(), total_cents=208_000)
    recount(the_invoice())
    pay(owing, operator, 200_000, day=50)
    assert interest_of(the_invoice()).interest_cents == 1_112


def test_half_a_cent_is_rounded_up(owing: Account, operator: User) -> None:
    rate(operator, 2_850)  # 36.5 % with the eight points: a thousandth a day
    Invoice.objects.update(total_cents=500)
    pay(owing, operator, 500, day=31)
    assert interest_of(the_invoice()).interest_cents == 1
    assert (500 * 1 * 3_650) % (365 * 10_000) == 365 * 10_000 // 2


def test_the_rate_is_that_of_the_half_year_in_which_interest_began(owing: Account, operator: User) -> None:
    rate(operator, 215)
    rate(operator, 400, date(2027, 7, 1))
    pay(owing, operator, 408_000, day=150)
    assert interest_of(the_invoice()).basis_points == 1_015
    # The last day of its term is 30 June.
    Invoice.objects.update(available_on=date(2027, 5, 31))
    assert interest_of(the_invoice()).basis_points == 1_200


@pytest.mark.parametrize(
    ("day", "begins_on"),
    [
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2027, 6, 30), date(2027, 1, 1)),
        (date(2027, 7, 1), date(2027, 7, 1)),
        (date(2027, 12, 31), date(2027, 7, 1)),
    ],
)
def test_a_half_year_begins_in_january_or_in_july(day: date, begins_on: date) -> None:
    assert half_year_of(day) == begins_on


def test_nothing_is_sent_before_an_operator_does_and_then_once(owing: Account, operator: User) -> None:
    rate(operator)
    pay(owing, operator, 408_000, day=50)
    assert list(paid_late()) == [the_invoice()]
    assert not OutboxMessage.objects.filter(task__contains="send_").exists()
    claim = send_interest(invoice=the_invoice(), operator=operator, at=on_day(52))
    sent = OutboxMessage.objects.filter(task__endswith=".send_statement")
    mail, other = (each.payload["mail"] for each in sent)
    assert {mail["to"], other["to"]} == {"compta@saran.example", "maire@saran.example"}
    body = mail["body"].replace("\u202f", " ").replace("\u00a0", " ")
    for words in ("22,69 €", "10,15 %", "40,00 €", "62,69 €", "31 mars 2027", "20 avril 2027", "4 juin 2027"):
        assert words in body
    assert (claim.interest_cents, claim.fixed_cents, claim.decided_by) == (2_269, 4_000, operator.email)
    assert AuditEntry.objects.get(action="interest_asked_for").actor == operator
    for again in (send_interest, waive_interest):
        with pytest.raises(interest.InterestDecided):
            again(invoice=the_invoice(), operator=operator, at=on_day(53))
    assert not paid_late().exists()


def test_a_statement_says_how_each_part_was_worked_out(owing: Account, operator: User) -> None:
    rate(operator)
    pay(owing, operator, 300_000, day=40, reference="Mandat 422")
    pay(owing, operator, 108_000, day=60, reference="Mandat 423")
    claim = send_interest(invoice=the_invoice(), operator=operator, at=on_day(62))
    assert (claim.number, claim.total_cents) == ("I-2027-0001", claim.interest_cents + 4_000)
    text = " ".join(PdfReader(io.BytesIO(bytes(claim.document or b""))).pages[0].extract_text().split())
    # 3 000 € × 10 days, then 1 080 € × 30: the parts make the whole, to the cent.
    found = interest_of(the_invoice())
    assert [(part.cents, part.days, part.interest) for part in found.parts] == [(300_000, 10, 834), (108_000, 30, 901)]
    assert found.interest_cents == 1_735
    for words in ("État liquidatif I-2027-0001", "3 000,00 €", "8,34 €", "1 080,00 €", "9,01 €", "17,35 €", "57,35 €"):
        assert words in text.replace("\u202f", " ").replace("\u00a0", " "), words
    for words in ("2,15 %", "10,15 %", "R. 2192-31", "D. 2192-35", "hors champ de la TVA", "TR-0001", "1er avril 2027"):
        assert words in text.replace("\u202f", " ").replace("\u00a0", " "), words
    assert OutboxMessage.objects.filter(task__endswith=".send_statement").first().payload["claim_id"] == claim.pk


def test_what_was_asked_for_is_settled_when_its_payment_is_entered(owing: Account, operator: User) -> None:
    def enter(day: int, reference: str = "Mandat 500") -> InterestClaim:
        received_on = DAY_0 + timedelta(days=day)
        given = {"received_on": received_on, "reference": reference, "operator": operator, "at": on_day(70)}
        return interest.enter_interest_paid(invoice=the_invoice(), **given)

    rate(operator)
    pay(owing, operator, 408_000, day=50)
    with pytest.raises(interest.NotAskedFor):
        enter(60)
    send_interest(invoice=the_invoice(), operator=operator, at=on_day(52))
    with pytest.raises(interest.PaidInTheFuture):
        enter(71)
    assert enter(60).paid_on == DAY_0 + timedelta(days=60)
    # Put right.
    assert enter(61, "Mandat 501").paid_reference == "Mandat 501"
    assert AuditEntry.objects.filter(action="interest_paid").count() == 2
    assert the_invoice().paid_cents == 408_000


def test_an_operator_may_give_it_up(owing: Account, operator: User) -> None:
    rate(operator)
    pay(owing, operator, 408_000, day=50)
    assert waive_interest(invoice=the_invoice(), operator=operator, at=on_day(52)).is_waived
    assert not paid_late().exists()
    assert not OutboxMessage.objects.filter(task="accounts.tasks.send_mail").exists()


@pytest.mark.parametrize(
    ("day", "change"), [(30, {}), (50, {"state": InvoiceState.CANCELLED}), (50, {"available_on": None})]
)
def test_what_was_not_paid_late_bears_none(owing: Account, operator: User, day: int, change: dict[str, Any]) -> None:
    rate(operator)
    pay(owing, operator, 408_000, day=day)
    Invoice.objects.update(**change)
    assert not paid_late().exists()
    with pytest.raises(interest.NotPaidLate):
        interest_of(the_invoice())


def test_without_a_rate_nothing_is_worked_out(owing: Account, operator: User) -> None:
    pay(owing, operator, 408_000, day=50)
    with pytest.raises(interest.RateMissing):
        send_interest(invoice=the_invoice(), operator=operator, at=on_day(52))
    assert not InterestClaim.objects.exists()


def test_a_rate_is_put_right_until_it_was_used(owing: Account, operator: User) -> None:
    rate(operator, 200)
    with pytest.raises(interest.RateThere):
        rate(operator, 215)
    rate(operator, 215, replace=True)
    assert rate(operator, 215).basis_points == 215
    assert InterestRate.objects.get().basis_points == 215
    pay(owing, operator, 408_000, day=50)
    send_interest(invoice=the_invoice(), operator=operator, at=on_day(52))
    with pytest.raises(interest.RateInUse):
        rate(operator, 300)
    with pytest.raises(interest.NotAHalfYear):
        rate(operator, 215, date(2027, 2, 1))
    with pytest.raises(TextTooShort):
        enter_rate(from_on=HALF, basis_points=1, source=" ", operator=operator, at=on_day(0))


@pytest.mark.parametrize(
    ("basis_points", "from_on", "refusal"),
    [
        (3_001, HALF, interest.RateOutOfBounds),
        (9_999_999_999, HALF, interest.RateOutOfBounds),
        (-1, HALF, interest.RateOutOfBounds),
        (None, HALF, interest.RateOutOfBounds),
        (215, date(1, 1, 1), interest.NotTheseYears),
        (215, date(2021, 7, 1), interest.NotTheseYears),
        (215, date(2028, 1, 1), interest.NotTheseYears),
        (215, date(9999, 7, 1), interest.NotTheseYears),
    ],
)
def test_a_rate_that_cannot_be_is_refused(operator: User, basis_points: int, from_on: date, refusal: Any) -> None:
    with pytest.raises(refusal):
        rate(operator, basis_points, from_on)
    assert not InterestRate.objects.exists()


@pytest.mark.parametrize(("basis_points", "from_on"), [(0, HALF), (3_000, date(2022, 1, 1)), (1, date(2027, 7, 1))])
def test_at_its_bounds_a_rate_is_taken(operator: User, basis_points: int, from_on: date) -> None:
    assert rate(operator, basis_points, from_on).basis_points == basis_points
