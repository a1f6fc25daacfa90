"""The XML of an invoice: UN/CEFACT's Cross Industry Invoice, of EN 16931, as Factur-X and the French rules want it.

Elements stand in the order of the schema. "BT" numbers are the terms of EN 16931. The same document gives the same
bytes. `cii_reading` reads it back.
"""

from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from billing.documents.amounts import Totals, plain
from billing.documents.data import Document, Line, Party, Period

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
GUIDELINE = "urn:cen.eu:en16931:2017"
# BT-23: services to pay, services paid before they were invoiced.
TO_PAY, ALREADY_PAID = "S1", "S2"
SIREN, SIRET, DIRECTORY = "0002", "0009", "0225"
# BT-8 (UNTDID 2475): VAT is due with the invoice, or with the payment.
ON_DEBITS, ON_PAYMENT = "5", "72"
TAXED, EXEMPT = "S", "E"
UNIT, YYYYMMDD = "C62", "102"
# BT-81 (UNTDID 4461)
TRANSFER, BANK_CARD = "30", "48"

for _prefix, _namespace in (("rsm", RSM), ("ram", RAM), ("udt", UDT), ("qdt", QDT)):
    register_namespace(_prefix, _namespace)


def write(document: Document) -> bytes:
    root = Element(f"{{{RSM}}}CrossIndustryInvoice")
    _context(root, document)
    _header(root, document)
    transaction = SubElement(root, f"{{{RSM}}}SupplyChainTradeTransaction")
    for position, line in enumerate(document.lines, 1):
        _line(transaction, position, line)
    _agreement(transaction, document)
    _delivery(transaction, document)
    _settlement(transaction, document)
    indent(root)
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    element = SubElement(parent, f"{{{RAM}}}{name}", attributes)
    element.text = text or None
    return element


def _add_if(parent: Element, name: str, text: str) -> None:
    """An element that is optional may not be empty."""
    if text:
        _add(parent, name, text)


def _add_date(parent: Element, name: str, day: date, namespace: str = UDT) -> None:
    string = SubElement(_add(parent, name), f"{{{namespace}}}DateTimeString", {"format": YYYYMMDD})
    string.text = f"{day:%Y%m%d}"


def _add_period(parent: Element, period: Period | None) -> None:
    if period:
        element = _add(parent, "BillingSpecifiedPeriod")
        _add_date(element, "StartDateTime", period.start)
        _add_date(element, "EndDateTime", period.end)


