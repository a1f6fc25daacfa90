"""Pages of operators that offer only what can be done, and say what they mean."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.enums import InvoiceKind, InvoiceState, PaymentKind
from billing.models import Call, Contact, InterestRate, Invoice, PurchaseOrder, Quote, Subscription
from billing.services.codes import ServiceCodeOfNobody, checked_service_code
from billing.services.contacts import ContactGone, change_contact
from billing.services.interest import half_year_of
from billing.services.papers import document_of
from billing.services.payments import key_of
from tests.accounts.factories import UserFactory
from tests.billing.purchases import a_payment, an_invoice
from tests.billing.test_ops import PAGE, days_ago, late, ops, quote
from tests.billing.test_purchase import read

__all__ = ["ops", "quote"]


def test_a_payment_that_stripe_was_told_of_is_neither_taken_back_nor_moved(ops: Client, quote: Quote) -> None:
    invoice, other = late(quote), late(quote)
    paid = a_payment(invoice, kind=PaymentKind.BY_HAND)
    city = quote.account.municipality_id
    take_back, move = f"{PAGE}paiements/{paid.pk}/retirer/", f"{PAGE}paiements/{paid.pk}/affecter/"
    assert take_back in ops.get(f"{PAGE}factures/{invoice.pk}/").content.decode()
    assert move in ops.get(f"{PAGE}collectivites/{city}/argent/").content.decode()
    Call.objects.create(key=key_of(invoice), made_at=timezone.now())
    assert take_back not in ops.get(f"{PAGE}factures/{invoice.pk}/").content.decode()
    assert move not in ops.get(f"{PAGE}collectivites/{city}/argent/").content.decode()
    lying = quote.account.payments.create(
        kind=PaymentKind.BY_HAND, cents=5, received_on=days_ago(1), created_at=timezone.now()
    )
    move = f"{PAGE}paiements/{lying.pk}/affecter/"
    assert move in ops.get(f"{PAGE}collectivites/{city}/argent/").content.decode()
    Invoice.objects.filter(pk=other.pk).update(state=InvoiceState.CANCELLED)
    assert move not in ops.get(f"{PAGE}collectivites/{city}/argent/").content.decode()


def test_interest_says_of_what_it_is_before_it_is_asked_for(ops: Client, quote: Quote) -> None:
    invoice = late(quote)
    a_payment(invoice, cents=100_000, received_on=days_ago(5))
    a_payment(invoice, cents=308_000, received_on=days_ago(0))
    path = f"{PAGE}factures/{invoice.pk}/"
    assert f'href="{PAGE}taux/"' in ops.get(path).content.decode()
    InterestRate.objects.create(
        from_on=half_year_of(days_ago(14)), basis_points=215, source="BCE", entered_at=timezone.now()
    )
    words = read(ops.get(path)).replace("\xa0", " ")
    assert "1 000 € payés avec 10 jours de retard, à 10,15 % l’an" in words
    assert "3 080 € payés avec 15 jours de retard, à 10,15 % l’an" in words


def test_a_rate_is_a_rate_and_replaces_none_unsaid(ops: Client) -> None:
    sent: dict[str, Any] = {"from_on": "2026-07-01", "basis_points": "2,15 %", "source": "ecb.europa.eu"}
    assert ops.post(f"{PAGE}taux/", sent).status_code == 302
    assert InterestRate.objects.get().basis_points == 215
    assert "Écrivez un taux" in read(ops.post(f"{PAGE}taux/", sent | {"basis_points": "deux"}))
    other = sent | {"basis_points": "2,25"}
    told = ops.post(f"{PAGE}taux/", other)
    assert (told.status_code, "Un taux de 2,15" in read(told).replace("\xa0", " ")) == (422, True)
    assert 'name="replace"' in told.content.decode()
    assert ops.post(f"{PAGE}taux/", other | {"replace": "on"}).status_code == 302
    assert InterestRate.objects.get().basis_points == 225


def test_the_page_of_a_city_says_its_period_and_leads_to_its_order(ops: Client, quote: Quote) -> None:
    Subscription.objects.update(period_begins_on="2026-01-01", period_ends_on="2026-12-31", ends_on="2026-12-31")
    PurchaseOrder.objects.update(file=b"%PDF-1.7", file_name="bon.pdf")
    an_invoice(quote, available_on=days_ago(0))
    page = ops.get(f"{PAGE}collectivites/{quote.account.municipality_id}/")
    words = read(page).replace("\xa0", " ")
    for said in (
        "du 1er janvier 2026 au 31 décembre 2026",
        "Facturation de l’année",
        "reste 4 080 € à payer",
        "à payer avant le",
    ):
        assert said in words
    path = f"{PAGE}commandes/{quote.number}.pdf"
    assert f'href="{path}"' in page.content.decode()
    assert ops.get(path).content == b"%PDF-1.7"


@pytest.mark.parametrize(("paid", "said"), [(0, True), (100, False)])
def test_a_credit_note_says_what_becomes_of_its_sum(quote: Quote, paid: int, said: bool) -> None:
    invoice = an_invoice(quote, paid_cents=paid)
    note = an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice)
    assert ("est déduit de ce qui reste à payer" in document_of(note, bank=None).terms) is said


def test_the_code_that_everybody_has_is_no_service_code() -> None:
    with pytest.raises(ServiceCodeOfNobody):
        checked_service_code(" factures_publiques ")
    assert checked_service_code("FINANCES") == "FINANCES"


def test_operators_put_the_contacts_of_a_city_right(ops: Client, quote: Quote) -> None:
    first, other = (quote.account.contacts.create(email=f"{name}@saran.example") for name in ("comta", "accueil"))
    city, own = f"{PAGE}collectivites/{quote.account.municipality_id}/", f"{PAGE}contacts/{first.pk}/"
    page = ops.get(city).content.decode()
    assert own in page
    assert page.count('id="contacts"') == 1

    def sent(**changes: str) -> dict[str, str]:
        given = {"name": "Finances", "email": "compta@saran.example", "gets_invoices": "on", **changes}
        return {f"contact_{first.pk}-{name}": value for name, value in given.items()}

    assert ops.post(own, sent()).status_code == 302
    first.refresh_from_db()
    assert (first.name, first.email, first.gets_invoices, first.gets_reminders) == (
        "Finances",
        "compta@saran.example",
        True,
        False,
    )
    taken = ops.post(own, sent(email=other.email.upper()))
    assert (taken.status_code, "déjà dans la liste" in read(taken)) == (409, True)
    nothing = ops.post(own, sent(gets_invoices=""))
    assert (nothing.status_code, "Dites ce que cette adresse reçoit" in read(nothing)) == (422, True)
    gone = Contact.objects.get(pk=first.pk)
    assert ops.post(f"{own}retirer/").status_code == 302
    assert ops.post(f"{own}retirer/").status_code == 404
    with pytest.raises(ContactGone):  # taken out while somebody was changing it
        change_contact(
            contact=gone, name="", email="c@saran.example", gets_invoices=True, gets_reminders=True, actor=UserFactory()
        )
    assert list(quote.account.contacts.all()) == [other]
