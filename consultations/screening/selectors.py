"""The lexicon that holds now."""

from collections.abc import Iterable

from consultations.screening.lexicon import Lexicon, packaged_lexicon


def current_lexicon() -> Lexicon:
    return packaged_lexicon()


def lexicon_with(words: Iterable[str]) -> Lexicon:
    """The lexicon that holds now, and words of a city's own that are never innocent there."""
    return current_lexicon().with_words(words)
