"""What the demonstration city has bought, from the fake Stripe and from no other."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from billing.documents import issuing as documents
from billing.enums import InvoiceState
from billing.models import Account, Invoice, PlanVersion
from billing.selectors.subscription import Stage, situation_of
from billing.services.mirror_invoices import mirror_invoice
from billing.services.reconciliation import reconcile
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.fake import FakeStripe


@pytest.fixture
def city(saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    """As `make run` has it. The validator is asked in test_issuing.py: it takes seconds."""
    monkeypatch.setattr(documents, "rule_problems", lambda xml: [])
    known = {"siren": "214503021", "population": 16_412, "state": LifecycleState.ACTIVE}
    Municipality.objects.filter(pk=saran.pk).update(**known)
    with schema_context(saran.schema_name):
        UserFactory(role=Role.ADMINISTRATOR)
    return Municipality.objects.get(pk=saran.pk)


def load() -> str:
    said = StringIO()
    call_command("load_demo_billing", stderr=said)
    return said.getvalue()


def rows() -> list[Any]:
    return list(Invoice.objects.order_by("pk").values_list("number", "state", "total_cents", "paid_cents"))


def test_last_year_s_invoice_is_paid_and_this_year_s_waits_whatever_is_run_again(
    city: Municipality, fake_stripe: FakeStripe
) -> None:
    assert "one that waits" in load()
    found = situation_of(city, at=timezone.now())
    assert found.stage == Stage.ACTIVE
    assert found.quote
    assert found.order
    waiting, paid = found.invoices
    today = timezone.localdate()
    assert (paid.state, paid.left_cents) == (InvoiceState.PAID, 0)
    assert paid.issued_on
    assert today - timedelta(days=385) < paid.issued_on < today - timedelta(days=370)
    assert paid.payments.get().reference.startswith("MANDAT ")
    assert (waiting.state, waiting.left_cents) == (InvoiceState.ISSUED, waiting.total_cents)
    assert waiting.available_on
    assert waiting.due_on
    assert waiting.available_on < today < waiting.due_on
    # It was ordered again, for its own budget year.
    assert [each.engagement_number for each in found.years][:2] == [paid.engagement_number, waiting.engagement_number]
    assert paid.engagement_number != waiting.engagement_number
    assert found.years[0].quote_id != found.years[1].quote_id == found.quote.pk
    assert reconcile(at=timezone.now()) == 0, "Stripe says the same"
    before = rows()
    assert "left as it is" in load()
    assert rows() == before
    # Kept for weeks, it pays before it is overdue.
    Invoice.objects.filter(pk=waiting.pk).update(available_on=today - timedelta(days=25))
    load()
    mirror_invoice(waiting.stripe_id, at=timezone.now())
    assert {each[1] for each in rows()} == {InvoiceState.PAID}
    before = rows()
    fake_stripe.reset()
    assert "has lost its account" in load()
    assert rows() == before


def test_nothing_is_sold_at_a_real_stripe_nor_where_somebody_else_has_bought(
    city: Municipality, fake_stripe: FakeStripe, settings: Any
) -> None:
    settings.STRIPE_API_BASE = ""
    assert "not the fake" in load()
    settings.STRIPE_API_BASE = fake_stripe.address
    brest = Municipality.objects.get(slug="brest")
    Account.objects.create(municipality=brest, legal_name="Brest", stripe_customer="cus_1", created_at=timezone.now())
    assert "has bought already" in load()
    assert (rows(), fake_stripe.kinds) == ([], [])
    assert PlanVersion.objects.get().from_on.year == 2026
