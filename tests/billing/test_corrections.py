"""What was issued is corrected by a credit note, and by another invoice; each once, whatever dies."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from billing.clients import invoices
from billing.enums import GivenBack, InvoiceKind, InvoiceState, PaymentKind
from billing.models import Invoice
from billing.services.codes import EngagementRefused
from billing.services.corrections import CentsDoNotFit, CreditUnderWay, NothingToRefund, NotToCredit, correct, credit
from common import outbox
from common.models import OutboxMessage
from common.refusals import Refusal
from common.text import TextTooShort
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator, work
from tests.billing.fake import FakeStripe

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]

WHY = "Numéro d’engagement erroné"


@pytest.fixture
def final(saran: Municipality, fake_stripe: FakeStripe) -> Invoice:
    return finalised(saran, fake_stripe)


def take_back(invoice: Invoice, **given: Any) -> None:
    values = {"net_cents": None, "why": WHY, "way": GivenBack.NEXT_INVOICE, "actor": operator(), "at": timezone.now()}
    credit(invoice=invoice, **{**values, **given})


def notes() -> list[Invoice]:
    return list(Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE).order_by("pk"))


def test_an_invoice_is_taken_back_whole_by_a_credit_note_that_says_why(fake_stripe: FakeStripe, final: Invoice) -> None:
    take_back(final)
    with pytest.raises(CreditUnderWay):
        take_back(final)
    deliver(fake_stripe)
    [note] = notes()
    final.refresh_from_db()
    assert (note.corrects, note.number, note.state) == (final, f"{final.number}-CN-01", InvoiceState.ISSUED)
    assert (note.net_cents, note.vat_cents, note.total_cents) == (final.net_cents, final.vat_cents, final.total_cents)
    assert note.lines[0]["label"] == WHY
    assert (final.state, final.left_cents) == (InvoiceState.CANCELLED, 0)
    assert AuditEntry.objects.get(action="credit_note_asked_for").details["number"] == final.number
    with pytest.raises(NotToCredit):
        take_back(final)


def test_a_part_is_taken_back_and_then_another(fake_stripe: FakeStripe, final: Invoice) -> None:
    for part in (100_00, 50_01):
        take_back(final, net_cents=part)
        deliver(fake_stripe)
        final.refresh_from_db()
    assert [each.total_cents for each in notes()] == [120_00, 60_01]
    with pytest.raises(NotToCredit):
        take_back(final, net_cents=final.net_cents - 150_00)
    assert (final.state, final.left_cents) == (InvoiceState.ISSUED, final.total_cents - 180_01)


def test_parts_take_it_all_back_to_the_cent(fake_stripe: FakeStripe, final: Invoice) -> None:
    left = final.net_cents
    take_back(final, net_cents=2)
    deliver(fake_stripe)
    final.refresh_from_db()
    with pytest.raises(CentsDoNotFit) as refusal:
        take_back(final, net_cents=6)
    assert "0,05\u00a0€, 0,08\u00a0€" in str(refusal.value.message)
    for part in (5, 1_234_55, None):
        take_back(final, net_cents=part)
        deliver(fake_stripe)
        final.refresh_from_db()
    assert (final.state, final.left_cents, final.credited_cents) == (InvoiceState.CANCELLED, 0, final.total_cents)
    assert sum(each.net_cents for each in notes()) == left
    assert invoices.retrieve_invoice(final.stripe_id).remaining == 0


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "500", "500_after"])
def test_a_failure_around_the_call_makes_one_credit_note(fake_stripe: FakeStripe, final: Invoice, how: str) -> None:
    take_back(final)
    fake_stripe.fails(how, "post /v1/credit_notes")
    work()
    assert not any(each.times for each in fake_stripe.fake.failures)
    OutboxMessage.objects.update(due_at=timezone.now())
    deliver(fake_stripe)
    assert len(notes()) == 1
    assert not OutboxMessage.objects.filter(task__startswith="billing.").exists()
    final.refresh_from_db()
    assert final.state == InvoiceState.CANCELLED


def test_what_was_paid_is_sent_back_where_stripe_has_it(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    deliver(fake_stripe)
    final.refresh_from_db()
    take_back(final, way=GivenBack.REFUND)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert [(each.kind, each.cents) for each in final.payments.order_by("pk")] == [
        (PaymentKind.TRANSFER, final.total_cents),
        (PaymentKind.REFUND, -final.total_cents),
    ]
    assert (final.state, final.left_cents) == (InvoiceState.CANCELLED, 0)


def test_what_came_outside_stripe_is_paid_back_outside_it(fake_stripe: FakeStripe, final: Invoice) -> None:
    final.payments.create(
        account=final.account, kind=PaymentKind.BY_HAND, cents=final.total_cents, received_on=date(2026, 12, 20),
        created_at=timezone.now(),
    )  # fmt: skip
    Invoice.objects.filter(pk=final.pk).update(paid_cents=final.total_cents, state=InvoiceState.PAID)
    with pytest.raises(NothingToRefund):
        take_back(final, way=GivenBack.REFUND)


def test_another_takes_its_place_with_the_right_engagement_number(fake_stripe: FakeStripe, final: Invoice) -> None:
    correct(invoice=final, engagement_number="2026-BC-77", why=WHY, actor=operator(), at=timezone.now())
    for _again in range(2):
        deliver(fake_stripe, copies=2)
    final.refresh_from_db()
    assert final.state == InvoiceState.CANCELLED
    [another] = Invoice.objects.filter(kind=InvoiceKind.INVOICE).exclude(pk=final.pk)
    assert (another.state, another.engagement_number) == (InvoiceState.ISSUED, "2026-BC-77")
    for name in ("subscription_id", "net_cents", "vat_cents", "total_cents", "period_begins_on", "period_ends_on"):
        assert getattr(another, name) == getattr(final, name), name
    assert [each["label"] for each in another.lines] == [each["label"] for each in final.lines]
    assert another.number != final.number


def test_what_was_paid_pays_the_one_that_takes_its_place(fake_stripe: FakeStripe, final: Invoice) -> None:
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    deliver(fake_stripe)
    correct(invoice=final, engagement_number="2026-BC-77", why=WHY, actor=operator(), at=timezone.now())
    deliver(fake_stripe)
    another = Invoice.objects.filter(kind=InvoiceKind.INVOICE).exclude(pk=final.pk).get()
    assert (another.state, another.left_cents) == (InvoiceState.PAID, 0)


def _draft(invoice: Invoice) -> dict[str, Any]:
    Invoice.objects.filter(pk=invoice.pk).update(state=InvoiceState.DRAFT)
    return {}


def _credit_note(invoice: Invoice) -> dict[str, Any]:
    Invoice.objects.filter(pk=invoice.pk).update(kind=InvoiceKind.CREDIT_NOTE)
    return {}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (_draft, NotToCredit),
        (_credit_note, NotToCredit),
        (lambda invoice: {"net_cents": 0}, NotToCredit),
        (lambda invoice: {"net_cents": -1}, NotToCredit),
        (lambda invoice: {"net_cents": invoice.net_cents + 1}, NotToCredit),
        (lambda invoice: {"why": "?"}, TextTooShort),
    ],
)
def test_what_cannot_be_taken_back_is_refused(
    final: Invoice, given: Callable[[Invoice], dict[str, Any]], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        take_back(final, **given(final))
    assert not outbox.messages_of(outbox._handlers["billing.services.corrections.make_credit_note"]).exists()


def test_an_engagement_number_that_chorus_would_refuse_is_refused_before(final: Invoice) -> None:
    with pytest.raises(EngagementRefused):
        correct(invoice=final, engagement_number="É" * 60, why=WHY, actor=operator(), at=timezone.now())
