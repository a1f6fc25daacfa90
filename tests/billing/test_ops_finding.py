"""One field finds an invoice, a quote, a payment or a city by whatever an operator has before them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.enums import InvoiceKind, InvoiceState, PaymentKind
from billing.models import Quote
from billing.selectors.finding import MOST, find
from billing.templatetags.billing import state_word
from tenants.models import Municipality
from tests.billing.purchases import a_payment, a_quote, an_invoice, buyer
from tests.billing.test_ops import PAGE, ops, quote
from tests.billing.test_purchase import read

__all__ = ["ops", "quote"]


@pytest.mark.parametrize(
    "typed",
    [
        "3f2a-0001",
        "4 080,00 €",
        "3400",
        " flux-77 ",
        "2026-00871",
        "VIR 4711",
        "D-2026",
        "Sarân",
        "saran",
        "214 503 021",
        "21450302100013",
    ],
)
def test_it_is_found_by_what_is_written_before_one(ops: Client, quote: Quote, brest: Municipality, typed: str) -> None:
    Municipality.objects.filter(slug="saran").update(siren="214503021")
    invoice = an_invoice(quote, engagement_number="2026-00871")
    invoice.deposits.create(state="DEPOSITED", flow="FLUX-77", seen_on=timezone.localdate(), created_at=timezone.now())
    a_payment(invoice, cents=100, reference="VIR 4711")
    buyer(brest, siren="212900195")
    answer = ops.get(f"{PAGE}trouver/", {"q": typed})
    words = read(answer)
    assert answer.status_code == 200
    assert "Aucun résultat" not in words
    assert "Saran" in words
    assert "Brest" not in words.split("Collectivités")[-1]


def test_an_amount_is_what_is_left_or_what_came_too(ops: Client, quote: Quote) -> None:
    a_payment(an_invoice(quote), cents=108_050, kind=PaymentKind.BY_HAND)
    for cents in (299_950, 108_050):
        found = find("x", cents=cents)
        assert found
        assert len([*found.invoices, *found.payments]) == 1
    assert not find("x", cents=299_951)


def test_nothing_is_said_to_be_nothing_and_what_was_typed_stays(ops: Client) -> None:
    words = ops.get(f"{PAGE}trouver/", {"q": "FAC-99<b>"}).content.decode()
    assert "Aucun résultat" in words
    assert words.count("FAC-99&lt;b&gt;") == 2
    assert "Aucun résultat" not in read(ops.get(f"{PAGE}trouver/"))


def test_it_asks_as_much_with_many_and_shows_the_first(ops: Client, quote: Quote, brest: Municipality) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ops.get(f"{PAGE}trouver/", {"q": "3F2A"}).status_code == 200
        return len(captured)

    an_invoice(quote)
    before = queries()
    other = a_quote(buyer(brest))
    for _unused in range(MOST):
        an_invoice(other)
    assert queries() == before
    found = find("3F2A", cents=None)
    assert found
    assert (len(found.invoices), found.is_cut) == (MOST, True)


def test_the_field_is_where_one_begins(ops: Client) -> None:
    for page in (PAGE, f"{PAGE}comptes/"):
        assert f'action="{PAGE}trouver/"' in ops.get(page).content.decode()


def test_a_credit_note_is_masculine(ops: Client, quote: Quote) -> None:
    invoice = an_invoice(quote)
    note = an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice)
    assert (state_word(invoice), state_word(note)) == ("Émise", "Émis")
    note.state = InvoiceState.DRAFT
    assert state_word(note) == "En préparation"
