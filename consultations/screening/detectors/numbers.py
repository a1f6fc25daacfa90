"""Bank accounts, social security numbers and bank cards."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from stdnum import iban, luhn
from stdnum.fr import nir

from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import any_of

# Signs of an IBAN by country (registry of SWIFT, those whose residents may have an account here).
_IBAN_LENGTHS = {
    "FR": 27, "MC": 27, "BE": 16, "LU": 20, "CH": 21, "DE": 22, "ES": 24, "IT": 27, "PT": 25,
    "GB": 22, "IE": 22, "NL": 18, "AT": 20, "PL": 28, "RO": 24, "LT": 20, "LV": 21, "EE": 20,
    "MT": 31, "CY": 28, "GR": 27, "BG": 22, "HU": 28, "CZ": 24, "SK": 24, "SI": 19, "HR": 21,
    "DK": 18, "SE": 24, "FI": 18, "NO": 15, "IS": 26, "LI": 21, "SM": 27, "AD": 24, "TN": 24,
    "MA": 28, "DZ": 26, "TR": 26, "UA": 29, "RS": 22, "GI": 23, "MU": 30, "SN": 28, "CI": 28,
    "CM": 27,
}  # fmt: skip
_BETWEEN = r"[ .\-_/]{0,3}"
_IBAN = re.compile(rf"(?<![a-z0-9])[a-z]{_BETWEEN}[a-z]{_BETWEEN}[0-9]{_BETWEEN}[0-9](?:{_BETWEEN}[a-z0-9]){{11,30}}")
_NIR = re.compile(
    rf"(?<![0-9])[12]{_BETWEEN}[0-9]{_BETWEEN}[0-9]{_BETWEEN}"
    rf"(?:0{_BETWEEN}[1-9]|1{_BETWEEN}[0-2]|[2-9]{_BETWEEN}[0-9]){_BETWEEN}"  # the month
    rf"[0-9]{_BETWEEN}[0-9ab]{_BETWEEN}(?:[0-9]{_BETWEEN}){{5}}[0-9]"
    rf"(?:{_BETWEEN}(?:cle *:? *)?[0-9]{_BETWEEN}[0-9])?(?![0-9])"
)
_CARD = re.compile(rf"(?<![0-9])[3-6](?:{_BETWEEN}[0-9]){{13,18}}(?![0-9])")
_NOT_DIGIT, _NO_SIGN = re.compile(r"[^0-9]"), re.compile(r"[^a-z0-9]")
_CARD_LENGTHS = {"3": (15,), "4": (16,), "5": (16,), "6": (16, 19)}
_ABOUT_ACCOUNT = any_of(
    r"""
    iban|rib|compte|virement|virer|versez|verser|versements?|banque|bancaires?|cagnotte|dons?
    """
)
_ABOUT_NIR = any_of(
    r"""
    secu(?:rite)?|sociale?|nir|n[o°] ?ss|assuree?|vitale|insee|immatricul\w*|ameli|cpam
    """
)
_ABOUT_CARD = any_of(
    r"""
    cartes?|cb|visa|mastercard|bancaires?|bleue|crypto(?:gramme)?|cvv|cvc|expire|paiement|payer
    """
)
_NEAR = 50


def numbers_in(reading: Reading) -> Iterator[Finding]:
    for pattern, is_one, kind in (
        (_IBAN, _iban_length, FlagKind.IBAN),
        (_NIR, _nir_length, FlagKind.NIR),
        (_CARD, _card_length, FlagKind.CARD),
    ):
        for match in pattern.finditer(reading.plain):
            about = reading.plain[max(0, match.start() - _NEAR) : match.end() + _NEAR]
            length = is_one(match.group(), about)
            if length:
                yield Finding(kind, match.start(), match.start() + length, kind_reason(kind))


def kind_reason(kind: FlagKind) -> str:
    return {
        FlagKind.IBAN: _("Number of a bank account"),
        FlagKind.NIR: _("Social security number"),
        FlagKind.CARD: _("Number of a bank card"),
    }[kind]


# Each tells how many signs of the passage are the number, 0 for none. A wrong check digit is forgiven, as a mistyped
# number is one too, where the text says what it is.


def _iban_length(found: str, about: str) -> int:
    size = _IBAN_LENGTHS.get(_NO_SIGN.sub("", found[:12])[:2].upper())
    if size is None:
        return 0
    end = _end_of(found, size)
    number = _NO_SIGN.sub("", found[:end]).upper()
    if len(number) < size:
        return 0
    if iban.is_valid(number, check_country=False):  # its check digits, and letters where its country has them
        return end
    french = number[:2] in ("FR", "MC") and sum(sign.isdigit() for sign in number) > 20
    said = number.startswith("FR76") or _ABOUT_ACCOUNT.search(about)  # 76 is the key of every bank of France
    return end if french and said else 0


def _end_of(found: str, size: int) -> int:
    """Where the sign of that rank ends; a word may follow the number without a stop."""
    count = 0
    for place, sign in enumerate(found):
        count += sign.isalnum()
        if count == size:
            return place + 1
    return len(found)


def _nir_length(found: str, about: str) -> int:
    number = _NO_SIGN.sub("", found.replace("cle", "")).upper()
    said = _ABOUT_NIR.search(about) is not None
    if (len(number) == 15 and nir.is_valid(number)) or said:
        return len(found)
    return 0


def _card_length(found: str, about: str) -> int:
    number = _NOT_DIGIT.sub("", found)
    if len(number) not in _CARD_LENGTHS[number[0]] or (number[1] not in "47" and number[0] == "3"):
        return 0
    return len(found) if luhn.is_valid(number) or _ABOUT_CARD.search(about) else 0
