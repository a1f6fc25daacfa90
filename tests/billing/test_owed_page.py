"""What a town hall reads where an invoice is to be paid, late, held up at Chorus Pro, or paid too much."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.enums import DepositState, PaymentKind, QuoteState, SubscriptionState
from billing.models import Account, Deposit, Invoice, Quote, Subscription
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.purchases import NOW, TODAY, a_quote, an_invoice, an_order, buyer, subscribed
from tests.billing.test_purchase import PAGE, read
from tests.tenants.test_lifecycle import put

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def invoice(desk: Client, saran: Municipality) -> Invoice:
    quote: Quote = a_quote(buyer(saran, siren="214503021", iban=IBAN), state=QuoteState.ACCEPTED)
    an_order(quote, siret="21450302100013")
    subscribed(quote, state=SubscriptionState.ACTIVE)
    day = timezone.localdate() - timedelta(days=90)
    return an_invoice(quote, issued_on=day, available_on=day)


def seen(desk: Client) -> str:
    return read(desk.get(PAGE)).replace("\u202f", " ").replace("\xa0", " ")


def test_what_is_to_be_paid_is_said_with_all_that_it_takes(desk: Client, invoice: Invoice, saran: Municipality) -> None:
    page = seen(desk)
    for words in (f"Pour payer la facture {invoice.number}", "4 080 €", "FR76 3000 6000 0112 3456 7890 189"):
        assert words in page
    Subscription.objects.update(state=SubscriptionState.LATE)
    Account.objects.update(stopped_at=NOW)
    put(saran, LifecycleState.READ_ONLY)
    page = seen(desk)
    assert "en lecture seule faute de ce paiement" in page
    assert "aussitôt écrire de nouveau" in page


def test_what_chorus_pro_has_sent_back_is_not_to_be_paid(desk: Client, invoice: Invoice) -> None:
    Deposit.objects.create(
        invoice=invoice, state=DepositState.REJECTED, note="Code service pas ouvert", seen_on=TODAY, created_at=NOW
    )
    page = seen(desk)
    assert "Code service pas ouvert" in page
    assert "rien à payer pour l’instant" in page
    assert f"Pour payer la facture {invoice.number}" not in page


def test_what_came_too_much_is_said(desk: Client, invoice: Invoice) -> None:
    assert "n’ont payé aucune facture" not in seen(desk)
    invoice.account.payments.create(kind=PaymentKind.BY_HAND, cents=22_000, received_on=TODAY, created_at=NOW)
    assert "220 € que nous avons reçus n’ont payé aucune facture" in seen(desk)
