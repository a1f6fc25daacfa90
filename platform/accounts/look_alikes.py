"""Letters as a reader sees them: whatever their case, accents, alphabet, signs and figures for letters.

Skeletons of look-alikes: Unicode Technical Standard 39, sections 4 and 5.1.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from common.text import is_unseen

# Letters of other scripts in the shape of a Latin one: UTS 39, confusables.txt. Capitals apart, where they differ.
_LIKE = {
    "a": "αаɑꭺᎪꓮ",
    "b": "ВвβΒЬьᏏᏴꓐ",
    "c": "сϲⲥᏟꓚ",
    "d": "ԁɗᎠꓓ",
    "e": "еεєΕҽᎬꓰ",
    "f": "ϝғꓝ",
    "g": "ɡԍգᏀꓖ",
    "h": "ΗНнһհᎻꓧ",
    "i": "іιɩІΙӏᎥᏆꓲ",
    "j": "јϳЈᎫꓙ",
    "k": "κкКΚҝᏦꓗ",
    "l": "ⅼӀᏞꓡןוا",
    "m": "мМΜϻᎷꓟ",
    "n": "ηΝпոռꓠ",
    "o": "οоօσчΟОՕסهᏫꓳ",
    "p": "ρрΡРᏢꓑ",
    "q": "ԛզ",
    "r": "гяᎡᏒꓣ",
    "s": "ѕЅՏꓢᏚ",
    "t": "τтТΤтᎢꓔ",
    "u": "υսцʋμՍꓴ",
    "v": "νѵᏙꓦ",
    "w": "ωѡԝшᎳꓪ",
    "x": "χхΧХꓫ",
    "y": "γуУΥүᎩꓬ",
    "z": "ΖᏃꓜ",
}
_LATIN = {other: letter for letter, others in _LIKE.items() for other in others}
# 1, i, l and | are one stroke; 0 is an o. Of the figures and signs that stand for letters, those that are common.
_FIGURES = {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
INSIDE, BESIDE, NONE = r"(?<=\w)[{0}](?=\w)", r"(?<=\w)[{0}]|[{0}](?=\w)", ""
_SIGNS = {"@": "a", "€": "e", "$": "s", "!": "l", "|": "l", "¡": "l", "£": "l"}
# What may be read in several ways.
_READ_SO = re.compile(rf"[\d{re.escape(''.join(_SIGNS))}]")
# The others by their names: dotless, small capital, squared, with a stroke.
_NAMED_LETTER = re.compile(r"(?:LATIN|REGIONAL INDICATOR SYMBOL)\b.*\bLETTER (?:[A-Z-]+ )*?([A-Z])(?: WITH .*)?$")
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "p", "ð": "d"}


@lru_cache(1024)  # each name is read in several ways
def _letters(text: str) -> str:
    """Latin letters, figures and signs, as they look: no accents, nothing that is not seen."""
    if text.isascii() and text.isprintable():
        return text.casefold()
    shown = []
    for sign in unicodedata.normalize("NFKD", text):
        if is_unseen(sign):
            continue
        # Before and after lower case: capitals of other scripts are like other letters than their small ones.
        plain = _LATIN.get(sign) or _LATIN.get(sign.casefold()) or _LIGATURES.get(sign.casefold())
        if plain is None and not sign.isascii():
            named = _NAMED_LETTER.search(unicodedata.name(sign, ""))
            plain = named[1].lower() if named else None
        shown.append(plain or sign.casefold())
    return "".join(shown)


def words_of(name: str, *, figures: bool, signs: str) -> list[str]:
    """The words, in skeletons. Figures and signs that stand for letters are read so, or end the word."""
    text = _letters(name)
    if signs:
        text = re.sub(signs.format(re.escape("".join(_SIGNS))), lambda found: _SIGNS[found[0]], text)
    words = []
    for word in re.findall(r"[^\W_]+", text):
        if any(letter.isalpha() for letter in word):
            if figures:
                words.append("".join(_FIGURES.get(letter, letter) for letter in word))
            else:
                words += re.findall(r"[^\W\d_]+", word)
        elif figures:
            words.append(word)
    return [skeleton(word) for word in words]


def skeleton(word: str) -> str:
    return word.replace("i", "l").replace("rn", "m").replace("vv", "w")


# Where letters of several stand in one word, but for those that are written together (Japanese, Korean).
_APART = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "GEORGIAN"}
# Beside them in everyday use: Unicode Standard Annex 31, table 5, by the first word of a letter's name. Few telephones
# draw those of others, and some draw nothing.
_OTHERS = """
BENGALI BOPOMOFO CJK DEVANAGARI ETHIOPIC GUJARATI GURMUKHI HANGUL HIRAGANA IDEOGRAPHIC KANNADA KATAKANA
KATAKANA-HIRAGANA KHMER LAO MALAYALAM MODIFIER MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI TIBETAN TIFINAGH
"""
_IN_USE = _APART | {*_OTHERS.split()}
_LATIN_ALONE = re.compile("[\0-\xb4\xb6-\u024f’]*")  # the micro sign is a Greek letter
DIRECTED = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")


def mixes_scripts(name: str) -> bool:
    """Whether a word has letters of two alphabets, or of one that nobody writes with: no name is written so.

    Unicode Technical Standard 39, sections 3.1 and 5.1.
    """
    if _LATIN_ALONE.fullmatch(name):
        return False
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name)):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if scripts - _IN_USE or len(scripts & _APART) > 1:
            return True
    return False


def readings(name: str) -> Iterator[list[str]]:
    """Its words in skeletons, in each way that figures and signs may be read."""
    letters = _letters(name)
    if letters.isascii() and not _READ_SO.search(letters):
        return iter([words_of(name, figures=True, signs=NONE)])
    ways = ((True, NONE), (True, BESIDE), (False, NONE))
    read = [words_of(name, figures=figures, signs=signs) for figures, signs in ways]
    return (words for place, words in enumerate(read) if words not in read[:place])
