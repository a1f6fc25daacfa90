"""Our own checks on an invoice or a credit note: what the rules of EN 16931 and France let pass, and must not leave."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from django.utils.translation import gettext as _

from billing.documents.amounts import Totals, printed
from billing.documents.cii_reading import Stated
from billing.documents.data import Document, Kind, Line, Party, Period, Quote, Receipt
from billing.documents.identifiers import (
    check_bic,
    check_engagement_number,
    check_iban,
    check_number,
    check_service_code,
    check_siren,
    check_siret,
    check_vat_number,
)
from billing.documents.problems import Problem
from billing.documents.signs import sign_not_drawn

# Rates in force for services, overseas departments too (CGI art. 278, 278-0 bis, 279, 281 quater to 297); 0: exempt.
RATES = frozenset((0, 210, 550, 850, 1000, 2000))
YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Demands:
    """What Chorus Pro says that this buyer demands."""

    engagement_number: bool = False
    service_code: bool = False
    # Of VAT, which the dated table has besides those below.
    rates: frozenset[int] = frozenset()


NO_DEMANDS = Demands()


def problems_of(document: Document, *, demands: Demands = NO_DEMANDS) -> list[Problem]:
    return [
        *text_problems(document),
        *_dates(document),
        *check_number(document.number),
        *_party(document.seller),
        *_party(document.buyer),
        *_vat_number(document.seller),
        *_references(document, demands),
        *_lines(document, RATES | demands.rates),
        *_amounts(document),
        *_payment(document),
        *_correction(document),
    ]


def problems_of_file(stated: Stated, *, demands: Demands = NO_DEMANDS) -> list[Problem]:
    """As for a document, and its amounts: those that the file writes are those that its lines make."""
    document = stated.document
    found = problems_of(document, demands=demands)
    if stated.nets != tuple(line.net for line in document.lines):
        found.append(Problem("LINE_AMOUNTS", _("The amount of a line is not its quantity times its price.")))
    return found + compare(document.totals, stated.totals)


def compare(ours: Totals, theirs: Totals) -> list[Problem]:
    """One problem where amounts that were written elsewhere (a file, a row, Stripe) are not those of the lines."""
    if ours == theirs:
        return []
    amounts = {"ours": printed(ours.gross), "theirs": printed(theirs.gross), "our_vat": printed(ours.vat)}
    sentence = _("The lines make %(ours)s with %(our_vat)s of VAT; %(theirs)s with %(their_vat)s of VAT are written.")
    return [Problem("TOTALS", sentence % {**amounts, "their_vat": printed(theirs.vat)})]


def text_problems(document: Document | Quote | Receipt) -> Iterator[Problem]:
    """What would keep a document from being printed."""
    for text in _all_texts(document):
        if bad := sign_not_drawn(text):
            name = unicodedata.name(bad, f"U+{ord(bad):04X}")
            yield Problem("SIGN", _("A text has a sign that cannot be printed: %(name)s.") % {"name": name})
        if text != text.strip():
            yield Problem("SPACES", _("“%(text)s” begins or ends with a space.") % {"text": text})


def _all_texts(value: Any) -> Iterator[str]:
    """Every text of a document, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _all_texts(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _all_texts(getattr(value, field.name))


def _dates(document: Document) -> Iterator[Problem]:
    days = [document.issued_on, document.delivered_on, document.due_on]
    periods = [document.period, *(line.period for line in document.lines)]
    known = [each for each in periods if each]
    days += [day for period in known for day in (period.start, period.end)]
    if any(day and day.year not in YEARS for day in days):
        yield Problem("YEAR", _("A date is before 2000 or after 2099."))
    if any(period.start > period.end for period in known):
        yield Problem("PERIOD", _("A period ends before it starts."))
    if any(_outside(line.period, document.period) for line in document.lines):
        yield Problem("PERIOD_OF_LINE", _("A line is about days outside the period of the invoice."))


def _outside(inner: Period | None, outer: Period | None) -> bool:
    return bool(inner and outer and not (outer.start <= inner.start and inner.end <= outer.end))


def _party(party: Party) -> Iterator[Problem]:
    address = party.address
    if not (party.name and address.line1 and address.postcode and address.city):
        yield Problem("ADDRESS", _("A name, a street, a postcode or a town is missing."))
    if not re.fullmatch("[A-Z]{2}", address.country):
        yield Problem("COUNTRY", _("The country of an address is two capital letters."))
    found = [*check_siren(party.siren), *check_siret(party.siret, siren=party.siren)]
    if not party.electronic_address.startswith(party.siren):
        sentence = _("The electronic address “%(address)s” does not begin with the SIREN.")
        found.append(Problem("ELECTRONIC_ADDRESS", sentence % {"address": party.electronic_address}))
    for problem in found:
        said = {"who": party.name, "what": problem.sentence}
        yield Problem(problem.code, _("%(who)s: %(what)s") % said)


def _vat_number(seller: Party) -> list[Problem]:
    return check_vat_number(seller.vat_number, siren=seller.siren)


def _references(document: Document, demands: Demands) -> Iterator[Problem]:
    if document.engagement_number:
        yield from check_engagement_number(document.engagement_number)
    elif demands.engagement_number:
        yield Problem("ENGAGEMENT_MISSING", _("Chorus Pro demands an engagement number for this buyer."))
    if document.service_code:
        yield from check_service_code(document.service_code)
    elif demands.service_code:
        yield Problem("SERVICE_CODE_MISSING", _("Chorus Pro demands a service code for this buyer."))


def _lines(document: Document, rates: frozenset[int]) -> Iterator[Problem]:
    if not document.lines:
        yield Problem("LINES", _("There is no line."))
    for position, line in enumerate(document.lines, 1):
        for problem in _line(line, document.exemption, rates):
            said = {"position": position, "what": problem.sentence}
            yield Problem(problem.code, _("Line %(position)s: %(what)s") % said)


def _line(line: Line, exemption: str, rates: frozenset[int]) -> Iterator[Problem]:
    if not line.name:
        yield Problem("LINE_NAME", _("it does not say what is sold."))
    if line.quantity < 1:
        yield Problem("QUANTITY", _("the quantity is one or more, in a credit note too."))
    if line.unit_price < 1:
        yield Problem("PRICE", _("the price is above zero, in a credit note too."))
    if line.rate not in rates:
        yield Problem("RATE", _("this VAT rate is none of those in force."))
    if line.rate == 0 and not exemption:
        yield Problem("EXEMPTION", _("why there is no VAT is not said."))


def _amounts(document: Document) -> Iterator[Problem]:
    if not 0 <= document.paid <= max(document.totals.gross, 0):
        yield Problem("PAID", _("What is already paid is below zero or above the total."))


def _payment(document: Document) -> Iterator[Problem]:
    """How and until when to pay. A credit note is not paid: Chorus Pro wants no means of payment there."""
    if document.bank:
        yield from check_iban(document.bank.iban)
        if document.bank.bic:
            yield from check_bic(document.bank.bic)
    if document.kind is Kind.CREDIT_NOTE:
        if document.bank:
            yield Problem("CREDIT_NOTE_BANK", _("A credit note has no bank account to pay to."))
        return
    if not document.bank and not document.is_paid:
        yield Problem("MEANS", _("The bank account to pay to is missing."))
    if not (document.due_on or document.terms):
        yield Problem("DUE", _("Until when to pay is not said."))
    if document.is_paid and not document.due_on:
        yield Problem("PAID_ON", _("The day of the payment is missing."))
    elif document.due_on and document.due_on < document.issued_on and not document.is_paid:
        yield Problem("DUE_EARLY", _("The day until which to pay is before the day of the invoice."))


def _correction(document: Document) -> Iterator[Problem]:
    is_credit_note = document.kind is Kind.CREDIT_NOTE
    if is_credit_note and not document.corrects:
        yield Problem("SOURCE", _("A credit note names the invoice that it corrects, and its date."))
    if document.corrects:
        if not is_credit_note:
            yield Problem("SOURCE_OF_INVOICE", _("Only a credit note corrects an invoice."))
        yield from check_number(document.corrects.number)
        if document.corrects.issued_on > document.issued_on:
            yield Problem("SOURCE_LATER", _("The invoice that is corrected is dated after the credit note."))
