"""Invoices at Chorus Pro: what an operator saw there, step by step, and the day from which the city has to pay."""

from datetime import timedelta
from typing import Any

import pytest
from django_tenants.utils import schema_context

from accounts.models import AuditEntry, User
from billing.enums import HELD_UP, DepositState, InvoiceKind, InvoiceState
from billing.models import Account, Deposit, Invoice
from billing.services import deposits
from billing.services.deposits import FOLLOWING, deposit_together, enter_step, next_steps
from billing.services.standing import follow
from common.text import TextTooLong
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.owing import DAY_0, account, invoice, on_day, subscription
from tests.tenants.test_lifecycle import now_of, put

S = DepositState
# What BILLING's state machine allows, written apart from the code: the steps that lead from one to another.
ALLOWED = {
    "deposited": [S.TO_DEPOSIT, S.DEPOSITED],
    "read": [S.AVAILABLE, S.SERVICE_DONE, S.ORDERED, S.ACCOUNTED, S.BEING_PAID],
}


@pytest.fixture
def owing(saran: Municipality) -> Account:
    made = account(put(saran, State.ACTIVE))
    subscription(made)
    invoice(made, available_on=None)
    return made


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True, email="operations@example.org")  # type: ignore[return-value]


def the_invoice(number: str = "TR-0001") -> Invoice:
    return Invoice.objects.get(number=number)


def enter(state: str, day: int, *, number: str = "TR-0001", operator: User | None = None, **given: Any) -> Deposit:
    needed = (
        {"flow": "FLUX-0001"} if state == S.DEPOSITED else {"note": "Le SIRET est faux."} if state in HELD_UP else {}
    )
    return enter_step(
        invoice=the_invoice(number),
        state=state,
        seen_on=DAY_0 + timedelta(days=day),
        operator=operator,
        at=on_day(day),
        **{**needed, **given},
    )


def test_the_term_runs_from_the_day_on_which_the_city_could_read_it(owing: Account, operator: User) -> None:
    enter(S.DEPOSITED, 1, operator=operator)
    assert the_invoice().available_on is None
    enter(S.AVAILABLE, 4)
    assert the_invoice().available_on == DAY_0 + timedelta(days=4)
    for state in (S.SERVICE_DONE, S.ORDERED, S.ACCOUNTED, S.BEING_PAID):
        enter(state, 20)
    assert the_invoice().available_on == DAY_0 + timedelta(days=4)
    steps = list(Deposit.objects.all())
    assert [step.flow for step in steps] == ["FLUX-0001"] * 6
    assert steps[0].entered_by == "operations@example.org"
    assert steps[1].entered_by == ""
    assert AuditEntry.objects.filter(action="deposit_entered").earliest("pk").actor == operator


def test_a_step_that_went_unseen_is_no_hindrance(owing: Account) -> None:
    enter(S.DEPOSITED, 1)
    enter(S.ORDERED, 12)
    assert the_invoice().available_on == DAY_0 + timedelta(days=12)


@pytest.mark.parametrize("held", sorted(HELD_UP))
def test_what_is_rejected_is_mended_and_deposited_again_and_its_story_stays(owing: Account, held: DepositState) -> None:
    enter(S.DEPOSITED, 1)
    enter(held, 3, note="Numéro d’engagement inconnu.")
    assert the_invoice().available_on is None
    assert Invoice.objects.to_deposit().get() == the_invoice()
    enter(S.DEPOSITED, 5, flow="FLUX-0002")
    assert not Invoice.objects.to_deposit().exists()
    enter(S.AVAILABLE, 6)
    assert the_invoice().available_on == DAY_0 + timedelta(days=6)
    assert [(step.state, step.flow, step.note) for step in Deposit.objects.all()] == [
        (S.DEPOSITED, "FLUX-0001", ""),
        (held, "FLUX-0001", "Numéro d’engagement inconnu."),
        (S.DEPOSITED, "FLUX-0002", ""),
        (S.AVAILABLE, "FLUX-0002", ""),
    ]


def test_what_was_suspended_has_a_term_of_its_own_once_it_is_completed(owing: Account) -> None:
    enter(S.DEPOSITED, 1)
    enter(S.AVAILABLE, 2)
    enter(S.SUSPENDED, 10)
    follow(owing, at=on_day(50))
    assert owing.subscriptions.get().state == "ACTIVE"
    enter(S.AVAILABLE, 60)
    enter(S.SERVICE_DONE, 70)
    assert the_invoice().available_on == DAY_0 + timedelta(days=60)
    follow(owing, at=on_day(90))
    assert owing.subscriptions.get().state == "ACTIVE"
    follow(owing, at=on_day(91))
    assert owing.subscriptions.get().state == "LATE"


def test_a_city_that_only_reads_writes_again_when_its_invoice_turns_out_to_be_wrong(owing: Account) -> None:
    enter(S.DEPOSITED, 0)
    enter(S.AVAILABLE, 0)
    put(owing.municipality, State.READ_ONLY)
    Account.objects.update(stopped_at=on_day(76))
    enter(S.SUSPENDED, 77)
    assert now_of(owing.municipality).state == State.ACTIVE


