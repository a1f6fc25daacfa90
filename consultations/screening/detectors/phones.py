"""Phone numbers of persons, however they are set; not those of services, nor what only looks like one."""

import re
from collections.abc import Iterator

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from consultations.screening.detectors.spoken import spoken_numbers
from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import any_of, joined, word_set

_SOMEBODYS = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
)
# France, then those overseas whose numbers it does not count as its own.
_REGIONS = ("FR", "RE", "GP", "MQ", "GF")
# A row of digits, some of which may be letters that look like them; never more than can be one or two numbers.
_ROW = re.compile(r"(?<![a-z0-9])\+? ?[0-9o](?:[ .\-_/*·|,:'~()\[\]+]{0,4}[0-9ol]){8,29}(?![a-z0-9])")
_GROUP = re.compile(r"[0-9ol]+")
_LOOK_ALIKE = str.maketrans("ol", "01")
_BETWEEN = re.compile(r"[^0-9ol]+")
_UNIT = re.compile(
    r" {0,2}(?:€|\$|%|k€|m€|(?:euros?|keur|meur|m2|m3|km|ha|kwh?|mwh?|habitants?|logements?|voix|tonnes?|francs?|"
    r"litres?|mois|ans|personnes)\b)"
)
_KEPT_BY_NUMBER = joined(
    """
    siret|siren|rna|naf|ape|insee|bic|dossiers?|ref|references?|factures?|isbn|issn|ean|doi|parcelles?|cadastrales?|
    lots?|lignes?|bus|comptes?|contrats?|marches?|deliberations?|arretes?|decrets?|lois?|articles?|badges?|puces?|
    permis|serie|matricule|immatriculation|horaires?|coordonnees|gps|commande|colis|suivi|client|adherents?|licence|
    brevet|version|codes?|inventaire|plan|plaque|budget|montant|compteur|pdl|prm|pce|allocataire|usager|caf|tickets?
    """
)
_SOMETHING_ELSE = re.compile(rf"\b(?:{_KEPT_BY_NUMBER})((?:[ .:#°(]{{1,2}}[a-z']+){{0,3}}[ .:#°(]{{0,3}})$")
_IN_PAIRS = re.compile(r"0[67](?:[ .\-/]{1,3}[0-9]{2}){4}")
# "Demande n° …" is a number of something, "mon n° …" may be a phone's.
_NUMBERED = re.compile(r"\b([a-z]+) (?:no?s?[°.]|num(?:ero)?s?) ?:? ?$")
_ONES_OWN = word_set(
    """
    mon ton son notre votre ce le au du un tel telephone portable mobile appelez fixe sms nouveau joindre
    rappelez
    """
)
_END_OF_NUMBER = re.compile(r"[0-9][.,\-/]?$")
_HOURS = re.compile(r"\b(?:horaires?|ouverture|ouverte?s?|passages?|departs?)\b[^.!?\n]*$")
_ABOUT_PHONE = any_of(
    r"""
    tel|teleph\w*|portable|mobile|appel\w*|joindre|joignable|contact\w*|whats ?app|sms|texto|numero|num|fixe|
    06|07|rappel\w*|signal|telegram
    """
)
_FRANCE = 33
# The regulator opens ranges of them faster than the library learns of it.
_MOBILE = re.compile(r"[67][0-9]{8}")
_NEAR = 40


def phones_in(reading: Reading) -> Iterator[Finding]:
    for row in _ROW.finditer(reading.plain):
        yield from _phones_of_row(row, reading.plain)
    for start, end in spoken_numbers(reading.plain):
        yield Finding(FlagKind.PHONE, start, end, _("Phone number in words"))


