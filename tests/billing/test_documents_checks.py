"""What no invoice may say, found before anybody else finds it. Each case is one thing wrong with a right document."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.documents import identifiers, printing
from billing.documents.checks import Demands, problems_of, text_problems
from billing.documents.data import Document, Kind, Period, Quote, Reference
from tests.billing.documents import (
    BANK,
    BUYER,
    SELLER,
    START,
    SUBSCRIPTION,
    a_credit_note,
    a_quote,
    a_receipt,
    an_invoice,
)

ANOTHER = "73282932000074"
EXEMPT = {"lines": (replace(SUBSCRIPTION, rate=0),), "exemption": "TVA non applicable, article 294, 1 du CGI."}
PAID = {"paid": an_invoice().totals.gross, "bank": None, "due_on": date(2026, 11, 27)}


def codes(document: Document, **demands: bool) -> list[str]:
    return [found.code for found in problems_of(document, demands=Demands(**demands))]


@pytest.mark.parametrize(
    "document",
    [
        an_invoice(),
        a_credit_note(),
        an_invoice(**EXEMPT),
        an_invoice(**PAID),
        an_invoice(due_on=None),  # terms say until when
        an_invoice(service_code="", engagement_number="", contract="", period=None),
        an_invoice(engagement_number="x" * 50),
        an_invoice(engagement_number="EJ 2026/00871"),
        # A town hall of Martinique keeps its SIRET, and its rate.
        an_invoice(lines=(replace(SUBSCRIPTION, rate=850),), buyer=replace(BUYER, name="Commune du François")),
        # La Poste's establishments have a rule of their own.
        an_invoice(
            buyer=replace(
                BUYER, siren="356000000", siret="35600000049837", electronic_address="356000000_35600000049837"
            )
        ),
    ],
    ids=lambda document: document.number,
)
def test_a_right_document_has_no_problem(document: Document) -> None:
    assert codes(document) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("NUMBER", {"number": "F 2026 42"}),
        ("NUMBER", {"number": "F" * 36}),
        ("NUMBER", {"number": ""}),
        ("SIREN", {"buyer": replace(BUYER, siren="1", electronic_address="1_")}),
        ("SIREN", {"seller": replace(SELLER, siren="732829321")}),
        ("SIRET", {"buyer": replace(BUYER, siret="21449999800019")}),
        ("SIRET", {"buyer": replace(BUYER, siret="")}),
        ("SIRET", {"buyer": replace(BUYER, siret="214 499 998 00018")}),
        ("SIRET", {"buyer": replace(BUYER, siret="２１４４９９９９８０００１８")}),
        ("SIRET_OF_ANOTHER", {"buyer": replace(BUYER, siret=ANOTHER)}),
        ("ELECTRONIC_ADDRESS", {"buyer": replace(BUYER, electronic_address="mairie@saran.example")}),
        ("VAT_NUMBER", {"seller": replace(SELLER, vat_number="FR00732829320")}),
        ("VAT_NUMBER", {"seller": replace(SELLER, vat_number="")}),
        ("VAT_NUMBER", {"seller": replace(SELLER, vat_number="FR83404833048")}),  # right, and of another
        ("ADDRESS", {"buyer": replace(BUYER, name="")}),
        ("ADDRESS", {"buyer": replace(BUYER, address=replace(BUYER.address, city=""))}),
        ("COUNTRY", {"buyer": replace(BUYER, address=replace(BUYER.address, country="France"))}),
        ("IBAN", {"bank": replace(BANK, iban="FR7630006000011234567890188")}),
        ("IBAN", {"bank": replace(BANK, iban="")}),
        ("IBAN", {"bank": replace(BANK, iban="FR76 3000 6000 0112 3456 7890 189")}),
        ("BIC", {"bank": replace(BANK, bic="AGRI")}),
        ("MEANS", {"bank": None}),
        ("DUE", {"due_on": None, "terms": ""}),
        ("DUE_EARLY", {"due_on": date(2026, 11, 1)}),
        ("PAID_ON", {**PAID, "due_on": None}),
        ("PAID", {"paid": 10**9}),
        ("PAID", {"paid": -1}),
        ("LINES", {"lines": ()}),
        ("LINE_NAME", {"lines": (replace(START, name=""),)}),
        ("QUANTITY", {"lines": (replace(START, quantity=-1),)}),
        ("QUANTITY", {"lines": (SUBSCRIPTION, replace(START, quantity=0))}),
        ("PRICE", {"lines": (SUBSCRIPTION, replace(START, unit_price=-100))}),
        ("PRICE", {"lines": (replace(START, unit_price=0),)}),
        ("RATE", {"lines": (replace(START, rate=1960),)}),
        ("EXEMPTION", {"lines": (replace(START, rate=0),)}),
        ("ENGAGEMENT_LONG", {"engagement_number": "x" * 60}),
        ("ENGAGEMENT_SIGNS", {"engagement_number": " 2026-1"}),
        ("ENGAGEMENT_SIGNS", {"engagement_number": "2026-1 "}),
        ("ENGAGEMENT_SIGNS", {"engagement_number": "n°1"}),
        ("SERVICE_CODE_SIGNS", {"service_code": "COMPTA<é>"}),
        ("SERVICE_CODE_LONG", {"service_code": "C" * 101}),
        ("YEAR", {"delivered_on": date(1999, 12, 31)}),
        ("PERIOD", {"period": Period(date(2027, 12, 1), date(2026, 11, 30))}),
        ("PERIOD_OF_LINE", {"period": Period(date(2026, 12, 2), date(2027, 11, 30))}),
        ("SOURCE_OF_INVOICE", {"corrects": Reference("F-1", date(2026, 1, 1))}),
        ("SIGN", {"buyer": replace(BUYER, name="市政府")}),
        ("SIGN", {"buyer": replace(BUYER, name="Mairie \u202eerIaM")}),
        ("SIGN", {"lines": (replace(START, description="deux\nlignes"),)}),
        ("SIGN", {"buyer": replace(BUYER, name="Mairie\x00")}),
        ("SPACES", {"buyer": replace(BUYER, name="Mairie ")}),
    ],
)
def test_a_wrong_invoice_is_refused(code: str, changes: dict[str, Any]) -> None:
    found = problems_of(an_invoice(**changes))
    assert code in [each.code for each in found]
    assert all(each.sentence.endswith(".") or each.code == "SIGN" for each in found)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SOURCE", {"corrects": None}),
        ("SOURCE_LATER", {"corrects": Reference("F-1", date(2026, 12, 6))}),
        ("NUMBER", {"corrects": Reference("", date(2026, 11, 1))}),
        ("CREDIT_NOTE_BANK", {"bank": BANK}),
        ("QUANTITY", {"lines": (replace(START, quantity=-1),)}),
        ("PRICE", {"lines": (replace(START, unit_price=-1),)}),
    ],
)
def test_a_wrong_credit_note_is_refused(code: str, changes: dict[str, Any]) -> None:
    assert a_credit_note().kind is Kind.CREDIT_NOTE
    assert codes(a_credit_note(**changes)) == [code]


def test_a_quote_and_a_receipt_are_told_what_cannot_be_printed() -> None:
    buyer = replace(BUYER, name="市政府")
    for document in (a_quote(buyer=buyer), a_receipt(buyer=buyer)):
        assert {found.code for found in text_problems(document)} == {"SIGN"}
        with pytest.raises(printing.NotPrinted):
            printing.quote_pdf(document) if isinstance(document, Quote) else printing.receipt_pdf(document)
    assert [*text_problems(a_quote()), *text_problems(a_receipt())] == []


def test_what_chorus_pro_demands_of_this_buyer_is_there() -> None:
    document = an_invoice(engagement_number="", service_code="")
    assert codes(document, engagement_number=True) == ["ENGAGEMENT_MISSING"]
    assert codes(document, service_code=True) == ["SERVICE_CODE_MISSING"]
    assert codes(an_invoice(), engagement_number=True, service_code=True) == []


def test_a_siret_typed_for_another_authority_is_told_from_a_wrong_one() -> None:
    assert [found.code for found in identifiers.check_siret(ANOTHER, siren=BUYER.siren)] == ["SIRET_OF_ANOTHER"]
    assert [found.code for found in identifiers.check_siret("1", siren=BUYER.siren)] == ["SIRET"]
    assert identifiers.check_siret(ANOTHER) == []


def test_problems_are_said_in_french_with_whose_they_are() -> None:
    wrong = an_invoice(buyer=replace(BUYER, siret="1"), lines=(SUBSCRIPTION, replace(START, quantity=0)))
    assert [found.sentence for found in problems_of(wrong)] == [
        "Commune de Saint-Exemple\u00a0: «\u00a01\u00a0» n’est pas un SIRET\u00a0: quatorze chiffres, dont le dernier vérifie les autres.",
        "Ligne 2\u00a0: la quantité est de un ou plus, dans un avoir aussi.",
    ]