def test_several_invoices_share_a_flow_and_one_of_them_may_be_rejected(
    owing: Account, brest: Municipality, operator: User
) -> None:
    other = account(brest)
    invoice(other, "TR-0002", available_on=None)
    both = list(Invoice.objects.all())
    deposit_together(invoices=both, flow="FLUX-7", seen_on=DAY_0, operator=operator, at=on_day(0))
    enter(S.REJECTED, 2, number="TR-0002")
    enter(S.AVAILABLE, 2)
    assert [each.number for each in Invoice.objects.to_deposit()] == ["TR-0002"]
    assert set(Deposit.objects.values_list("flow", flat=True)) == {"FLUX-7"}
    with pytest.raises(deposits.NotTogether) as told:
        deposit_together(invoices=both, flow="FLUX-8", seen_on=DAY_0, operator=operator, at=on_day(3))
    assert "TR-0001" in told.value.message
    assert not Deposit.objects.filter(flow="FLUX-8").exists()


def test_the_same_step_entered_twice_is_one(owing: Account) -> None:
    assert enter(S.DEPOSITED, 1) == enter(S.DEPOSITED, 1)
    assert enter(S.AVAILABLE, 2) == enter(S.AVAILABLE, 2)
    assert Deposit.objects.count() == 2


@pytest.mark.parametrize("before", ["", *DepositState])
@pytest.mark.parametrize("after", DepositState)
def test_each_step_leads_where_it_can_and_nowhere_else(owing: Account, before: str, after: DepositState) -> None:
    allowed = {
        "": ALLOWED["deposited"],
        S.TO_DEPOSIT: [S.DEPOSITED],
        S.DEPOSITED: [*ALLOWED["read"], *HELD_UP],
        S.AVAILABLE: [*ALLOWED["read"][1:], *HELD_UP],
        S.SUSPENDED: [*ALLOWED["deposited"], *ALLOWED["read"], S.REJECTED],
        S.TO_RECYCLE: [*ALLOWED["deposited"], *ALLOWED["read"], S.REJECTED],
        S.REJECTED: ALLOWED["deposited"],
        S.SERVICE_DONE: [*ALLOWED["read"][2:], *HELD_UP],
        S.ORDERED: [*ALLOWED["read"][3:], *HELD_UP],
        S.ACCOUNTED: [*ALLOWED["read"][4:], *HELD_UP],
        S.BEING_PAID: HELD_UP,
    }[before]
    assert FOLLOWING.keys() == {"", *DepositState}
    assert (after in FOLLOWING[before]) is (after in allowed)


def test_what_may_be_entered_now_is_what_is_offered(owing: Account) -> None:
    assert next_steps(the_invoice()) == [S.TO_DEPOSIT, S.DEPOSITED]
    enter(S.DEPOSITED, 1)
    enter(S.ACCOUNTED, 2)
    assert next_steps(the_invoice()) == [S.SUSPENDED, S.TO_RECYCLE, S.REJECTED, S.BEING_PAID]
    Invoice.objects.update(state=InvoiceState.BLOCKED)
    assert next_steps(the_invoice()) == []


@pytest.mark.parametrize(
    ("refusal", "given"),
    [
        (deposits.FlowMissing, {"state": S.DEPOSITED, "day": 1, "flow": ""}),
        (TextTooLong, {"state": S.DEPOSITED, "day": 1, "flow": "F" * 41}),
        (deposits.NotTheNextStep, {"state": S.AVAILABLE, "day": 1}),
        (deposits.NotThatDay, {"state": S.DEPOSITED, "day": -1}),
        (deposits.NotThatDay, {"state": S.DEPOSITED, "day": 2, "seen_on": DAY_0 + timedelta(days=3)}),
    ],
)
def test_what_cannot_be_is_refused(owing: Account, refusal: type[Exception], given: dict[str, Any]) -> None:
    with pytest.raises(refusal):
        enter_step(
            **{
                "invoice": the_invoice(),
                "seen_on": DAY_0 + timedelta(days=given["day"]),
                "operator": None,
                "at": on_day(given.pop("day")),
                "flow": "FLUX-1",
                **given,
            }
        )
    assert not Deposit.objects.exists()


@pytest.mark.parametrize("held", sorted(HELD_UP))
def test_what_is_held_up_says_why(owing: Account, held: DepositState) -> None:
    enter(S.DEPOSITED, 1)
    with pytest.raises(deposits.NoteMissing):
        enter(held, 2, note="  ")


@pytest.mark.parametrize("state", [InvoiceState.DRAFT, InvoiceState.BLOCKED])
def test_what_is_not_issued_is_not_deposited(owing: Account, state: InvoiceState) -> None:
    Invoice.objects.update(state=state)
    with pytest.raises(deposits.NotIssued):
        enter(S.DEPOSITED, 1)
    assert not Invoice.objects.to_deposit().exists()


def test_a_credit_note_is_deposited_if_its_invoice_was(owing: Account) -> None:
    note = invoice(owing, "TR-0002", kind=InvoiceKind.CREDIT_NOTE, corrects=the_invoice())
    assert [each.number for each in Invoice.objects.to_deposit()] == ["TR-0001"]
    enter(S.DEPOSITED, 1)
    assert Invoice.objects.to_deposit().get() == note
    Invoice.objects.filter(number="TR-0001").update(state=InvoiceState.CANCELLED)
    assert Invoice.objects.to_deposit().get() == note


def test_cancelled_before_it_was_deposited_it_is_not_deposited(owing: Account) -> None:
    invoice(owing, "TR-0002", kind=InvoiceKind.CREDIT_NOTE, corrects=the_invoice())
    Invoice.objects.filter(number="TR-0001").update(state=InvoiceState.CANCELLED)
    assert not Invoice.objects.to_deposit().exists()


def test_a_city_does_not_read_what_operators_enter(owing: Account, in_saran: Municipality) -> None:
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(Deposit.objects.all())
    with schema_context("public"):
        assert not Deposit.objects.exists()
