"""How a name is compared: what is typed and what the directory says end up as the same words."""

import re
import unicodedata

# Longer than any name: the rest of what was pasted says nothing.
LONGEST = 120
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_ABBREVIATIONS = [
    (re.compile(pattern), short)
    for pattern, short in (
        (r"\bsaint(e?s?)\b", r"st\1"),
        (r"(?<= )ss(?= )", "sous"),  # Fontenay ss Bois, Chalon s/ Saône
        (r"(?<= )s(?= )", "sur"),
        (r"\bcommunautes? de communes?\b|\bcom ?com\b", "cc"),
        (r"\bcommunautes? d agglo(meration)?\b", "ca"),
        (r"\bcommunautes? urbaines?\b", "cu"),
    )
]


def plain(text: str) -> str:
    """Lower-case words of a to z and 0 to 9, one space between them: no accent, apostrophe or hyphen."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        # Accents, and signs that cannot be seen, are within words; whatever else is no letter parts them.
        text = "".join(sign for sign in text if sign.isascii() or unicodedata.category(sign) not in ("Mn", "Cf"))
    return _NO_LETTERS.sub(" ", text).strip()


def abbreviated(words: str) -> str:
    """Plain words in the short form that the directory is kept in: `st`, `ste`, `cc`."""
    for pattern, short in _ABBREVIATIONS:
        words = pattern.sub(short, words)
    return words


def comparable(name: str) -> str:
    return abbreviated(plain(name))
