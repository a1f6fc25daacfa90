"""The documents as PDF: what they say, what they carry, and that nothing that people write gets out of its place."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from billing.documents import cii, container, facturx, issuing, printing
from billing.documents.amounts import printed
from billing.documents.data import Document, Line
from tests.billing.documents import BUYER, SELLER, START, a_credit_note, a_quote, a_receipt, an_invoice

HOSTILE = (
    '#panic("x")',
    '"); panic("x',
    "*gras* _italique_ `code` $x^2$ @citation <repère> [crochets] #import",
    "<b>x</b> & </rdf:RDF> ]]> <!-- -->",
    "\\u{41} \\ // /* */ = titre - liste + 1.",
    "{{ shown }} {% x %} %(who)s",
)


def words(pdf: bytes) -> str:
    """What is written, with plain spaces, without those at the ends of lines."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text)


def made(document: Document) -> bytes:
    return facturx.with_properties(printing.invoice_pdf(document, xml=cii.write(document)))


@pytest.mark.parametrize("document", [an_invoice(), a_credit_note()], ids=["invoice", "credit note"])
def test_a_document_is_a_factur_x_and_the_same_one_each_time(document: Document) -> None:
    pdf = made(document)
    assert container.container_problems(pdf) == []
    assert facturx.xml_of(pdf) == cii.write(document)
    assert made(document) == pdf


def test_what_is_printed_is_what_the_xml_says_to_the_cent() -> None:
    document = an_invoice(lines=(replace(START, unit_price=33_333), replace(START, rate=550, quantity=7)), paid=101)
    xml, text = cii.write(document).decode(), words(made(document))
    totals = document.totals
    amounts = [totals.net, totals.gross, totals.paid, totals.due, *(line.net for line in document.lines)]
    amounts += [amount for tax in totals.taxes for amount in (tax.base, tax.vat)]
    for cents in amounts:
        assert re.sub(r"\s", " ", printed(cents)) in text
        assert f">{cents // 100}.{cents % 100:02}<" in xml


def test_an_invoice_says_what_the_law_and_the_accountant_want() -> None:
    text = words(printing.invoice_pdf(an_invoice(vat_on_debits=True)))
    for said in (
        "Facture F-2026-00042",
        "Du 28 novembre 2026, à payer au plus tard le 28 décembre 2026",
        "SIRET 732 829 320 00074",
        "SIREN 214 499 998",
        "FR44732829320",
        "Numéro d’engagement 2026-BC-001873",
        "Code service FINANCES",
        "du 1er décembre 2026 au 30 novembre 2027",
        "FR76 3000 6000 0112 3456 7890 189",
        "prestation de services",
        "taxe d’après les débits",
        "40 € (articles L. 2192-13",
        "majoré de huit points",
        "Pas d’escompte",
    ):
        assert said in text
    assert "B2B" not in text  # for machines


def test_an_invoice_names_no_day_where_the_term_runs_from_one_that_nobody_knows_yet() -> None:
    document = an_invoice(due_on=None)
    text, xml = words(printing.invoice_pdf(document)), cii.write(document).decode()
    assert "Du 28 novembre 2026, à payer dans les 30 jours de sa mise à disposition sur Chorus Pro" in text
    assert "au plus tard" not in text
    assert "ou de l’exécution de la prestation si elle est postérieure (article R. 2192-10" in text
    assert "DueDateDateTime" not in xml
    assert "à compter de la mise à disposition de la facture sur Chorus" in xml  # BT-20, for want of BT-9


def test_a_credit_note_names_what_it_corrects_and_no_account() -> None:
    text = words(printing.invoice_pdf(a_credit_note()))
    assert "Avoir A-2026-00003" in text
    assert "Facture corrigée F-2026-00042 du 28 novembre 2026" in text
    assert "IBAN" not in text
    assert "Net à payer" not in text


def test_an_invoice_that_is_paid_says_so_and_asks_for_nothing() -> None:
    text = words(printing.invoice_pdf(an_invoice(paid=an_invoice().totals.gross)))
    assert "déjà payée" in text
    assert "Net à payer 0,00 €" in text
    assert "Pour payer" not in text


def test_the_plain_pdf_says_the_same_and_carries_nothing() -> None:
    plain = printing.invoice_pdf(an_invoice())
    assert words(plain) == words(made(an_invoice()))
    assert facturx.xml_of(plain) is None
    with pikepdf.open(io.BytesIO(plain)) as opened:
        assert "/AF" not in opened.Root


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_never_markup(text: str) -> None:
    buyer = replace(BUYER, name=text, address=replace(BUYER.address, line1=text))
    line: Line = replace(START, name=text, description=text)
    pdf = made(an_invoice(buyer=buyer, lines=(line,), terms=text))
    squeezed = words(pdf).replace(" ", "")
    assert squeezed.count(text.replace(" ", "")) == 5
    assert container.container_problems(pdf) == []
    for other in (
        printing.quote_pdf(a_quote(buyer=buyer, lines=(line,), included=(text,), mentions=(text,), threshold=text)),
        printing.receipt_pdf(a_receipt(buyer=buyer, means=text, reference=text)),
    ):
        assert text.replace(" ", "") in words(other).replace(" ", "")


