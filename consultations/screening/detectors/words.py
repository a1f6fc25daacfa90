"""A text as words, in which disguised words of the lexicon stand as what they are meant to be read as."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from consultations.screening.lexicon import Lexicon, collapse
from consultations.screening.reading import Reading

_CHUNK = re.compile(r"[^\s,;:()\[\]«»\"“”?/\\]+")
_LETTERS = re.compile(r"[a-z]+")
_LETTER = re.compile(r"[a-z]")
_PLAIN_CHUNK = re.compile(r"[a-z]+(?:'[a-z]+)*")
_ELISION = re.compile(r"(?:[cdjlmnst]|qu)'")
_HELD_DOWN = re.compile(r"([a-z])\1\1")
_BETWEEN = re.compile(r"[-._*'~^+|=]")
_MASK = re.compile(r"[*#@$%&_•.]+|[-]{2,}|(?<=[a-z])-(?=[a-z])")
# What ends a sentence between two words.
_STOP = re.compile(r"[.!?;:\n]")
_EXCLAIMED = re.compile(r"[*\"» ]{0,2}!")
# Signs that are typed for letters. Some are typed for two.
_TYPED_FOR = [
    str.maketrans("0134€@5$7+!|89", "oieaeassttiibg"),
    str.maketrans("0134€@5$7+!|89µ", "oleaeassttllbqu"),
]
_LONGEST_DISGUISE = 40
_MADE_OF = re.compile(r"[a-z0-9€@$+!|*#%&_.~^='-]+")


@dataclass(slots=True)
class Word:
    start: int
    end: int
    form: str
    disguised: bool = False
    # What stands before and after: `after_stop` begins a sentence.
    after_stop: bool = True
    after_comma: bool = False
    exclaimed: bool = False


def words_of(reading: Reading, lexicon: Lexicon, hidden: list[tuple[int, int]]) -> list[Word]:
    """The words, without what stands in `hidden` (addresses, links)."""
    plain = reading.plain
    for start, end in hidden:
        plain = plain[:start] + " " * (end - start) + plain[end:]
    words: list[Word] = []
    for chunk in _CHUNK.finditer(plain):
        words += _words_of_chunk(chunk.group(), chunk.start(), lexicon)
    _tell_gaps(words, plain)
    return words


def _tell_gaps(words: list[Word], plain: str) -> None:
    for word in words:
        word.exclaimed = _EXCLAIMED.match(plain, word.end) is not None
    for before, word in pairwise(words):
        between = plain[before.end : word.start]
        if between in (" ", "'"):
            word.after_stop = False
            continue
        word.after_comma = "," in between
        word.after_stop = _STOP.search(between) is not None


def _words_of_chunk(chunk: str, start: int, lexicon: Lexicon) -> Iterator[Word]:
    if len(chunk) > 2 and not _PLAIN_CHUNK.fullmatch(chunk):
        meant = _disguised(chunk, start, lexicon)
        if meant is not None:
            yield meant
            return
    for piece in _LETTERS.finditer(chunk):
        yield Word(start + piece.start(), start + piece.end(), _without_held_letters(piece.group(), lexicon))


def _without_held_letters(word: str, lexicon: Lexicon) -> str:
    if len(word) > 3 and _HELD_DOWN.search(word):
        once = collapse(word)
        return lexicon.collapsed.get(once, once)
    return word


def _disguised(chunk: str, start: int, lexicon: Lexicon) -> Word | None:
    """The word of the lexicon that a chunk with other signs in it stands for, if there is one."""
    core = chunk.strip(".!'-_~^+|=%&#…")
    start += chunk.index(core) if core else 0
    elision = _ELISION.match(core)
    if elision:
        core, start = core[elision.end() :], start + elision.end()
    if len(core) > _LONGEST_DISGUISE or not _LETTER.search(core) or not _MADE_OF.fullmatch(core):
        return None
    if _PLAIN_CHUNK.fullmatch(core):
        return None
    word = _typed_with_signs(core, lexicon) or _masked(core, lexicon)
    return Word(start, start + len(core), word, disguised=True) if word else None


def _typed_with_signs(core: str, lexicon: Lexicon) -> str | None:
    for table in _TYPED_FOR:
        joined = _BETWEEN.sub("", core.translate(table))
        for form in (joined, _without_held_letters(joined, lexicon)):
            if form in lexicon.known and len(form) > 2:
                return form
    joined = _BETWEEN.sub("", core)
    if joined in lexicon.known and len(joined) > 2:
        return joined
    return None


def _masked(core: str, lexicon: Lexicon) -> str | None:
    """`c*nnard`, `enc***`, `p..e`: the letters that are left, and as many signs as letters or a run of them."""
    core = core.rstrip("*") if core.startswith("*") or (core.count("*") == 1 and core.endswith("*")) else core
    core = core.lstrip("*")
    masks = [(mask.start(), mask.end()) for mask in _MASK.finditer(core)]
    if len(masks) != 1 and not (masks and "*" in core):
        return None
    for word in lexicon.maskable.get(core[:1], ()):
        if _fits(core, word) or (len(masks) == 1 and _fits_loosely(core, *masks[0], word)):
            return word
    return None


def _fits(core: str, word: str) -> bool:
    """A sign for each letter, and half of the letters left or the first and the last."""
    if len(core) != len(word):
        return False
    pairs = list(zip(core, word, strict=True))
    left = sum(sign == letter for sign, letter in pairs)
    if not all(sign == letter or sign in "*#@$%&_.-•" for sign, letter in pairs):
        return False
    return left * 2 >= len(word) or core[-1] == word[-1] or core.count("*") == len(word) - 1


def _fits_loosely(core: str, start: int, end: int, word: str) -> bool:
    """One run of signs for some letters: who writes `conn**d` counts badly."""
    if (core[start] not in "*#" and end - start < 2) or start + len(core) - end < 3:
        return False
    ending = core[end:]
    if not ending and end - start < 3:
        return False
    hidden = len(word) - start - len(ending)
    return 0 < hidden < 8 and word.startswith(core[:start]) and word.endswith(ending)
