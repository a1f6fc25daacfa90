"""Lists of words in the code, as they are read best."""

import re


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def any_of(alternatives: str) -> re.Pattern[str]:
    """A search for whole words; lines are there for whoever reads them."""
    return re.compile(rf"(?<!\w)(?:{joined(alternatives)})(?!\w)")


def joined(lines: str) -> str:
    return re.sub(r"\n\s*", "", lines.strip())
