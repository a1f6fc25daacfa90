"""What operators do about Chorus Pro: files, flows, what was forgotten, what was entered by mistake."""

import io
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from billing.enums import DepositState, InvoiceKind, InvoiceState
from billing.models import Deposit, Invoice, Quote
from billing.services.deposits import expected_step, next_steps
from tests.billing.purchases import an_invoice
from tests.billing.test_ops import PAGE, days_ago, ops, quote
from tests.billing.test_purchase import read

__all__ = ["ops", "quote"]
TODAY = timezone.localdate().isoformat()


def deposited(invoice: Invoice, flow: str = "FLUX-7", *, on: date | None = None, state: str = "DEPOSITED") -> Deposit:
    return invoice.deposits.create(
        state=state, flow=flow, seen_on=on or days_ago(0), note="Code service faux.", created_at=timezone.now()
    )


def three(quote: Quote, **changes: Any) -> list[Invoice]:
    return [an_invoice(quote, issued_on=days_ago(9), **changes) for _unused in range(3)]


def waiting(ops: Client) -> str:
    return read(ops.get(PAGE)).split("Mois par mois")[0]


def test_the_files_of_those_that_are_ticked_come_as_one_zip(ops: Client, quote: Quote) -> None:
    first, second, other = three(quote)
    answer = ops.post(f"{PAGE}depots/factur-x.zip", {"invoice": [first.pk, second.pk]})
    with ZipFile(io.BytesIO(b"".join(answer))) as file:  # type: ignore[call-overload]
        assert file.namelist() == [f"{each.number}.pdf" for each in (second, first)]
        assert file.read(f"{first.number}.pdf") == b"%PDF- with xml"
        assert all(len(name) <= 50 for name in file.namelist())
    refused = ops.post(f"{PAGE}depots/factur-x.zip", {"flow": "FLUX-DE-JUIN"})
    assert (refused.status_code, "Cochez les factures" in read(refused)) == (422, True)
    assert "FLUX-DE-JUIN" in refused.content.decode()
    assert str(other.number) in read(refused)
    forged = read(ops.post(f"{PAGE}depots/factur-x.zip", {"invoice": "x"}))
    assert ("Cochez les factures" in forged, "« x »" in forged) == (True, False)


def test_what_was_deposited_waits_in_its_flow_and_is_called_out_after_three_days(ops: Client, quote: Quote) -> None:
    first, second, third = three(quote)
    deposited(first, "FLUX-7", on=days_ago(3))
    deposited(second, "FLUX-7", on=days_ago(3))
    words = waiting(ops)
    assert "Déposées, en attente de Chorus Pro" in words
    assert "Flux FLUX-7" in words.replace("\xa0", " ")
    assert words.count("déposé le") == 1
    assert "il y a 3 jours" in words.replace("\xa0", " ")
    assert "trop longtemps" not in words
    deposited(third, "FLUX-6", on=days_ago(4))
    assert waiting(ops).count("trop longtemps") == 1
    Invoice.objects.update(state=InvoiceState.PAID)
    assert "en attente de Chorus Pro" not in waiting(ops)


def test_a_whole_flow_is_made_available_in_one_press_but_for_what_was_rejected(ops: Client, quote: Quote) -> None:
    first, second, third = three(quote)
    for each in (first, second, third):
        deposited(each)
    deposited(third, state=DepositState.REJECTED)
    other = an_invoice(quote, issued_on=days_ago(9))
    deposited(other, "FLUX-8")
    sent = {"flow": "FLUX-7", "seen_on": (timezone.localdate() + timedelta(days=1)).isoformat()}
    refused = ops.post(f"{PAGE}flux/", sent)
    assert (refused.status_code, "Rien n’est enregistré" in read(refused)) == (422, True)
    assert sent["seen_on"] in refused.content.decode()
    assert ops.post(f"{PAGE}flux/", sent | {"seen_on": TODAY}).status_code == 302
    said = {each.pk: each.available_on for each in Invoice.objects.all()}
    assert said == {first.pk: days_ago(0), second.pk: days_ago(0), third.pk: None, other.pk: None}
    assert [each.pk for each in Invoice.objects.to_deposit()] == [third.pk]
    assert AuditEntry.objects.filter(action="deposit_entered").count() == 2
    again = ops.post(f"{PAGE}flux/", sent | {"seen_on": TODAY})
    assert (again.status_code, Deposit.objects.filter(state="AVAILABLE").count()) == (409, 2)


def test_what_is_unpaid_and_not_due_yet_is_in_a_list_of_its_own(ops: Client, quote: Quote) -> None:
    invoice = an_invoice(quote, issued_on=days_ago(35), available_on=days_ago(30))
    deposited(invoice, state=DepositState.AVAILABLE)
    assert "Impayées, pas encore échues" in waiting(ops)
    assert "En retard" not in waiting(ops)
    Invoice.objects.update(available_on=days_ago(31))
    assert "Impayées, pas encore échues" not in waiting(ops)
    assert "En retard" in waiting(ops)


