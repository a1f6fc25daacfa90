"""A call that is sent again when something has changed since: Stripe knows its key with other words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.clients import invoices
from billing.enums import DifferenceCode, GivenBack, InvoiceKind, InvoiceState, SubscriptionState
from billing.models import Account, Call, Difference, Invoice, Subscription
from billing.services import reconciliation
from billing.services.activation import activate
from billing.services.calls import SETTLED
from billing.services.corrections import correct, credit
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator, ordered, work
from tests.billing.fake import FakeStripe

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


@pytest.fixture
def final(saran: Municipality, fake_stripe: FakeStripe) -> Invoice:
    return finalised(saran, fake_stripe)


def again(fake: FakeStripe) -> None:
    OutboxMessage.objects.exclude(due_at=None).update(due_at=timezone.now())
    deliver(fake)


def waiting() -> list[str]:
    return list(OutboxMessage.objects.filter(task__startswith="billing.").values_list("task", flat=True))


def as_if_kept_before(key: str) -> None:
    Call.objects.filter(key__startswith=key).update(made_at=timezone.now() - SETTLED - timedelta(minutes=1))


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "500", "500_after"])
def test_a_correction_whose_answer_is_lost_goes_on_to_the_invoice_in_its_place(
    fake_stripe: FakeStripe, final: Invoice, how: str
) -> None:
    correct(invoice=final, engagement_number="2026-BC-77", why="Numéro erroné", actor=operator(), at=timezone.now())
    fake_stripe.fails(how, "post /v1/credit_notes")
    work()
    again(fake_stripe)
    again(fake_stripe)
    final.refresh_from_db()
    assert (final.state, final.credit_notes.count()) == (InvoiceState.CANCELLED, 1)
    [another] = Invoice.objects.filter(kind=InvoiceKind.INVOICE).exclude(pk=final.pk)
    assert (another.state, another.left_cents) == (InvoiceState.ISSUED, final.total_cents)
    assert waiting() == []


@pytest.mark.parametrize("how", ["500", "500_after", "lost_after"])
def test_money_that_comes_between_two_tries_does_not_stop_the_credit_note(
    fake_stripe: FakeStripe, final: Invoice, how: str
) -> None:
    credit(
        invoice=final, net_cents=None, why="Tout est annulé", way=GivenBack.NEXT_INVOICE, actor=operator(),
        at=timezone.now(),
    )  # fmt: skip
    fake_stripe.fails(how, "post /v1/credit_notes")
    work()
    fake_stripe.transfer(final.account.stripe_customer, final.total_cents, str(final.number))
    again(fake_stripe)
    if how == "500":
        # Nothing is there, and what was sent a moment ago may still be on its way.
        assert waiting() == ["billing.services.corrections.make_credit_note"]
        as_if_kept_before("credit:")
        again(fake_stripe)
    assert len(list(invoices.credit_notes(invoice_id=final.stripe_id))) == 1
    final.refresh_from_db()
    assert (final.state, final.left_cents) == (InvoiceState.CANCELLED, 0)
    assert waiting() == []


@pytest.mark.parametrize("how", ["lost_after", "500", "500_after"])
def test_an_account_that_changes_between_two_tries_is_one_customer(
    saran: Municipality, fake_stripe: FakeStripe, how: str
) -> None:
    activate(quote=ordered(saran), actor=operator(), at=timezone.now())
    fake_stripe.fails(how, "post /v1/customers")
    work()
    Account.objects.update(legal_name="Ville de Saran", address="2 place de la Liberté")
    as_if_kept_before("customer:")
    again(fake_stripe)
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
    assert len(list(fake_stripe.fake.all("customer"))) == 1


def test_what_was_given_up_is_shown_and_begun_again(fake_stripe: FakeStripe, final: Invoice) -> None:
    correct(invoice=final, engagement_number="2026-BC-77", why="Numéro erroné", actor=operator(), at=timezone.now())
    OutboxMessage.objects.filter(task__endswith="make_credit_note").update(due_at=None, last_error="Reused('')")
    at = fake_stripe.now + timedelta(hours=2)
    assert reconciliation.reconcile(at=at) == 1
    shown = Difference.objects.get(code=DifferenceCode.TASK_GIVEN_UP)
    assert shown.facts == {"task": ["make_credit_note", "Reused"]}
    reconciliation.mend(difference=shown, operator=operator())
    work()
    deliver(fake_stripe)
    assert Invoice.objects.filter(kind=InvoiceKind.INVOICE).count() == 2
    assert reconciliation.reconcile(at=at) == 0