def _context(root: Element, document: Document) -> None:
    context = SubElement(root, f"{{{RSM}}}ExchangedDocumentContext")
    process = _add(context, "BusinessProcessSpecifiedDocumentContextParameter")
    _add(process, "ID", ALREADY_PAID if document.is_paid else TO_PAY)
    _add(_add(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", GUIDELINE)


def _header(root: Element, document: Document) -> None:
    header = SubElement(root, f"{{{RSM}}}ExchangedDocument")
    _add(header, "ID", document.number)
    _add(header, "TypeCode", document.kind)
    _add_date(header, "IssueDateTime", document.issued_on)
    for note in document.notes:
        element = _add(header, "IncludedNote")
        _add(element, "Content", note.text)
        _add(element, "SubjectCode", note.code)


def _line(transaction: Element, position: int, line: Line) -> None:
    element = _add(transaction, "IncludedSupplyChainTradeLineItem")
    _add(_add(element, "AssociatedDocumentLineDocument"), "LineID", str(position))
    product = _add(element, "SpecifiedTradeProduct")
    _add_if(product, "SellerAssignedID", line.reference)
    _add(product, "Name", line.name)
    _add_if(product, "Description", line.description)
    # The net price alone: a gross price without an allowance is refused by some portals.
    price = _add(_add(element, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    _add(price, "ChargeAmount", plain(line.unit_price))
    _add(_add(element, "SpecifiedLineTradeDelivery"), "BilledQuantity", str(line.quantity), unitCode=UNIT)
    settlement = _add(element, "SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ApplicableTradeTax")
    _add(tax, "TypeCode", "VAT")
    _add(tax, "CategoryCode", category(line.rate))
    _add(tax, "RateApplicablePercent", plain(line.rate))
    _add_period(settlement, line.period)
    _add(_add(settlement, "SpecifiedTradeSettlementLineMonetarySummation"), "LineTotalAmount", plain(line.net))


def category(rate: int) -> str:
    return TAXED if rate else EXEMPT


def _agreement(transaction: Element, document: Document) -> None:
    agreement = _add(transaction, "ApplicableHeaderTradeAgreement")
    _add_if(agreement, "BuyerReference", document.service_code)  # BT-10
    _party(agreement, "SellerTradeParty", document.seller)
    _party(agreement, "BuyerTradeParty", document.buyer)
    for name, number in (
        ("BuyerOrderReferencedDocument", document.engagement_number),  # BT-13
        ("ContractReferencedDocument", document.contract),  # BT-12
    ):
        if number:
            _add(_add(agreement, name), "IssuerAssignedID", number)


def _party(agreement: Element, name: str, party: Party) -> None:
    element = _add(agreement, name)
    _add(element, "GlobalID", party.siret, schemeID=SIRET)  # BT-29, BT-46
    _add(element, "Name", party.name)
    if name == "SellerTradeParty":  # of the buyer EN 16931 takes none
        _add_if(element, "Description", party.legal_form)  # BT-33
    _add(_add(element, "SpecifiedLegalOrganization"), "ID", party.siren, schemeID=SIREN)  # BT-30, BT-47
    if party.contact or party.email:
        contact = _add(element, "DefinedTradeContact")
        _add_if(contact, "PersonName", party.contact)
        if party.email:
            _add(_add(contact, "EmailURIUniversalCommunication"), "URIID", party.email)
    address = _add(element, "PostalTradeAddress")
    _add(address, "PostcodeCode", party.address.postcode)
    _add(address, "LineOne", party.address.line1)
    _add_if(address, "LineTwo", party.address.line2)
    _add_if(address, "LineThree", party.address.line3)
    _add(address, "CityName", party.address.city)
    _add(address, "CountryID", party.address.country)
    _add(_add(element, "URIUniversalCommunication"), "URIID", party.electronic_address, schemeID=DIRECTORY)
    if party.vat_number:
        _add(_add(element, "SpecifiedTaxRegistration"), "ID", party.vat_number, schemeID="VA")


def _delivery(transaction: Element, document: Document) -> None:
    delivery = _add(transaction, "ApplicableHeaderTradeDelivery")
    event = _add(delivery, "ActualDeliverySupplyChainEvent")
    _add_date(event, "OccurrenceDateTime", document.delivered_on)


def _settlement(transaction: Element, document: Document) -> None:
    settlement = _add(transaction, "ApplicableHeaderTradeSettlement")
    if document.bank:
        _add(settlement, "PaymentReference", document.number)  # BT-83: what the transfer should say
    _add(settlement, "InvoiceCurrencyCode", "EUR")
    _payment_means(settlement, document)
    totals = document.totals
    _taxes(settlement, document, totals)
    _add_period(settlement, document.period)
    if document.terms or document.due_on:
        terms = _add(settlement, "SpecifiedTradePaymentTerms")
        _add_if(terms, "Description", document.terms)
        if document.due_on:
            _add_date(terms, "DueDateDateTime", document.due_on)
    _summation(settlement, totals)
    if document.corrects:
        corrected = _add(settlement, "InvoiceReferencedDocument")  # BT-25, BT-26
        _add(corrected, "IssuerAssignedID", document.corrects.number)
        _add_date(corrected, "FormattedIssueDateTime", document.corrects.issued_on, QDT)


def _payment_means(settlement: Element, document: Document) -> None:
    if not document.bank:
        if document.by_card:
            means = _add(settlement, "SpecifiedTradeSettlementPaymentMeans")
            _add(means, "TypeCode", BANK_CARD)
            _add(means, "Information", "Carte bancaire")
        return
    means = _add(settlement, "SpecifiedTradeSettlementPaymentMeans")
    _add(means, "TypeCode", TRANSFER)
    _add(means, "Information", "Virement")
    account = _add(means, "PayeePartyCreditorFinancialAccount")
    _add(account, "IBANID", document.bank.iban)  # BT-84
    _add_if(account, "AccountName", document.bank.holder)  # BT-85
    if document.bank.bic:
        _add(_add(means, "PayeeSpecifiedCreditorFinancialInstitution"), "BICID", document.bank.bic)


def _taxes(settlement: Element, document: Document, totals: Totals) -> None:
    for tax in totals.taxes:
        element = _add(settlement, "ApplicableTradeTax")
        _add(element, "CalculatedAmount", plain(tax.vat))
        _add(element, "TypeCode", "VAT")
        if not tax.rate:
            _add(element, "ExemptionReason", document.exemption)
        _add(element, "BasisAmount", plain(tax.base))
        _add(element, "CategoryCode", category(tax.rate))
        _add(element, "DueDateTypeCode", ON_DEBITS if document.vat_on_debits else ON_PAYMENT)
        _add(element, "RateApplicablePercent", plain(tax.rate))


def _summation(settlement: Element, totals: Totals) -> None:
    summation = _add(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(summation, "LineTotalAmount", plain(totals.net))
    _add(summation, "TaxBasisTotalAmount", plain(totals.net))
    _add(summation, "TaxTotalAmount", plain(totals.vat), currencyID="EUR")
    _add(summation, "GrandTotalAmount", plain(totals.gross))
    if totals.paid:
        _add(summation, "TotalPrepaidAmount", plain(totals.paid))
    _add(summation, "DuePayableAmount", plain(totals.due))
