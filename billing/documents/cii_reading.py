"""The XML of an invoice read back, for checks on what a file says and not on what was meant."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from billing.documents.amounts import Tax, Totals
from billing.documents.cii import BANK_CARD, QDT, RAM, RSM, UDT
from billing.documents.data import Address, BankAccount, Document, Kind, Line, Note, Party, Period, Reference

NAMESPACES = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}
_MEANS = "ram:SpecifiedTradeSettlementPaymentMeans"
_HUNDREDTHS = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,2}))?")
_WHOLE = re.compile(r"-?\d{1,9}(?:\.0{1,4})?")


class Unreadable(Exception):
    """Not an invoice, or one that lacks what all of ours have. As text, where."""


@dataclass(frozen=True)
class Stated:
    """What a file says: the document that its data make, and the amounts that it writes beside them."""

    document: Document
    totals: Totals
    nets: tuple[int, ...]


class _NoDeclarations(TreeBuilder):
    """A document type declares entities, which can be made to grow or to reach out."""

    def doctype(self, *_args: Any) -> None:
        raise Unreadable("DOCTYPE")


def parse(content: bytes) -> Element:
    """XML of others, without what makes it dangerous."""
    parser = XMLParser(target=_NoDeclarations())  # noqa: S314
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as problem:  # not XML, or in an encoding that is none
        raise Unreadable("XML") from problem
    return root


def read(content: bytes) -> Stated:
    root = parse(content)
    if root.tag != f"{{{RSM}}}CrossIndustryInvoice":
        raise Unreadable("CrossIndustryInvoice")
    lines = root.findall(".//ram:IncludedSupplyChainTradeLineItem", NAMESPACES)
    nets = tuple(_cents(line, ".//ram:LineTotalAmount") for line in lines)
    return Stated(_document(root, lines), _totals(root), nets)


def _document(root: Element, lines: list[Element]) -> Document:
    header = _one(root, "rsm:ExchangedDocument")
    transaction = _one(root, "rsm:SupplyChainTradeTransaction")
    agreement = _one(transaction, "ram:ApplicableHeaderTradeAgreement")
    settlement = _one(transaction, "ram:ApplicableHeaderTradeSettlement")
    terms = settlement.find("ram:SpecifiedTradePaymentTerms", NAMESPACES)
    try:
        kind = Kind(_text(header, "ram:TypeCode"))
    except ValueError as problem:
        raise Unreadable("TypeCode") from problem
    return Document(
        kind=kind,
        number=_text(header, "ram:ID"),
        issued_on=_date(header, "ram:IssueDateTime"),
        notes=tuple(
            Note(_maybe(note, "ram:SubjectCode"), _text(note, "ram:Content"))
            for note in header.findall("ram:IncludedNote", NAMESPACES)
        ),
        seller=_party(_one(agreement, "ram:SellerTradeParty")),
        buyer=_party(_one(agreement, "ram:BuyerTradeParty")),
        lines=tuple(_line(line) for line in lines),
        service_code=_maybe(agreement, "ram:BuyerReference"),
        engagement_number=_maybe(agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        contract=_maybe(agreement, "ram:ContractReferencedDocument/ram:IssuerAssignedID"),
        delivered_on=_date(transaction, ".//ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime"),
        bank=_bank(settlement),
        period=_period(settlement),
        terms="" if terms is None else _maybe(terms, "ram:Description"),
        due_on=None if terms is None else _maybe_date(terms, "ram:DueDateDateTime"),
        paid=_cents(settlement, ".//ram:TotalPrepaidAmount", missing=0),
        by_card=_is_by_card(settlement),
        corrects=_corrected(settlement),
        vat_on_debits=_maybe(settlement, "ram:ApplicableTradeTax/ram:DueDateTypeCode") == "5",
        exemption=_maybe(settlement, "ram:ApplicableTradeTax/ram:ExemptionReason"),
    )


def _party(element: Element) -> Party:
    address = _one(element, "ram:PostalTradeAddress")
    return Party(
        name=_text(element, "ram:Name"),
        siren=_maybe(element, "ram:SpecifiedLegalOrganization/ram:ID"),
        siret=_maybe(element, "ram:GlobalID"),
        address=Address(
            line1=_maybe(address, "ram:LineOne"),
            line2=_maybe(address, "ram:LineTwo"),
            line3=_maybe(address, "ram:LineThree"),
            postcode=_maybe(address, "ram:PostcodeCode"),
            city=_maybe(address, "ram:CityName"),
            country=_maybe(address, "ram:CountryID"),
        ),
        electronic_address=_maybe(element, "ram:URIUniversalCommunication/ram:URIID"),
        vat_number=_maybe(element, "ram:SpecifiedTaxRegistration/ram:ID"),
        legal_form=_maybe(element, "ram:Description"),
        contact=_maybe(element, "ram:DefinedTradeContact/ram:PersonName"),
        email=_maybe(element, "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def _line(element: Element) -> Line:
    quantity = _text(element, ".//ram:BilledQuantity")
    if not _WHOLE.fullmatch(quantity):
        raise Unreadable("BilledQuantity")
    return Line(
        reference=_maybe(element, "ram:SpecifiedTradeProduct/ram:SellerAssignedID"),
        name=_text(element, "ram:SpecifiedTradeProduct/ram:Name"),
        description=_maybe(element, "ram:SpecifiedTradeProduct/ram:Description"),
        quantity=int(quantity.partition(".")[0]),
        unit_price=_cents(element, ".//ram:NetPriceProductTradePrice/ram:ChargeAmount"),
        rate=_cents(element, ".//ram:RateApplicablePercent"),
        period=_period(_one(element, "ram:SpecifiedLineTradeSettlement")),
    )


def _is_by_card(settlement: Element) -> bool:
    return _maybe(settlement, f"{_MEANS}/ram:TypeCode") == BANK_CARD


def _bank(settlement: Element) -> BankAccount | None:
    means = settlement.find(_MEANS, NAMESPACES)
    if means is None or _is_by_card(settlement):
        return None
    return BankAccount(
        iban=_maybe(means, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID"),
        bic=_maybe(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
        holder=_maybe(means, "ram:PayeePartyCreditorFinancialAccount/ram:AccountName"),
    )


def _corrected(settlement: Element) -> Reference | None:
    element = settlement.find("ram:InvoiceReferencedDocument", NAMESPACES)
    if element is None:
        return None
    return Reference(_text(element, "ram:IssuerAssignedID"), _date(element, "ram:FormattedIssueDateTime"))


def _period(parent: Element) -> Period | None:
    element = parent.find("ram:BillingSpecifiedPeriod", NAMESPACES)
    if element is None:
        return None
    return Period(_date(element, "ram:StartDateTime"), _date(element, "ram:EndDateTime"))


def _totals(root: Element) -> Totals:
    settlement = _one(root, ".//ram:ApplicableHeaderTradeSettlement")
    summation = _one(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    taxes = tuple(
        Tax(
            _cents(tax, "ram:RateApplicablePercent"),
            _cents(tax, "ram:BasisAmount"),
            _cents(tax, "ram:CalculatedAmount"),
        )
        for tax in settlement.findall("ram:ApplicableTradeTax", NAMESPACES)
    )
    return Totals(
        taxes=taxes,
        net=_cents(summation, "ram:TaxBasisTotalAmount"),
        vat=_cents(summation, "ram:TaxTotalAmount"),
        gross=_cents(summation, "ram:GrandTotalAmount"),
        paid=_cents(summation, "ram:TotalPrepaidAmount", missing=0),
        due=_cents(summation, "ram:DuePayableAmount"),
    )


def _one(parent: Element, path: str) -> Element:
    """The only element of a path."""
    found = parent.findall(path, NAMESPACES)
    if len(found) != 1:
        raise Unreadable(path.rpartition(":")[2])
    return found[0]


def _text(parent: Element, path: str) -> str:
    text = _one(parent, path).text
    if not text:
        raise Unreadable(path.rpartition(":")[2])
    return text


def _maybe(parent: Element, path: str) -> str:
    return parent.findtext(path, "", NAMESPACES)


def _date(parent: Element, path: str) -> date:
    """In either namespace of dates."""
    text = "".join(_one(parent, path).itertext()).strip()
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError as problem:
        raise Unreadable(path.rpartition(":")[2]) from problem


def _maybe_date(parent: Element, path: str) -> date | None:
    return None if parent.find(path, NAMESPACES) is None else _date(parent, path)


def _cents(parent: Element, path: str, *, missing: int | None = None) -> int:
    if missing is not None and parent.find(path, NAMESPACES) is None:
        return missing
    found = _HUNDREDTHS.fullmatch(_text(parent, path))
    if found is None:
        raise Unreadable(path.rpartition(":")[2])
    sign, whole, rest = found.groups(default="")
    cents = int(whole) * 100 + int(rest.ljust(2, "0"))
    return -cents if sign else cents
