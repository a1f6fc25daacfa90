"""The documents as PDF, set by Typst in our own fonts: tagged for screen readers (PDF/UA-1), to be kept (PDF/A).

Their words are in French, whatever the reader's language: they are documents of French law. Texts of people pass as
data, never as markup. The same document gives the same bytes.
"""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import typst
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import override

from billing.documents.amounts import Totals, printed, printed_rate
from billing.documents.data import VAT_ON_DEBITS, Document, Kind, Line, Party, Period, Quote, Receipt, Statement
from billing.documents.identifiers import grouped, siret_in_groups
from billing.documents.page_text import Block
from common.tones import INK, INK_SOFT, SOURCES, tones
from common.typeset import fonts

_HERE = Path(__file__).parent
_WORDMARK = _HERE.parents[1] / "platform/common/templates/common/illustrations/wordmark.svg"


class NotPrinted(Exception):
    """Typst refuses to set this document: a sign that no font has, most often."""


def invoice_pdf(document: Document, *, xml: bytes | None = None) -> bytes:
    """With `xml` attached, what becomes a Factur-X; without, the plain PDF of those who cannot take one."""
    return _set("invoice.typ", _invoice(document), xml)


def quote_pdf(quote: Quote) -> bytes:
    return _set("quote.typ", _quote(quote))


def receipt_pdf(receipt: Receipt) -> bytes:
    return _set("receipt.typ", _receipt(receipt))


def statement_pdf(statement: Statement) -> bytes:
    return _set("statement.typ", _statement(statement))


def paper_pdf(title: str, lead: str, blocks: list[Block], *, day: date, seller: Party, buyer: Party) -> bytes:
    """A text of the purchase pack."""
    text = [{"kind": block.kind, "runs": [asdict(run) for run in block.runs]} for block in blocks]
    return _set("paper.typ", {**_common(title, day, seller, buyer), "lead": lead, "blocks": text})


def _set(template: str, shown: dict[str, Any], xml: bytes | None = None) -> bytes:
    inputs = {"shown": json.dumps({**shown, **_looks()}, ensure_ascii=False)}
    if xml is not None:
        inputs["xml"] = xml.decode()
    try:
        made = typst.compile(
            _HERE / template,
            root=_HERE,
            font_paths=fonts(),
            format="pdf",
            # A-3 is the part of PDF/A that takes attachments; its level a and UA-1 hold together.
            pdf_standards=["a-3a", "ua-1"],
            sys_inputs=inputs,
        )
    except typst.TypstError as problem:
        raise NotPrinted from problem
    assert isinstance(made, bytes)
    return made


def _looks() -> dict[str, Any]:
    drawing = _WORDMARK.read_text().replace("currentColor", INK)
    for name, colour in (("1", "#1d4a41"), ("2", "#c98a12")):
        drawing = drawing.replace(f"var(--wordmark-{name}, {colour})", colour)
    return {"tones": tones(SOURCES["service"])[0], "ink": INK, "soft": INK_SOFT, "wordmark": drawing}


def _day(day: date) -> str:
    with override("fr"):
        written = date_format(day, "j F Y")
    return written.replace("1 ", "1er ", 1) if day.day == 1 else written


def _period(period: Period | None) -> str:
    return f"du {_day(period.start)} au {_day(period.end)}" if period else ""


def _common(title: str, day: date, seller: Party, buyer: Party) -> dict[str, Any]:
    return {
        "title": title,
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "seller": _party(seller),
        "buyer": _party(buyer),
    }


def _party(party: Party) -> dict[str, Any]:
    address = party.address
    lines = [address.line1, address.line2, address.line3, f"{address.postcode} {address.city}"]
    return {
        "name": party.name,
        "address": [line for line in map(str.strip, lines) if line],
        "siren": grouped(party.siren, 3, 3, 3),
        "siret": siret_in_groups(party.siret),
        "vat_number": party.vat_number,
        "legal_form": party.legal_form,
        "contact": party.contact,
        "email": party.email,
        "phone": party.phone,
    }


def _lines(lines: tuple[Line, ...]) -> list[dict[str, str]]:
    return [
        {
            "name": line.name,
            "description": line.description,
            "period": capfirst(_period(line.period)),
            "reference": f"Référence {line.reference}" if line.reference else "",
            "quantity": str(line.quantity),
            "price": printed(line.unit_price),
            "rate": printed_rate(line.rate),
            "net": printed(line.net),
        }
        for line in lines
    ]


def _sum(label: str, cents: int) -> dict[str, str]:
    return {"label": label, "amount": printed(cents)}


def _sums(totals: Totals) -> list[dict[str, str]]:
    taxes = [_sum(f"TVA {printed_rate(tax.rate)} sur {printed(tax.base)}", tax.vat) for tax in totals.taxes]
    return [_sum("Total HT", totals.net), *taxes]


def _invoice(document: Document) -> dict[str, Any]:
    is_invoice = document.kind is Kind.INVOICE
    totals, corrects = document.totals, document.corrects
    title = f"{'Facture' if is_invoice else 'Avoir'} {document.number}"
    rows = _sums(totals)
    if is_invoice:
        last = _sum("Net à payer", totals.due)
        rows.append(_sum("Total TTC", totals.gross))
    else:
        last = _sum("Total TTC de l’avoir", totals.gross)
    if totals.paid:
        rows.append(_sum("Déjà payé", totals.paid))
    return {
        **_common(title, document.issued_on, document.seller, document.buyer),
        "lead": _invoice_lead(document),
        "references": [
            ("Numéro d’engagement", document.engagement_number),
            ("Code service", document.service_code),
            ("Devis", document.contract),
            ("Facture corrigée", f"{corrects.number} du {_day(corrects.issued_on)}" if corrects else ""),
            ("Date de la prestation", _day(document.delivered_on)),
            ("Période", _period(document.period)),
        ],
        "lines": _lines(document.lines),
        "sums": rows,
        "last": last,
        "payment_title": "Pour payer",
        "payment": _payment(document),
        "mentions": _mentions(document),
    }