def test_a_sign_that_no_font_has_is_a_problem_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "problems_of", lambda document, demands: [])  # as if it had been let pass
    found = issuing.make(an_invoice(seller=replace(SELLER, name="市")))
    assert [each.code for each in found.problems] == ["PRINT"]
    assert found.facturx == found.plain == b""


def test_a_long_invoice_has_pages_that_say_which() -> None:
    pdf = printing.invoice_pdf(an_invoice(lines=(START,) * 40))
    assert "Facture F-2026-00042, page 2 sur 2" in words(pdf) or "page 3 sur 3" in words(pdf)


def test_a_quote_says_until_when_for_how_much_and_where_to_sign() -> None:
    pdf = printing.quote_pdf(a_quote())
    text = words(pdf)
    for said in (
        "Devis D-2026-0143",
        "Du 1er septembre 2026, valable jusqu’au 30 novembre 2026",
        "3 400,00 €",
        "Total TTC 4 080,00 €",
        "Montant cumulé HT sur 4 ans 13 600,00 €",
        "mise en concurrence",
        "Signature et cachet",
        "sauvegardes chaque nuit",
    ):
        assert said in text


def test_a_receipt_says_what_came_and_what_is_left() -> None:
    text = words(printing.receipt_pdf(a_receipt()))
    assert (
        "Sur ce que nous avons reçu le 1er janvier 2027, 4 921,20 € paient cette facture. La facture est payée en totalité."
        in text
    )
    assert "MANDAT 2026-4711" in text
    part = words(printing.receipt_pdf(a_receipt(amount=100_000, left=392_120)))
    assert "pas encore payée en totalité" in part
    assert "Reste à payer 3 921,20 €" in part


@pytest.mark.parametrize(
    "pdf", [printing.quote_pdf(a_quote()), printing.receipt_pdf(a_receipt())], ids=["quote", "receipt"]
)
def test_quotes_and_receipts_are_tagged_in_french_with_a_title(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root: Any = opened.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang).startswith("fr")
        assert root.ViewerPreferences.DisplayDocTitle
        assert b"pdfuaid:part" in root.Metadata.read_bytes()


def _no_properties(opened: pikepdf.Pdf) -> None:
    said = opened.Root.Metadata.read_bytes().replace(b"EN 16931</fx", b"EXTENDED</fx")
    opened.Root.Metadata = opened.make_stream(said)


def _two_files(opened: pikepdf.Pdf) -> None:
    opened.attachments["other.xml"] = pikepdf.AttachedFileSpec(opened, b"<a/>")


def _orphan(opened: pikepdf.Pdf) -> None:
    file = opened.make_stream(b"<a/>")
    opened.Root.Hidden = opened.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Filespec, EF={"/F": file}))


def _renamed(opened: pikepdf.Pdf) -> None:
    opened.Root.AF[0].UF = "invoice.xml"


def _related(opened: pikepdf.Pdf) -> None:
    opened.Root.AF[0].AFRelationship = pikepdf.Name.Unspecified


def _script(opened: pikepdf.Pdf) -> None:
    opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _no_profile(opened: pikepdf.Pdf) -> None:
    del opened.Root.OutputIntents


def _no_tags(opened: pikepdf.Pdf) -> None:
    del opened.Root.StructTreeRoot


def _no_language(opened: pikepdf.Pdf) -> None:
    del opened.Root.Lang


def _no_font(opened: pikepdf.Pdf) -> None:
    for each in opened.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
            for name in ("/FontFile2", "/FontFile3"):
                if name in each:
                    del each[name]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_no_properties, "fx:ConformanceLevel"),
        (_two_files, "one attachment"),
        (_orphan, "no orphan attachment"),
        (_renamed, "name of the attachment"),
        (_related, "relationship"),
        (_script, "no action"),
        (_no_profile, "output intent"),
        (_no_tags, "tagged"),
        (_no_language, "language"),
        (_no_font, "fonts embedded"),
    ],
)
def test_a_container_that_was_tampered_with_is_told(change: Callable[[pikepdf.Pdf], None], what: str) -> None:
    with pikepdf.open(io.BytesIO(made(an_invoice()))) as opened:
        change(opened)
        saved = io.BytesIO()
        opened.save(saved)
    found = container.container_problems(saved.getvalue())
    assert any(re.search(what, each.sentence) for each in found), found


def test_what_is_no_pdf_is_told() -> None:
    for content in (b"", b"%PDF-1.7\n", b"<html>", printing.invoice_pdf(an_invoice())[:9000]):
        assert [each.code for each in issuing.check(content)] == ["NO_XML"]
        assert container.container_problems(content)
