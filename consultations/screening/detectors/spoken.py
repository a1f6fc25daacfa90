"""Phone numbers that are written in words, wholly or in part: `zéro six douze 34 cinquante-six soixante-dix-huit`."""

import re
from collections.abc import Iterator

_SMALL = {
    "zero": 0, "o": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "seize": 16,
}  # fmt: skip
_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "nonante": 90,
}  # fmt: skip
_NAMES = "|".join(sorted((*_SMALL, *_TENS), key=len, reverse=True))
# Words of numbers and groups of digits that follow each other; as many as a phone number can have.
# There is one way only to read a run: between two of them is a sign, or a digit meets a letter.
_ONE = rf"(?:(?:{_NAMES})(?![a-z])|[0-9]{{1,4}}(?![0-9]))"
_NEXT = rf"(?:[ ,.\-/]{{1,3}}(?:et[ \-])?|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])){_ONE}"
_RUN = re.compile(rf"(?<![a-z0-9]){_ONE}(?:{_NEXT}){{3,24}}(?![a-z0-9])")
_PART = re.compile(r"[a-z]+|[0-9]+")


def spoken_numbers(plain: str) -> Iterator[tuple[int, int]]:
    for run in _RUN.finditer(plain):
        parts = _PART.findall(run.group())
        if any(part.isalpha() and part != "et" for part in parts) and _is_phone(_digits(parts)):
            yield run.span()


def _is_phone(digits: str) -> bool:
    return re.fullmatch(r"(?:0|0?033)[1-79][0-9]{8}", digits) is not None


def _digits(parts: list[str]) -> str:
    """As one dictates: units alone, tens with what they take."""
    found = ""
    place = 0
    while place < len(parts):
        part = parts[place]
        if part.isdigit():
            found, place = found + part, place + 1
            continue
        number, place = _number(parts, place)
        found += str(number) if number >= 0 else ""
    return found


def _number(parts: list[str], place: int) -> tuple[int, int]:
    """The number that begins there, below a hundred, and where the next one does."""
    part, place = parts[place], place + 1
    if part == "quatre" and parts[place : place + 1] and parts[place] in ("vingt", "vingts"):
        more, place = _below_twenty(parts, place + 1)
        return 80 + more, place
    if (
        part in _TENS
        and parts[place : place + 1] == ["quatre"]
        and parts[place + 1 : place + 2] in (["vingt"], ["vingts"])
    ):
        return _TENS[part], place
    if part in _TENS:
        most = 20 if part == "soixante" else 10
        more, after = _below_twenty(parts, place)
        return (_TENS[part] + more, after) if 0 < more < most else (_TENS[part], place)
    if part == "dix" and parts[place : place + 1] and parts[place] in ("sept", "huit", "neuf"):
        return 10 + _SMALL[parts[place]], place + 1
    return _SMALL.get(part, -1), place


def _below_twenty(parts: list[str], place: int) -> tuple[int, int]:
    """What is added to tens: nothing if no such word follows."""
    at = place + (parts[place : place + 1] == ["et"])
    part = parts[at] if at < len(parts) else ""
    if part not in _SMALL or part in ("zero", "o"):
        return 0, place
    if part == "dix" and at + 1 < len(parts) and parts[at + 1] in ("sept", "huit", "neuf"):
        return 10 + _SMALL[parts[at + 1]], at + 2
    return _SMALL[part], at + 1
