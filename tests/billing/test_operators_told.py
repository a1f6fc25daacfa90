"""What happens at Stripe beside what we ask of it: held back, or shown to operators, with what to do."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing.clients import invoices, stripe
from billing.documents import issuing as documents
from billing.documents.identifiers import check_number
from billing.enums import DifferenceCode, GivenBack, InvoiceKind, InvoiceState
from billing.models import Difference, Invoice, Subscription, WebhookEvent
from billing.services import reconciliation
from billing.services.corrections import credit
from billing.services.issuing import issue_what_waits
from common.models import OutboxMessage
from deploy.local.fake_stripe import invoices as fake_invoices
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator
from tests.billing.fake import FakeStripe

__all__ = ["issued_at_once"]
at_once = pytest.mark.usefixtures("issued_at_once")


def reconcile(fake: FakeStripe) -> list[str]:
    reconciliation.reconcile(at=fake.now + timedelta(hours=2))
    return list(Difference.objects.filter(mended_at=None, explained_at=None).values_list("code", flat=True))


def mails() -> list[str]:
    sent = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").order_by("created_at")
    return [each.payload["subject"] for each in sent]


def test_the_invoice_of_a_subscription_that_nobody_ordered_is_held_back_until_an_operator_says_what_it_is(
    saran: Municipality, fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "rule_problems", lambda xml: [])
    first = finalised(saran, fake_stripe)
    known = stripe.retrieve_subscription(Subscription.objects.get().stripe_id)
    made = stripe.create_subscription(
        key="by hand", customer_id=known.customer_id, price_id=known.items[0].price_id, tax_rate_id=None, metadata={}
    )
    fake_stripe.later(hours=1)
    deliver(fake_stripe)
    invoice = Invoice.objects.exclude(pk=first.pk).get()
    assert (invoice.state, invoice.number) == (InvoiceState.BLOCKED, "FAC-00002")
    assert [each["code"] for each in invoice.problems] == ["NOT_ORDERED"]
    assert made.id in invoice.problems[0]["words"]
    assert "NOT_ORDERED" not in {each["code"] for each in Invoice.objects.get(pk=first.pk).problems}
    told = len(mails())
    issue_what_waits(at=timezone.now())
    invoice.refresh_from_db()
    assert (invoice.state, len(mails())) == (InvoiceState.BLOCKED, told)
    assert reconcile(fake_stripe) == [DifferenceCode.SUBSCRIPTION_UNKNOWN]
    reconciliation.explain(
        difference=Difference.objects.get(), words="Payée deux fois, annulée.", operator=operator(), at=timezone.now()
    )
    issue_what_waits(at=timezone.now())
    invoice.refresh_from_db()
    assert "NOT_ORDERED" not in {each["code"] for each in invoice.problems}


@at_once
@pytest.mark.parametrize(("kind", "status"), [("refund.failed", "failed"), ("refund.updated", "canceled")])
def test_a_refund_that_fails_later_is_told_to_operators_once(
    saran: Municipality, fake_stripe: FakeStripe, kind: str, status: str
) -> None:
    final = finalised(saran, fake_stripe)
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents)
    deliver(fake_stripe)
    final.refresh_from_db()
    credit(
        invoice=final, net_cents=None, why="Tout est annulé", way=GivenBack.REFUND, actor=operator(), at=timezone.now()
    )
    deliver(fake_stripe)
    deliver(fake_stripe)
    before = len(mails())
    [refund] = fake_stripe.fake.all("refund")
    refund["status"] = status
    for each in (kind, "refund.updated"):
        fake_stripe.fake.emit(each, refund)
        deliver(fake_stripe)
    final.refresh_from_db()
    assert final.left_cents == -final.total_cents
    assert ["refusé" in each for each in mails()[before:]] == [True]


@at_once
def test_a_card_payment_that_is_contested_is_shown_until_it_is_answered(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    finalised(saran, fake_stripe)
    with fake_stripe.fake.lock:
        dispute = fake_stripe.fake.new("dp", "dispute", amount=408_000, status="needs_response")
        fake_stripe.fake.emit("charge.dispute.created", dispute)
    deliver(fake_stripe)
    assert WebhookEvent.objects.get(type="charge.dispute.created").outcome == "for_operators"
    assert reconcile(fake_stripe) == [DifferenceCode.CARD_DISPUTED]
    with fake_stripe.fake.lock:
        fake_stripe.fake.emit("charge.dispute.closed", dispute)
    deliver(fake_stripe)
    assert reconcile(fake_stripe) == []


@at_once
def test_an_invoice_that_had_left_and_is_voided_at_stripe_is_shown(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    final = finalised(saran, fake_stripe)
    with transaction.atomic():
        Invoice.objects.filter(pk=final.pk).update(facturx=b"%PDF-", plain=b"%PDF-")
    invoices.void_invoice(key="dashboard", invoice_id=final.stripe_id)
    deliver(fake_stripe)
    final.refresh_from_db()
    assert final.state == InvoiceState.CANCELLED
    assert reconcile(fake_stripe) == [DifferenceCode.INVOICE_VOIDED]
    shown = Difference.objects.get(code=DifferenceCode.INVOICE_VOIDED)
    assert (shown.object_id, shown.account) == (final.number, final.account)
    reconciliation.explain(
        difference=shown, words="La collectivité a été prévenue.", operator=operator(), at=timezone.now()
    )
    assert reconcile(fake_stripe) == []


@at_once
def test_the_longest_numbers_of_stripe_have_room(
    saran: Municipality, fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_invoices, "SERIES", "TERRITOIRESR")
    final = finalised(saran, fake_stripe)
    credit(
        invoice=final, net_cents=None, why="Tout est annulé", way=GivenBack.NEXT_INVOICE, actor=operator(),
        at=timezone.now(),
    )  # fmt: skip
    deliver(fake_stripe)
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert note.number == "TERRITOIRESR-00001-CN-01"
    assert check_number(note.number) == []
