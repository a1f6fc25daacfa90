"""*Facturation*, for operators: what waits for them, and each with what they do about it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from billing.enums import (
    DepositState,
    DifferenceCode,
    InvoiceKind,
    InvoiceState,
    PaymentKind,
    QuoteState,
    SubscriptionState,
)
from billing.models import Account, Call, Difference, Invoice, Payment, Quote
from billing.ops.differences import NAMES
from billing.selectors import differences
from billing.selectors.overview import revenue
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.purchases import a_payment, a_quote, an_invoice, an_order, buyer, subscribed
from tests.billing.test_purchase import read

PAGE = "/ops/facturation/"


@pytest.fixture
def ops(visit: Callable[..., Client], db: None) -> Client:
    return visit(None, UserFactory(operator=True, email="operation@example.org"))


@pytest.fixture
def quote(saran: Municipality) -> Quote:
    found = a_quote(buyer(saran, siren="214503021", siret="21450302100013"), state=QuoteState.ACCEPTED)
    an_order(found)
    subscribed(found, state=SubscriptionState.ACTIVE)
    return found


def days_ago(days: int) -> Any:
    return timezone.localdate() - timedelta(days=days)


def late(quote: Quote, **changes: Any) -> Invoice:
    return an_invoice(quote, issued_on=days_ago(50), available_on=days_ago(45), **changes)


def test_where_nothing_waits_the_page_says_so(ops: Client) -> None:
    Municipality.objects.update(trial_ends_on=timezone.localdate() + timedelta(days=60))
    assert "Rien n’attend" in read(ops.get(PAGE))


def test_all_that_waits_leads_to_where_it_is_done(ops: Client, saran: Municipality, brest: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(trial_ends_on=timezone.localdate() + timedelta(days=3))
    other = a_quote(buyer(brest))
    held = an_invoice(
        other,
        state=InvoiceState.BLOCKED,
        facturx=None,
        plain=None,
        problems=[{"code": "SIREN", "words": "Le SIREN 1."}],
    )
    overdue, account = late(other), buyer(brest, objection="Rien n’a commencé.", objected_at=timezone.now())
    page = ops.get(PAGE)
    words = read(page)
    for title in (
        "Contestations à traiter",
        "Retenues par un contrôle",
        "À déposer sur Chorus Pro",
        "En retard",
        "Devis en attente",
        "Essais qui finissent sous deux semaines",
    ):
        assert title in words
    assert "Le SIREN 1." in words
    for path in (f"collectivites/{saran.pk}/", f"collectivites/{brest.pk}/", f"factures/{held.pk}/"):
        assert f'href="{PAGE}{path}"' in page.content.decode()
        assert ops.get(PAGE + path).status_code == 200
    assert f'href="{PAGE}factures/{overdue.pk}/"' in page.content.decode()
    answered = ops.post(
        f"{PAGE}collectivites/{brest.pk}/repondre/", {"answer": "La plateforme est ouverte depuis mai."}
    )
    assert answered.status_code == 302
    account.refresh_from_db()
    assert not account.is_objected
    assert ops.post(f"{PAGE}collectivites/{brest.pk}/repondre/", {"answer": "Encore une réponse."}).status_code == 409


def test_an_invoice_goes_through_chorus_pro_step_by_step(ops: Client, quote: Quote) -> None:
    invoice = an_invoice(quote, issued_on=timezone.localdate())
    path = f"{PAGE}factures/{invoice.pk}/"
    assert ops.get(f"{PAGE}factures/{invoice.pk}.pdf").content == b"%PDF- with xml"
    assert ops.get(f"{PAGE}factures/{invoice.pk}-simple.pdf").content == b"%PDF- without"
    step = {"state": DepositState.DEPOSITED, "seen_on": timezone.localdate().isoformat()}
    answer = ops.post(f"{path}etape/", step)
    assert (answer.status_code, "flux" in read(answer).split("À vérifier")[1][:120]) == (422, True)
    assert ops.post(f"{path}etape/", {**step, "flow": "FLUX-2026-7"}).status_code == 302
    assert "flux FLUX-2026-7" in read(ops.get(path))
    assert "À déposer sur Chorus Pro" not in read(ops.get(PAGE))
    assert ops.post(f"{path}etape/", {**step, "state": "TO_DEPOSIT"}).status_code == 422  # no longer offered


def test_a_payment_is_entered_and_taken_back(ops: Client, quote: Quote) -> None:
    invoice = late(quote)
    path = f"{PAGE}factures/{invoice.pk}/"
    sent = {"amount": "1 080,50 €", "received_on": timezone.localdate().isoformat(), "reference": "MANDAT 4711"}
    assert ops.post(f"{path}paiement/", sent | {"amount": "mille"}).status_code == 422
    assert ops.post(f"{path}paiement/", sent).status_code == 302
    payment = Payment.objects.get()
    assert (payment.cents, payment.kind, payment.entered_by) == (
        108_050,
        PaymentKind.BY_HAND,
        "operation@example.org",
    )
    again = ops.post(f"{path}paiement/", sent)
    assert (again.status_code, "MANDAT 4711" in again.content.decode()) == (409, True)
    assert ops.post(f"{PAGE}paiements/{payment.pk}/retirer/").status_code == 302
    assert not Payment.objects.exists()
    assert "déjà été retiré" in read(ops.post(f"{PAGE}paiements/{payment.pk}/retirer/", follow=True))
    done = AuditEntry.objects.filter(action__startswith="payment_").order_by("pk").values_list("action", flat=True)
    assert list(done) == ["payment_entered", "payment_withdrawn"]


def test_an_invoice_is_credited_with_a_fresh_proof_and_a_reason(ops: Client, quote: Quote) -> None:
    path = f"{PAGE}factures/{an_invoice(quote).pk}/"
    sent = {"net": "", "way": "NEXT_INVOICE", "why": "La période n’a pas commencé."}
    assert ops.post(f"{path}avoir/", sent | {"net": "99 999"}).status_code == 409
    assert not Call.objects.exists()
    assert ops.post(f"{path}avoir/", sent).status_code == 302
    assert Call.objects.count() == 1
    facts = {"siret": "21450302100013", "address": "Place de la Liberté", "postcode": "45770", "town": "Saran"}
    other = {"engagement_number": "2026-1", "why": "Autre numéro.", **facts}
    assert ops.post(f"{path}corriger/", other).status_code == 409


def test_interest_is_decided_by_a_person_only(ops: Client, quote: Quote) -> None:
    invoice = late(quote)
    a_payment(invoice, received_on=timezone.localdate())
    path = f"{PAGE}factures/{invoice.pk}/"
    assert "Payées en retard" in read(ops.get(PAGE))
    assert ops.get(path).status_code == 200
    assert ops.post(f"{path}interets/renoncer/").status_code == 302
    assert ops.post(f"{path}interets/").status_code == 302


def test_a_quote_is_set_aside_by_an_operator(ops: Client, brest: Municipality) -> None:
    waiting = a_quote(buyer(brest))
    assert ops.get(f"{PAGE}devis/{waiting.number}.pdf").content.startswith(b"%PDF-")
    assert ops.post(f"{PAGE}devis/{waiting.number}/ecarter/").status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == QuoteState.WITHDRAWN
    assert AuditEntry.objects.filter(action="quote_withdrawn").count() == 1


def test_revenue_is_what_left_less_what_was_credited_and_money_in_its_month(quote: Quote) -> None:
    today = timezone.localdate()
    invoice = an_invoice(quote, issued_on=today)
    an_invoice(quote, state=InvoiceState.DRAFT, issued_on=None, number=None, facturx=None, plain=None)
    an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice, issued_on=today, net_cents=40_000)
    a_payment(invoice, received_on=today, cents=408_000)
    quote.account.payments.create(kind=PaymentKind.REFUND, cents=-8_000, received_on=today, created_at=timezone.now())
    this, *before = revenue(on=today)
    assert (this.invoiced, this.credited, this.net, this.received) == (340_000, 40_000, 300_000, 400_000)
    assert (len(before), sum(each.invoiced + each.received for each in before)) == (11, 0)


def test_the_accountants_file_adds_up_and_is_on_record(ops: Client, quote: Quote) -> None:
    year = timezone.localdate().year
    invoice = an_invoice(quote, issued_on=timezone.localdate())
    note = an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice, issued_on=timezone.localdate())
    Account.objects.update(legal_name="=Saran")
    answer = ops.get(f"{PAGE}{year}.csv")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert head[0] == "Numéro"
    assert [row[0] for row in rows] == [invoice.number, note.number]
    assert [row[10] for row in rows] == ["4080,00", "-4080,00"]
    assert (rows[1][3], rows[0][4]) == (invoice.number, "'=Saran")
    assert AuditEntry.objects.get(action="billing_exported").details == {"year": str(year)}
    assert ops.get(f"{PAGE}2019.csv").status_code == 404


def test_the_page_asks_as_much_with_many(ops: Client, quote: Quote, brest: Municipality) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ops.get(PAGE).status_code == 200
        return len(captured)

    late(quote)
    before = queries()
    for _unused in range(4):
        late(quote)
        a_quote(buyer(brest))
    assert queries() == before


def test_a_difference_is_mended_or_explained(ops: Client, quote: Quote) -> None:
    found = Difference.objects.create(
        code=DifferenceCode.INVOICE_DIFFERS,
        object_id="in_7",
        account=quote.account,
        facts={"total": [408_000, 408_001], "void": [True, False]},
        found_at=timezone.now(),
    )
    path = f"{PAGE}ecarts/{found.pk}/"
    assert f'href="{path}"' in ops.get(PAGE).content.decode()
    words = read(ops.get(path))
    for said in ("Total TTC 4 080 € 4 080,01 €", "Annulée chez Stripe oui non", "Relire chez Stripe"):
        assert said in words
    assert ops.post(f"{path}corriger/").status_code == 302
    assert OutboxMessage.objects.filter(payload__object_id="in_7").count() == 1
    assert ops.post(f"{path}expliquer/", {"words": " "}).status_code == 422
    assert ops.post(f"{path}expliquer/", {"words": "Un centime d’arrondi, corrigé chez Stripe."}).status_code == 302
    assert "in_7" not in read(ops.get(PAGE))
    done = AuditEntry.objects.filter(action__startswith="difference_").order_by("pk").values_list("action", flat=True)
    assert list(done) == ["difference_mended", "difference_explained"]


@pytest.mark.parametrize("code", DifferenceCode)
def test_the_way_to_mend_a_difference_is_offered(ops: Client, quote: Quote, code: DifferenceCode) -> None:
    """Django would call `way.mend` in a template, and take what fails as nothing."""
    facts = {name: ["2026-11-29", None] if name == "period_begins_on" else [1, None] for name in NAMES}
    found = Difference.objects.create(code=code, object_id="1", facts=facts, found_at=timezone.now())
    page = ops.get(f"{PAGE}ecarts/{found.pk}/").content.decode()
    by_hand = {DifferenceCode.INVOICE_VOIDED, DifferenceCode.CARD_DISPUTED, DifferenceCode.NUMBER_GAP}
    assert (f'action="{PAGE}ecarts/{found.pk}/corriger/"' in page) is (code not in by_hand)


def test_every_fact_that_is_compared_has_words() -> None:
    compared = re.findall(r'"([a-z_]+)"(?:: |\] = )\[', Path(differences.__file__).read_text())
    assert set(compared) <= set(NAMES)
    assert len(compared) > 10
