"""What would make a text better, said kindly. A nudge never blocks: whoever writes decides."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import iban as iban_number
from stdnum.fr import nir as nir_number


@dataclass(frozen=True)
class Nudge:
    code: str
    message: Promise | str


CAPITALS = Nudge(
    "CAPITALS",
    _("Much of this is in capitals: it reads as if one were shouting. Small letters are easier to read, and convince."),
)
ECHO = Nudge(
    "ECHO",
    _("The benefit says nearly the same as the solution. Say rather what will be better, for whom, once it is done."),
)
PHONE = Nudge(
    "PHONE",
    _("This looks like a phone number. Everyone will read it, for a long time: take it out unless it is meant."),
)
EMAIL = Nudge(
    "EMAIL",
    _("This looks like an e-mail address. Everyone will read it, robots too: take it out unless it is meant."),
)
IBAN = Nudge("IBAN", _("This looks like a bank account number (IBAN). Everyone will read it: take it out."))
NIR = Nudge("NIR", _("This looks like a social security number. Everyone will read it: take it out."))

_SHORTEST_SHOUT, _SHOUTED_SHARE = 12, 0.75
# A sentence in capitals inside an ordinary text: so many words in a row, so many letters.
_SHOUTED_WORDS, _SHOUTED_LETTERS = 4, 20
_SHORTEST_ECHO, _ECHOED_SHARE = 4, 0.65
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d.,])(?:(?:\+|00)33[\s.-]?(?:\(0\)[\s.-]?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
_NIR = re.compile(r"(?<!\d)[1-478](?:[\s.-]?[\dAB]){14}(?!\d)", re.IGNORECASE)
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?:[ .-]?[a-z\d]){11,30}", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s.-]")
_WORD = re.compile(r"[^\W\d_]{4,}")


def nudges_for(text: str, *, solution: str = "") -> list[Nudge]:
    """What to say of a text, gravest first. With `solution`, it is a benefit, that should not repeat it."""
    found = _personal(text)
    if _shouts(text):
        found.append(CAPITALS)
    if solution and _repeats(text, solution):
        found.append(ECHO)
    return found


def _personal(text: str) -> list[Nudge]:
    """Numbers with a checksum first: what they hold is not also a phone number."""
    found = []
    for nudge, pattern, is_valid in ((NIR, _NIR, nir_number.is_valid), (IBAN, _IBAN, _begins_with_iban)):
        for match in list(pattern.finditer(text)):
            if is_valid(_SEPARATORS.sub("", match[0])):
                text = text.replace(match[0], " … ")
                if nudge not in found:
                    found.append(nudge)
    if _PHONE.search(text):
        found.append(PHONE)
    if _EMAIL.search(text):
        found.append(EMAIL)
    return found


def _begins_with_iban(signs: str) -> bool:
    """What follows an account number in a sentence may look like more of it."""
    return any(iban_number.is_valid(signs[:length]) for length in range(15, len(signs) + 1))


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha() and sign.lower() != sign.upper()]
    if len(letters) < _SHORTEST_SHOUT:
        return False
    return sum(sign.isupper() for sign in letters) > _SHOUTED_SHARE * len(letters) or _has_shouted_sentence(text)


def _has_shouted_sentence(text: str) -> bool:
    words = letters = 0
    for word in re.findall(r"[^\W\d_]{2,}", text):
        words, letters = (words + 1, letters + len(word)) if word.isupper() else (0, 0)
        if words >= _SHOUTED_WORDS and letters >= _SHOUTED_LETTERS:
            return True
    return False


def _repeats(benefit: str, solution: str) -> bool:
    said, before = _stems(benefit), _stems(solution)
    return len(said) >= _SHORTEST_ECHO and len(said & before) >= _ECHOED_SHARE * len(said)


def _stems(text: str) -> set[str]:
    """Words of four letters and more, without accents, cut to where French begins to inflect them."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return {word.rstrip("sx")[:7] for word in _WORD.findall(plain)}