def _phones_of_row(row: re.Match[str], plain: str) -> Iterator[Finding]:
    """The numbers that begin and end with groups of the row, from the left."""
    groups = [(row.start() + group.start(), row.start() + group.end()) for group in _GROUP.finditer(row.group())]
    first = 0
    while first < len(groups):
        last = _last_group(groups, first, plain)
        if last is None:
            first += 1
            continue
        start, end = groups[first][0], groups[last][1]
        start -= plain[max(0, start - 1) : start] == "+"
        yield Finding(FlagKind.PHONE, start, end, _reason(plain[start:end]))
        first = last + 1


def _reason(written: str) -> str:
    return _("Phone number in disguise") if re.search("[ol*_|]", written) else _("Phone number")


def _last_group(groups: list[tuple[int, int]], first: int, plain: str) -> int | None:
    """The group with which a number ends that begins with the first."""
    start = groups[first][0]
    abroad = plain[start] not in "0o" and plain[max(0, start - 2) : start].rstrip().endswith("+")
    digits = ""
    for last in range(first, min(len(groups), first + 16)):
        digits += plain[slice(*groups[last])].translate(_LOOK_ALIKE)
        if len(digits) > 15:
            break
        if _may_be(digits, abroad=abroad) and _is_phone(plain, start, groups[last][1], abroad=abroad):
            return last
    return None


def _may_be(digits: str, *, abroad: bool) -> bool:
    """Whether it is worth asking: in France ten digits, elsewhere the length depends on the country."""
    if abroad:
        return len(digits) > 8 and digits[0] != "0"
    if digits.startswith("00"):
        return len(digits) > 10 and digits[2] != "0"
    return (len(digits) == 10 and digits[0] == "0") or (len(digits) == 11 and digits.startswith("33"))


def _is_phone(plain: str, start: int, end: int, *, abroad: bool) -> bool:
    written = plain[start:end]
    if sum(sign in "ol" for sign in written) > 3 or not _evenly_set(written) or _looks_like_dates(written):
        return False
    before = plain[max(0, start - _NEAR) : start]
    if _UNIT.match(plain, end) or _is_something_else(before):
        return False
    told = _ABOUT_PHONE.search(before) or _ABOUT_PHONE.search(plain[end : end + _NEAR])
    return _is_somebodys(written, abroad=abroad, told=told is not None)


def _is_something_else(before: str) -> bool:
    """By what stands before it: a file, a file’s number, hours, the end of a longer number."""
    numbered = _NUMBERED.search(before)
    if numbered and numbered[1] not in _ONES_OWN:
        return True
    kept = _SOMETHING_ELSE.search(before)
    if kept and not _ABOUT_PHONE.search(kept[1].replace("numero", "")):
        return True
    return _HOURS.search(before) is not None or _END_OF_NUMBER.search(before) is not None


def _evenly_set(written: str) -> bool:
    """Between its groups stands the same sign everywhere, or none: else it is a list of numbers."""
    without = written.replace("(0)", " ", 1)
    if _IN_PAIRS.fullmatch(without):
        return True
    signs = {sign.strip(" ()[]") for sign in _BETWEEN.findall(without)}
    return len(signs) < 2 if signs & {",", ":"} else len(signs - {""}) < 2


def _looks_like_dates(written: str) -> bool:
    return re.match(r"[0-9]{1,2}([./\- ])[0-9]{1,2}\1(?:19|20)[0-9]{2}(?![0-9])", written) is not None


def _is_somebodys(written: str, *, abroad: bool, told: bool) -> bool:
    digits = _BETWEEN.sub("", written.replace("(0)", "", 1)).translate(_LOOK_ALIKE)
    if abroad:
        return _valid(f"+{digits}", "FR")
    if digits.startswith("00"):
        return _valid(f"+{digits[2:]}", "FR")
    if digits.startswith("33"):
        return told and _valid(f"+{digits}", "FR")
    return any(_valid(digits, region) for region in _REGIONS) or (told and digits[1] in "12345")


def _valid(digits: str, region: str) -> bool:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False
    if number.country_code == _FRANCE and _MOBILE.fullmatch(str(number.national_number)):
        return True
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _SOMEBODYS
