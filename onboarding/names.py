"""What may be typed as the name of an authority that the directory lacks."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from common.text import leads_somewhere

NAME_MAX = 120
# Five digits begin a telephone number. No authority's name has more than two: Paris 12e Arrondissement.
_DIGITS_MAX = 4
_PUNCTUATION = frozenset(" '’\"«»-–‑()&,./·\u00a0\u202fʻ")


class NameRefused(Refusal):
    """It cannot be an authority's name; the message says why."""

    code = "authority_name_refused"
    status = 422


def check_authority_name(name: str) -> None:
    """Raises NameRefused for what is no authority's name: addresses, telephone numbers, signs of other alphabets."""
    check_leads_nowhere(name)
    if len(name) > NAME_MAX:
        raise NameRefused(_("This is too long for a name: 120 signs at most."))
    if sum(sign.isdigit() for sign in name) > _DIGITS_MAX:
        raise NameRefused(_("A name holds no telephone number. Write the name alone."))
    if not any(sign.isalpha() for sign in name) or not all(map(_is_of_a_name, name)):
        raise NameRefused(_("Write the name in plain letters, without symbols."))


def check_leads_nowhere(words: str) -> None:
    """Raises NameRefused for words in which a mail program, or a reader, would see a link or an address."""
    if leads_somewhere(words):
        raise NameRefused(_("No link and no address here, please: write words alone."))


def _is_of_a_name(sign: str) -> bool:
    return sign in _PUNCTUATION or sign.isdigit() or (sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN"))
