"""Numbers and codes that people type, checked where they are typed and again before an invoice leaves.

The rules of EN 16931 and France look at their form and not at their check digits. Each function gives the problems of
one value, in the reader's language; none for a right one.
"""

import re

from django.utils.translation import gettext as _
from stdnum import bic, iban
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number
from stdnum.fr import tva

from billing.documents.problems import Problem

# Letters without accents, digits, and what the French rules allow in identifiers (BR-FR-02); spaces inside besides,
# which accounting software of town halls writes.
_CODE = re.compile(r"[A-Za-z0-9+\-_/.]+(?: [A-Za-z0-9+\-_/.]+)*")
_NUMBER = re.compile(r"[A-Za-z0-9+\-_/]{1,35}")
_ENGAGEMENT_LENGTH, _SERVICE_CODE_LENGTH = 50, 100


def grouped(number: str, *sizes: int) -> str:
    """« 214 503 021 00018 », which does not break."""
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return "\u00a0".join(part for part in parts if part)


def siret_in_groups(siret: str) -> str:
    return grouped(siret, 3, 3, 3, 5)


def check_siren(siren: str) -> list[Problem]:
    if re.fullmatch(r"[0-9]{9}", siren) and siren_number.is_valid(siren):
        return []
    return [
        Problem(
            "SIREN",
            _("“%(number)s” is no SIREN: nine digits, the last of which checks the others.") % {"number": siren},
        )
    ]


def check_siret(siret: str, *, siren: str = "") -> list[Problem]:
    """`siren`, where it is known: of whom the SIRET must be an establishment. Those of La Poste have their own rule."""
    if not (re.fullmatch(r"[0-9]{14}", siret) and siret_number.is_valid(siret)):
        sentence = _("“%(number)s” is no SIRET: fourteen digits, the last of which checks the others.")
        return [Problem("SIRET", sentence % {"number": siret})]
    if siren and siret[:9] != siren:
        sentence = _("The SIRET %(siret)s belongs to another organisation: its SIREN is not %(siren)s.")
        return [Problem("SIRET_OF_ANOTHER", sentence % {"siret": siret, "siren": siren})]
    return []


def check_vat_number(number: str, *, siren: str) -> list[Problem]:
    if re.fullmatch(r"FR[0-9A-Z]{2}[0-9]{9}", number) and tva.is_valid(number) and number[4:] == siren:
        return []
    sentence = _("“%(number)s” is not the VAT number of the SIREN %(siren)s.")
    return [Problem("VAT_NUMBER", sentence % {"number": number, "siren": siren})]


def check_iban(number: str) -> list[Problem]:
    # Without the country's own rules: for France they would refuse accounts that exist.
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number) and iban.is_valid(number, check_country=False):
        return []
    return [Problem("IBAN", _("“%(number)s” is no IBAN.") % {"number": number})]


def check_bic(code: str) -> list[Problem]:
    if re.fullmatch(r"[A-Z0-9]{8}(?:[A-Z0-9]{3})?", code) and bic.is_valid(code):
        return []
    return [Problem("BIC", _("“%(number)s” is no BIC.") % {"number": code})]


def check_number(number: str) -> list[Problem]:
    """The number of an invoice."""
    if _NUMBER.fullmatch(number):
        return []
    sentence = _("The number “%(number)s” has signs that are not allowed, or more than 35.")
    return [Problem("NUMBER", sentence % {"number": number})]


def check_engagement_number(number: str) -> list[Problem]:
    found = []
    if len(number) > _ENGAGEMENT_LENGTH:
        sentence = _("The engagement number has %(count)s signs: %(most)s at most.")
        found.append(Problem("ENGAGEMENT_LONG", sentence % {"count": len(number), "most": _ENGAGEMENT_LENGTH}))
    if not _CODE.fullmatch(number):
        sentence = _(
            "The engagement number “%(number)s” has signs that Chorus Pro does not take: letters without accents, "
            "digits, and - _ / . + are allowed, with a space between them."
        )
        found.append(Problem("ENGAGEMENT_SIGNS", sentence % {"number": number}))
    return found


def check_service_code(code: str) -> list[Problem]:
    found = []
    if len(code) > _SERVICE_CODE_LENGTH:
        sentence = _("The service code has %(count)s signs: %(most)s at most.")
        found.append(Problem("SERVICE_CODE_LONG", sentence % {"count": len(code), "most": _SERVICE_CODE_LENGTH}))
    if not _CODE.fullmatch(code):
        sentence = _(
            "The service code “%(code)s” has signs that Chorus Pro does not take: letters without accents, digits, "
            "and - _ / . + are allowed, with a space between them."
        )
        found.append(Problem("SERVICE_CODE_SIGNS", sentence % {"code": code}))
    return found