def test_a_step_entered_by_mistake_is_taken_back_and_stays_with_its_reason(ops: Client, quote: Quote) -> None:
    invoice = an_invoice(quote, issued_on=days_ago(9))
    first = deposited(invoice)
    path = f"{PAGE}factures/{invoice.pk}/"
    ops.post(f"{path}etape/", {"state": "AVAILABLE", "seen_on": days_ago(8).isoformat()})
    wrong = Deposit.objects.get(state="AVAILABLE")
    why = {"why": "C’était le 27, pas le 21."}
    assert ops.post(f"{PAGE}etapes/{first.pk}/retirer/", why).status_code == 409
    assert ops.post(f"{PAGE}etapes/{wrong.pk}/retirer/", {"why": " "}).status_code == 422
    assert ops.post(f"{PAGE}etapes/{wrong.pk}/retirer/", why).status_code == 302
    assert ops.post(f"{PAGE}etapes/{wrong.pk}/retirer/", why).status_code == 302
    invoice.refresh_from_db()
    assert invoice.available_on is None
    assert "C’était le 27" in read(ops.get(path))
    assert "Déposées, en attente" in waiting(ops)
    ops.post(f"{path}etape/", {"state": "AVAILABLE", "seen_on": days_ago(2).isoformat()})
    invoice.refresh_from_db()
    assert invoice.available_on == days_ago(2)
    wrong.refresh_from_db()
    assert (wrong.taken_back_by, Deposit.objects.count()) == ("operation@example.org", 3)
    assert AuditEntry.objects.filter(action="deposit_taken_back").count() == 1


def test_the_term_of_what_was_read_before_comes_back_with_a_later_step_taken_back(ops: Client, quote: Quote) -> None:
    invoice = an_invoice(quote, issued_on=days_ago(9))
    path = f"{PAGE}factures/{invoice.pk}/etape/"
    for state, day in (("DEPOSITED", 9), ("AVAILABLE", 8), ("SUSPENDED", 7), ("AVAILABLE", 3)):
        said = {"state": state, "seen_on": days_ago(day).isoformat(), "flow": "FLUX-7", "note": "Pièce manquante."}
        assert ops.post(path, said).status_code == 302
    invoice.refresh_from_db()
    assert invoice.available_on == days_ago(3)
    last = Deposit.objects.filter(state="AVAILABLE").latest("pk")
    ops.post(f"{PAGE}etapes/{last.pk}/retirer/", {"why": "Autre facture."})
    invoice.refresh_from_db()
    assert (invoice.available_on, invoice.deposits.filter(taken_back_at=None).count()) == (days_ago(8), 3)


@pytest.mark.parametrize(
    ("before", "offered"),
    [("", "DEPOSITED"), ("DEPOSITED", "AVAILABLE"), ("AVAILABLE", "SERVICE_DONE"), ("REJECTED", "DEPOSITED")],
)
def test_the_step_that_comes_next_is_chosen_already(ops: Client, quote: Quote, before: str, offered: str) -> None:
    invoice = an_invoice(quote, issued_on=days_ago(9))
    if before:
        deposited(invoice, state=before)
    page = ops.get(f"{PAGE}factures/{invoice.pk}/").content.decode()
    assert f'<option value="{offered}" selected>' in page
    assert "(facultatif)" not in page.split('id="etape"')[1].split("</form>")[0]


@pytest.mark.parametrize("before", ["", *DepositState])
def test_the_step_that_is_expected_is_one_that_may_follow(quote: Quote, before: str) -> None:
    invoice = an_invoice(quote)
    if before:
        deposited(invoice, state=before)
    expected = expected_step(invoice)
    assert expected in next_steps(invoice) or (before, expected) == ("BEING_PAID", None)


def test_what_the_buyer_never_had_is_neither_deposited_nor_its_credit_note(ops: Client, quote: Quote) -> None:
    invoice = an_invoice(quote, issued_on=days_ago(9))
    deposited(invoice)
    note = an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice, issued_on=days_ago(1))
    Invoice.objects.filter(pk=invoice.pk).update(state=InvoiceState.CANCELLED)
    assert [each.pk for each in Invoice.objects.to_deposit()] == [note.pk]
    assert next_steps(Invoice.objects.get(pk=invoice.pk))
    deposited(invoice, state=DepositState.REJECTED)
    assert not Invoice.objects.to_deposit().exists()
    assert "Enregistrer une étape" not in read(ops.get(f"{PAGE}factures/{invoice.pk}/"))
