"""Texts that shout: sentences in capitals, not acronyms and not a title."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import word_set

_WORD = re.compile(r"[^\W\d_]+")
# Without any of these, words in capitals are names and acronyms.
_SENTENCE_WORDS = word_set(
    """
    LE LA LES DE DU DES UN UNE ET OU MAIS POUR PAR PAS NE QUE QUI EST SONT NOUS VOUS ON IL ELLE ILS JE TU CE
    CES CET CETTE C S D L N A AU AUX DANS SUR AVEC SANS PLUS TROP TOUT TOUS TOUTE ASSEZ STOP NON OUI FAUT VEUT
    MARRE ENCORE MON MA MES NOS VOS NOTRE VOTRE
    """
)
_SHOUTED_LETTERS, _SHOUTED_WITH_A_MARK = 20, 11
_LONG_RUN = 60
# Of the letters of a text: what shouts as a whole, and what is no mere title in it.
_SHARE, _LEAST_SHARE = 0.5, 0.04


def capitals_in(reading: Reading) -> Iterator[Finding]:
    """One finding, of the longest passage in capitals, where it or most of the text is in them."""
    words = list(_WORD.finditer(reading.shown))
    letters = sum(len(word.group()) for word in words)
    best = max(_runs(words), key=_letters, default=[])
    in_best = _letters(best)
    if not best or not _is_a_sentence(best):
        return
    start, end = best[0].start(), best[-1].end()
    enough = _SHOUTED_WITH_A_MARK if "!" in reading.shown[end : end + 4] else _SHOUTED_LETTERS
    whole = in_best >= enough and in_best > _SHARE * letters
    if whole or (in_best >= _LONG_RUN and in_best > _LEAST_SHARE * letters):
        yield Finding(FlagKind.CAPITALS, start, end, _("Written in capitals"))


def _runs(words: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for word in words:
        if word.group().isupper():
            run.append(word)
        elif len(word.group()) > 1:
            yield run
            run = []
    yield run


def _letters(run: list[re.Match[str]]) -> int:
    return sum(len(word.group()) for word in run)


def _is_a_sentence(run: list[re.Match[str]]) -> bool:
    """Of words, some of them small ones and some long: not a list of acronyms."""
    written = [word.group() for word in run]
    small = sum(word in _SENTENCE_WORDS for word in written)
    return len(written) > 2 and small > 0 and small * 8 >= len(written) and any(len(word) > 4 for word in written)
