"""Texts that shout: sentences in capitals, not acronyms and not a title."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import word_set

_WORD = re.compile(r"[^\W\d_]+")
# Words of somebody who speaks: what has none is a name, a title or acronyms.
_SPOKEN = word_set(
    """
    NOUS VOUS ON IL ELLE ILS ELLES JE J TU MOI EST SONT ETES ETRE ONT PAS NE N QUE QUI QU CE C CA FAUT MARRE
    TROP HONTE JAMAIS RIEN TOUT TOUS MAIS POURQUOI QUAND COMMENT ENCORE VOS VOTRE NOS NOTRE MON MA MES SI
    VEUT VEUX VOULONS AVONS
    """
)
_OPENING = word_set("NON STOP OUI ASSEZ HALTE RAS BASTA ARRETEZ ARRETONS A")
_JOINING = word_set("LE LA LES L DE DU DES D UN UNE ET OU AU AUX EN DANS SUR POUR PAR AVEC SANS PLUS")
_SHOUTED_LETTERS, _SHOUTED_WITH_A_MARK = 20, 10
_LONG_RUN = 60
# Of the letters of a text: what shouts as a whole, and what is no mere title in it.
_SHARE, _LEAST_SHARE = 0.5, 0.04


def capitals_in(reading: Reading) -> Iterator[Finding]:
    """One finding, of the longest passage in capitals, where it or most of the text is in them."""
    words = list(_WORD.finditer(reading.shown))
    letters = sum(len(word.group()) for word in words)
    best = max(_runs(words), key=_letters, default=[])
    in_best = _letters(best)
    if not best:
        return
    start, end = best[0].start(), best[-1].end()
    marked = "!" in reading.shown[end : end + 4] or "??" in reading.shown[end : end + 4]
    if not _is_a_sentence(best, marked=marked):
        return
    enough = _SHOUTED_WITH_A_MARK if marked else _SHOUTED_LETTERS
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


def _is_a_sentence(run: list[re.Match[str]], *, marked: bool) -> bool:
    """Somebody who speaks: not a list of acronyms, nor the name of a place or a heading unless it is very long."""
    written = [word.group() for word in run]
    spoken = sum(word in _SPOKEN for word in written) + (written[0] in _OPENING)
    joined = sum(word in _JOINING for word in written)
    if len(written) < 3 or (spoken + joined) * 8 < len(written) or max(map(len, written)) < 4:
        return False
    return spoken > 0 or marked or _letters(run) > _LONG_RUN
