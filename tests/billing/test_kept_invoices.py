"""From Stripe's draft to the file that leaves, and what becomes of it: a number is for ever, and so is what it says."""

import random
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.documents import issuing as documents
from billing.documents.facturx import xml_of
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Account, Invoice
from billing.services.codes import EngagementRefused, ServiceCodeRefused, checked_engagement, checked_service_code
from billing.services.corrections import correct
from billing.services.selling import PRODUCT
from tenants.models import Municipality
from tests.billing.buying import deliver, operator, subscribed
from tests.billing.factories import a_subscription, an_account, an_invoice_row
from tests.billing.fake import FakeStripe
from tests.billing.test_documents_files import words


@pytest.fixture(autouse=True)
def _rules_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The validator is asked in test_issuing.py: it takes seconds."""
    monkeypatch.setattr(documents, "rule_problems", lambda xml: [])


def bought(city: Municipality, fake: FakeStripe) -> Account:
    subscribed(city, fake)
    Account.objects.update(address="Place de la Mairie", postcode="45770", town="Saran")
    return Account.objects.get(municipality=city)


def said(invoice: Invoice) -> list[Any]:
    return [invoice.number, invoice.issued_on, bytes(invoice.facturx), bytes(invoice.plain), invoice.lines]


def test_what_stripe_numbers_leaves_and_stays_whatever_comes_again(
    saran: Municipality, brest: Municipality, fake_stripe: FakeStripe
) -> None:
    account = bought(saran, fake_stripe)
    fake_stripe.later(hours=1)
    deliver(fake_stripe)
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.number, invoice.problems) == (InvoiceState.ISSUED, "FAC-00001", [])
    assert invoice.lines[0]["label"] == PRODUCT
    before = said(invoice)
    bought(brest, fake_stripe)
    fake_stripe.later(days=40)
    fake_stripe.transfer(account.stripe_customer, invoice.total_cents)
    deliver(fake_stripe, copies=2, shuffled=random.Random(4711))
    invoice.refresh_from_db()
    assert (said(invoice), invoice.state) == (before, InvoiceState.PAID)
    # The series goes on from month to month.
    assert [each.number for each in Invoice.objects.order_by("number")] == ["FAC-00001", "FAC-00002"]


def test_a_correction_leaves_as_a_credit_note_and_another_invoice(saran: Municipality, fake_stripe: FakeStripe) -> None:
    bought(saran, fake_stripe)
    fake_stripe.later(hours=1)
    deliver(fake_stripe)
    wrong = Invoice.objects.get()
    correct(invoice=wrong, engagement_number="BC-77", why="Mauvais numéro", actor=operator(), at=timezone.now())
    deliver(fake_stripe)
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    another = Invoice.objects.get(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED)
    assert (note.problems, another.problems) == ([], [])
    text = words(bytes(note.plain))
    assert f"Avoir : {PRODUCT[0].lower()}{PRODUCT[1:]}" in text
    assert "escompte" not in text
    assert "Mauvais numéro" in text
    assert "Commune de Saran" in text
    assert f">{wrong.number}<".encode() in (xml_of(bytes(note.facturx)) or b"")
    assert b">BC-77<" in (xml_of(bytes(another.facturx)) or b"")


@pytest.mark.parametrize(
    "change",
    [
        {"number": "3F2A-0002"},
        {"number": None},
        {"total_cents": 1},
        {"facturx": b"other"},
        {"plain": None},
        {"lines": []},
        {"issued_on": date(2026, 12, 2)},
        {"corrects_id": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_has_left_is_never_changed_not_even_by_hand(db: None, saran: Municipality, change: dict[str, Any]) -> None:
    row = an_invoice_row(a_subscription(an_account(saran)), facturx=b"%PDF", plain=b"%PDF", issued_on=date(2026, 12, 1))
    rows = Invoice.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        rows.delete()
    rows.update(paid_cents=408_000, state=InvoiceState.PAID)


def test_what_chorus_would_refuse_is_refused_where_it_is_typed(db: None, saran: Municipality) -> None:
    account = an_account(saran)
    for wrong in ("FINANCES#1", "Compta é", "double  espace", "A" * 101):
        with pytest.raises(ServiceCodeRefused):
            checked_service_code(wrong)
    for wrong in ("A" * 51, "n° 12", "12   13"):
        with pytest.raises(EngagementRefused):
            checked_engagement(account, wrong)
    assert checked_service_code(" DIRECTION FINANCES ") == "DIRECTION FINANCES"
