"""An invoice or a credit note as it leaves: made, read back, and checked by all that checks."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from billing.documents import cii
from billing.documents.checks import NO_DEMANDS, Demands, problems_of, problems_of_file
from billing.documents.cii_reading import Unreadable, read
from billing.documents.container import container_problems
from billing.documents.data import Document
from billing.documents.facturx import with_properties, xml_of
from billing.documents.printing import NotPrinted, invoice_pdf
from billing.documents.problems import Problem
from billing.documents.validation import rule_problems


@dataclass(frozen=True)
class Made:
    """`facturx` is the original; `plain` is for portals that refuse it. With problems, there are no files."""

    facturx: bytes = b""
    plain: bytes = b""
    problems: tuple[Problem, ...] = ()


def make(document: Document, *, demands: Demands = NO_DEMANDS) -> Made:
    """The files of a document, or what is wrong with it. Raises NotChecked, which must stop it as a problem does."""
    if problems := problems_of(document, demands=demands):
        return Made(problems=tuple(problems))
    xml = cii.write(document)
    try:
        made = with_properties(invoice_pdf(document, xml=xml))
        plain = invoice_pdf(document)
    except NotPrinted:
        return Made(problems=(Problem("PRINT", _("The document has a sign that cannot be printed.")),))
    if problems := [*_lost(document, xml), *check(made, demands=demands)]:
        return Made(problems=tuple(problems))
    return Made(made, plain)


def _lost(document: Document, xml: bytes) -> list[Problem]:
    """What the XML does not say, but for what only the paper says."""
    seller, buyer = replace(document.seller, phone=""), replace(document.buyer, phone="", legal_form="")
    if read(xml).document == replace(document, seller=seller, buyer=buyer):
        return []
    return [Problem("LOST", _("The XML does not say all that the document says."))]


def check(pdf: bytes, *, demands: Demands = NO_DEMANDS) -> list[Problem]:
    """All that is wrong with a file: its container, its XML by the rules, what the XML says. Raises NotChecked."""
    xml = xml_of(pdf)
    if xml is None:
        return [Problem("NO_XML", _("This file is no PDF, or carries no factur-x.xml."))]
    return [*container_problems(pdf), *check_xml(xml, demands=demands)]


def check_xml(xml: bytes, *, demands: Demands = NO_DEMANDS) -> list[Problem]:
    """As `check`, of the XML alone. Raises NotChecked."""
    try:
        stated = read(xml)
    except Unreadable as problem:
        sentence = _("The XML is no invoice of ours: %(what)s is missing or cannot be read.")
        return [Problem("UNREADABLE", sentence % {"what": problem})]
    return [*problems_of_file(stated, demands=demands), *rule_problems(xml)]
