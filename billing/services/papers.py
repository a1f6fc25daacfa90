"""From our rows to what documents say."""

from django.conf import settings

from billing.documents.amounts import Tax, Totals
from billing.documents.checks import Demands
from billing.documents.data import (
    PUBLIC_TERMS,
    Address,
    BankAccount,
    Document,
    Kind,
    Line,
    Party,
    Period,
    Reference,
    public_address,
)
from billing.enums import InvoiceKind, PaymentKind, Territory
from billing.models import Account, Invoice, VatRate
from billing.seller import seller
from billing.services.plans import territory_of
from billing.services.years import year_of

# Why there is no VAT; as the rates, for the founders to confirm.
EXEMPTIONS = {
    Territory.GUYANE_MAYOTTE: "TVA non applicable, article 294, 1 du code général des impôts.",
    Territory.ELSEWHERE: "TVA non applicable, article 259-1 du code général des impôts.",
}


def buyer(account: Account) -> Party:
    return Party(
        name=account.legal_name,
        siren=account.siren,
        siret=account.siret,
        address=Address(account.address, account.postcode, account.town),
        electronic_address=public_address(account.siret),
        vat_number=account.vat_number,
    )


def demands(account: Account) -> Demands:
    return Demands(engagement_number=account.needs_engagement, rates=known_rates())


def known_rates() -> frozenset[int]:
    """Of VAT, that the dated table has or had."""
    return frozenset(VatRate.objects.values_list("basis_points", flat=True))


def exemption(account: Account, *, territory: str, rate: int) -> str:
    """The sentence for a document at the rate 0. Empty where the law taxes: the checks then hold the document back."""
    if rate:
        return ""
    return EXEMPTIONS.get(Territory(territory or territory_of(account.municipality)), "")


def document_of(invoice: Invoice, *, bank: BankAccount | None) -> Document:
    """It has its number and its day. What is missing or wrong is for the checks."""
    year = year_of(invoice.subscription, invoice.period_begins_on)
    account, quote = invoice.account, year.quote if year else invoice.subscription and invoice.subscription.quote
    assert invoice.number
    assert invoice.issued_on
    period = None
    if invoice.period_begins_on and invoice.period_ends_on:
        period = Period(invoice.period_begins_on, invoice.period_ends_on)
    is_invoice = invoice.kind == InvoiceKind.INVOICE
    paid = invoice.paid_cents if is_invoice else 0
    is_paid = 0 < invoice.total_cents == paid
    return Document(
        kind=Kind.INVOICE if is_invoice else Kind.CREDIT_NOTE,
        number=invoice.number,
        issued_on=invoice.issued_on,
        delivered_on=invoice.delivered_on or invoice.period_begins_on or invoice.issued_on,
        seller=seller(),
        buyer=buyer(account),
        lines=lines_of(invoice, period),
        # Paid already: the day of that. Otherwise the term runs from a day that is not known yet.
        due_on=invoice.paid_on if is_invoice and is_paid else None,
        terms=PUBLIC_TERMS if is_invoice else _terms_of_credit(invoice),
        service_code=account.service_code,
        engagement_number=invoice.engagement_number,
        contract=quote.number if quote else "",
        period=period,
        bank=bank if is_invoice and not is_paid else None,
        paid=paid,
        by_card=is_paid and invoice.payments.filter(kind=PaymentKind.CARD).exists(),
        corrects=_corrected(invoice),
        vat_on_debits=settings.SELLER_VAT_ON_DEBITS,
        exemption=exemption(account, territory=quote.territory if quote else "", rate=invoice.vat_basis_points),
    )


def lines_of(invoice: Invoice, period: Period | None) -> tuple[Line, ...]:
    """Those of a credit note say why; what they take back is what the invoice says."""
    taken_back = ""
    if invoice.kind == InvoiceKind.CREDIT_NOTE and invoice.corrects:
        taken_back = " ; ".join(line["label"] for line in invoice.corrects.lines)
    return tuple(
        Line(
            reference="",
            name=f"Avoir\u00a0: {taken_back[0].lower()}{taken_back[1:]}" if taken_back else line["label"],
            description=line["label"] if taken_back else "",
            quantity=line["quantity"],
            unit_price=line["unit_cents"],
            rate=invoice.vat_basis_points,
            period=period,
        )
        for line in invoice.lines
    )


def totals_of_row(invoice: Invoice, *, paid: int) -> Totals:
    """What the row says, as Stripe had it: to be held against what the lines make."""
    net, vat, gross = invoice.net_cents, invoice.vat_cents, invoice.total_cents
    return Totals((Tax(invoice.vat_basis_points, net, vat),), net, vat, gross, paid, gross - paid)


def _corrected(invoice: Invoice) -> Reference | None:
    source = invoice.corrects
    if invoice.kind == InvoiceKind.INVOICE or source is None or not source.number or not source.issued_on:
        return None
    return Reference(source.number, source.issued_on)


def _terms_of_credit(invoice: Invoice) -> str:
    source = _corrected(invoice)
    if source is None or invoice.corrects is None:
        return ""
    becomes = "" if invoice.corrects.paid_cents else " Son montant est déduit de ce qui reste à payer de cette facture."
    return f"Avoir sur la facture {source.number}.{becomes}"
