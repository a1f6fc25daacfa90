"""The signs that our fonts draw."""

import re
import unicodedata

# Those of other scripts they lack.
_NOT_DRAWN = re.compile(r"[^\u0020-\u04ff\u1e00-\u2040\u20a0-\u20bf\u2116\u2122\u2190-\u22ff]")


def sign_not_drawn(text: str) -> str:
    """The first one, or one that only directs; empty where all are drawn."""
    return next((sign for sign in text if _NOT_DRAWN.match(sign) or unicodedata.category(sign)[0] == "C"), "")


def drawn(text: str) -> str:
    """With the letters of signs that stand for several, as they are copied out of a PDF: « ﬁ » is « fi »."""
    return _NOT_DRAWN.sub(lambda found: _letters_of(found[0]), text)


def _letters_of(sign: str) -> str:
    letters = unicodedata.normalize("NFKC", sign)
    return sign if sign_not_drawn(letters) else letters