def _invoice_lead(document: Document) -> str:
    issued = f"Du {_day(document.issued_on)}"
    if document.is_paid:
        return f"{issued}, déjà payée{' par carte bancaire' if document.by_card else ''}"
    if document.kind is Kind.CREDIT_NOTE:
        return issued
    if document.due_on:
        return f"{issued}, à payer au plus tard le {_day(document.due_on)}"
    return f"{issued}, à payer dans les 30 jours de sa mise à disposition sur Chorus Pro"


def _payment(document: Document) -> list[tuple[str, str]]:
    if not document.bank or document.is_paid:
        return []
    return [
        ("Virement, IBAN", grouped(document.bank.iban, *[4] * 9)),
        ("BIC", document.bank.bic),
        ("Titulaire du compte", document.bank.holder),
        ("Motif du virement", document.number),
    ]


def _mentions(document: Document) -> list[str]:
    """The notes of the XML but for what is for machines, and what has a field of its own there. Those on paying, which
    French rules want in each XML, mean nothing on a credit note.
    """
    said = ["Catégorie d’opération\u00a0: prestation de services.", document.terms, document.exemption]
    said += [VAT_ON_DEBITS] if document.vat_on_debits else []
    unsaid = {"BAR"} if document.kind == Kind.INVOICE else {"BAR", "PMT", "PMD", "AAB"}
    return [text for text in said if text] + [note.text for note in document.notes if note.code not in unsaid]


def _quote(quote: Quote) -> dict[str, Any]:
    totals = quote.totals
    mentions = [quote.exemption, *quote.mentions]
    return {
        **_common(f"Devis {quote.number}", quote.issued_on, quote.seller, quote.buyer),
        "lead": f"Du {_day(quote.issued_on)}, valable jusqu’au {_day(quote.valid_until)}",
        "lines": _lines(quote.lines),
        "sums": _sums(totals),
        "last": _sum("Total TTC", totals.gross),
        "included": list(quote.included),
        "total_over_years": (f"Montant cumulé HT sur {quote.years} ans", printed(quote.total_over_years)),
        "threshold": quote.threshold,
        "mentions": [text for text in mentions if text],
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    invoice = receipt.invoice
    is_all = receipt.left == 0
    day, amount = _day(receipt.received_on), printed(receipt.amount)
    return {
        **_common(f"Reçu {receipt.number}", receipt.received_on, receipt.seller, receipt.buyer),
        "lead": f"Sur ce que nous avons reçu le {day}, {amount} paient cette facture. "
        + ("La facture est payée en totalité." if is_all else "La facture n’est pas encore payée en totalité."),
        "references": [
            ("Facture", f"{invoice.number} du {_day(invoice.issued_on)}"),
            ("Moyen de paiement", capfirst(receipt.means)),
            ("Référence", receipt.reference),
        ],
        "sums": [_sum("Total TTC de la facture", receipt.invoice_total), _sum("Ce paiement", receipt.amount)],
        "last": _sum("Reste à payer", receipt.left),
    }


def _statement(statement: Statement) -> dict[str, Any]:
    invoice, bank = statement.invoice, statement.bank
    title = f"État liquidatif {statement.number}"
    return {
        **_common(title, statement.issued_on, statement.seller, statement.buyer),
        "lead": f"Du {_day(statement.issued_on)}, à payer au plus tard le {_day(statement.due_on)}. "
        "Intérêts moratoires et indemnité forfaitaire pour frais de recouvrement, hors champ de la TVA.",
        "references": [
            ("Facture", f"{invoice.number} du {_day(invoice.issued_on)}, {printed(statement.invoice_total)} TTC"),
            ("Numéro d’engagement", statement.engagement_number),
            ("Dernier jour du délai de paiement", _day(statement.term_on)),
            ("Payée en totalité le", _day(statement.paid_on)),
            (
                "Taux de la BCE",
                f"{printed_rate(statement.ecb_rate)} au {_day(statement.ecb_on)} ({statement.ecb_source})",
            ),
            ("Taux annuel appliqué", f"{printed_rate(statement.rate)}, soit ce taux plus huit points"),
        ],
        "parts": [
            [
                printed(part.cents),
                f"du {_day(part.from_on)} au {_day(part.paid_on)}",
                str(part.days),
                printed(part.interest),
            ]
            for part in statement.parts
        ],
        "sums": [
            _sum("Intérêts moratoires", statement.interest),
            _sum("Indemnité forfaitaire", statement.fixed),
        ],
        "last": _sum("Total à payer", statement.interest + statement.fixed),
        "payment": [
            ("Virement, IBAN", grouped(bank.iban, *[4] * 9)),
            ("BIC", bank.bic),
            ("Titulaire du compte", bank.holder),
            ("Motif du virement", statement.number),
        ]
        if bank
        else [],
        "mentions": [
            "Code de la commande publique, articles L. 2192-12 à L. 2192-14, R. 2192-31 à R. 2192-36 et D. 2192-35. "
            "Les intérêts courent du lendemain du dernier jour du délai de paiement au jour du paiement inclus, sur le "
            "montant TTC payé en retard\u00a0: montant × jours × taux\u00a0/\u00a0365. "
            "Le total est arrondi au centime.",
            "Les intérêts moratoires et l’indemnité forfaitaire réparent un préjudice\u00a0: ils ne sont pas soumis "
            "à la TVA. Ce document n’est pas une facture et ne se dépose pas comme telle sur Chorus Pro.",
        ],
    }
