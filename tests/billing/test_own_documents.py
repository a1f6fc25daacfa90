"""What a city reads of its invoices, whom it has us write to, and what it says against one."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context
from pypdf import PdfReader

from accounts.models import AuditEntry
from billing.enums import InvoiceKind, InvoiceState, QuoteState, SubscriptionState
from billing.models import Account, Contact, Invoice, Quote
from billing.services.contacts import ContactExists, GetsNothing, TooManyContacts
from tenants.models import Municipality
from tests.billing.purchases import a_payment, a_quote, an_invoice, an_order, buyer, subscribed
from tests.billing.test_purchase import PAGE, read


@pytest.fixture
def invoice(saran: Municipality) -> Invoice:
    quote = a_quote(buyer(saran, siren="214503021", siret="21450302100013"), state=QuoteState.ACCEPTED)
    an_order(quote)
    subscribed(quote, state=SubscriptionState.ACTIVE)
    return an_invoice(quote)


def test_an_invoice_is_there_as_the_original_and_as_a_plain_file(desk: Client, invoice: Invoice) -> None:
    page = read(desk.get(PAGE))
    assert f"Facture {invoice.number}" in page
    assert "est à payer" in page
    for ending, content in ((".pdf", b"%PDF- with xml"), ("-simple.pdf", b"%PDF- without")):
        answer = desk.get(f"{PAGE}factures/{invoice.pk}{ending}")
        assert answer.content == content
        assert "no-store" in answer.headers["Cache-Control"]
        assert f'filename="{invoice.number}{ending}"' in answer.headers["Content-Disposition"]
    assert desk.get(f"{PAGE}recus/1.pdf").status_code == 404
    paid = a_payment(invoice)
    assert f"Reçu de la facture {invoice.number}" in read(desk.get(PAGE))
    assert desk.get(f"{PAGE}recus/{paid.pk}.pdf").content.startswith(b"%PDF-")


def test_another_citys_documents_do_not_exist(desk: Client, brest: Municipality) -> None:
    account = buyer(brest)
    invoice = an_invoice(a_quote(account))
    contact = account.contacts.create(email="compta@brest.example")
    paid = a_payment(invoice)
    for path in (f"factures/{invoice.pk}.pdf", f"factures/{invoice.pk}-simple.pdf", f"recus/{paid.pk}.pdf"):
        assert desk.get(PAGE + path).status_code == 404
    assert desk.post(f"{PAGE}contacts/{contact.pk}/retirer/").status_code == 404
    assert Contact.objects.filter(pk=contact.pk).exists()


@pytest.mark.parametrize("state", [InvoiceState.DRAFT, InvoiceState.BLOCKED])
def test_what_has_not_left_is_not_read(desk: Client, invoice: Invoice, state: InvoiceState) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(state=state)
    assert desk.get(f"{PAGE}factures/{invoice.pk}.pdf").status_code == 404
    assert str(invoice.number) not in read(desk.get(PAGE))


def test_a_credit_note_is_nothing_to_pay(desk: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran))
    note = an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=an_invoice(quote, state=InvoiceState.CANCELLED))
    page = read(desk.get(PAGE))
    assert f"Avoir {note.number}" in page
    assert "à payer" not in page


def test_the_city_names_who_is_written_to(desk: Client, saran: Municipality) -> None:
    sent = {"contact-name": "Comptabilité", "contact-email": "compta@saran.example", "contact-gets_invoices": "on"}
    assert desk.post(f"{PAGE}contacts/", sent).status_code == 302
    contact = Contact.objects.get(account__municipality=saran)
    assert (contact.gets_invoices, contact.gets_reminders) == (True, False)
    assert "Comptabilité, compta@saran.example" in read(desk.get(PAGE))
    again = desk.post(f"{PAGE}contacts/", sent | {"contact-email": "COMPTA@saran.example"})
    assert (again.status_code, "déjà dans la liste" in read(again)) == (ContactExists.status, True)
    nothing = desk.post(f"{PAGE}contacts/", {"contact-email": "a@saran.example"})
    assert (nothing.status_code, "Dites ce que cette adresse reçoit" in read(nothing)) == (GetsNothing.status, True)
    assert desk.post(f"{PAGE}contacts/{contact.pk}/retirer/").status_code == 302
    assert desk.post(f"{PAGE}contacts/{contact.pk}/retirer/").status_code == 404
    with schema_context(saran.schema_name):
        done = AuditEntry.objects.filter(subject_type="billing.contact").order_by("pk")
        assert [each.action for each in done] == ["billing_contact_added", "billing_contact_removed"]


def test_ten_people_at_most(desk: Client, saran: Municipality) -> None:
    account = buyer(saran)
    Contact.objects.bulk_create(Contact(account=account, email=f"a{each}@saran.example") for each in range(10))
    answer = desk.post(f"{PAGE}contacts/", {"contact-email": "b@saran.example", "contact-gets_invoices": "on"})
    assert (answer.status_code, Contact.objects.count()) == (TooManyContacts.status, 10)
    assert "Dix adresses au plus" in read(answer)


def test_an_overdue_invoice_can_be_objected_to_and_only_such_a_one(
    desk: Client, saran: Municipality, invoice: Invoice
) -> None:
    said = {"words": "La prestation n’a pas commencé à la date prévue."}
    assert "Envoyer votre" not in read(desk.get(PAGE))
    assert desk.post(f"{PAGE}contester/", said).status_code == 409
    late = timezone.localdate() - timedelta(days=40)
    an_invoice(Quote.objects.get(), issued_on=late, available_on=late)
    assert "Vous n’êtes pas d’accord avec une facture" in read(desk.get(PAGE))
    assert desk.post(f"{PAGE}contester/", {"words": "non"}).status_code == 422
    assert desk.post(f"{PAGE}contester/", said).status_code == 302
    account = Account.objects.get(municipality=saran)
    assert account.is_objected
    page = read(desk.get(PAGE))
    assert "Nous avons votre contestation" in page
    assert "Vous n’êtes pas d’accord" not in page
    assert desk.post(f"{PAGE}contester/", said).status_code == 409


def test_the_page_asks_as_much_with_many_documents(desk: Client, invoice: Invoice, saran: Municipality) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(PAGE).status_code == 200
        return len(captured)

    a_payment(invoice)
    queries()
    before = queries()
    account = Account.objects.get(municipality=saran)
    for number in range(8):
        account.contacts.create(email=f"a{number}@saran.example")
        quote = a_quote(account)
        an_order(quote)
        a_payment(an_invoice(quote))
    assert queries() == before


def test_a_buyers_file_has_all_its_papers_in_one_download(desk: Client, saran: Municipality, invoice: Invoice) -> None:
    answer = desk.get(f"{PAGE}dossier.zip")
    assert 'filename="dossier-achat-saran.zip"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        words = {name: text_of(file.read(name)) for name in file.namelist()}
    quote = Quote.objects.get()
    assert list(words) == [f"devis-{quote.number}.pdf", "accord-donnees-personnelles.pdf", "annexe-de-securite.pdf"]
    agreement, annex = words["accord-donnees-personnelles.pdf"], words["annexe-de-securite.pdf"]
    assert "paragraphe 3, du RGPD" in agreement
    assert "1. Objet et rôles" in agreement
    assert "13. Les contacts" in agreement
    assert "article 11" not in agreement
    assert "Entre la collectivité, Commune de Saran" in agreement
    assert "Fait à" in agreement
    assert "un schéma et un rôle propres" in annex
    assert "<" not in agreement + annex
    # Bank details, as soon as they are known.
    assert desk.get(f"{PAGE}dossier/banque.pdf").status_code == 404
    Account.objects.update(iban="FR7630006000011234567890189", bic="AGRIFRPP", bank_holder="Exemple")
    assert "FR76 3000 6000" in text_of(desk.get(f"{PAGE}dossier/banque.pdf").content)


def test_without_a_quote_there_is_no_file_for_a_buyer(desk: Client) -> None:
    assert desk.get(f"{PAGE}dossier.zip").status_code == 404


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))
