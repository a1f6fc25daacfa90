"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+|\s+|[^\w\s]", re.UNICODE)


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed ("same"), came ("added") or went ("removed")."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order. Joining all but "added" gives `before`, all but "removed" `after`.

    Whole phrases rather than single letters: a change of fewer than three words around one
    unchanged word is told as one change, because that is how people read it.
    """
    return list(_readable(_raw(_WORDS.findall(before), _WORDS.findall(after))))


def _raw(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for operation, start, end, other_start, other_end in matcher.get_opcodes():
        if operation == "equal":
            yield "".join(before[start:end]), "".join(before[start:end])
        else:
            yield "".join(before[start:end]), "".join(after[other_start:other_end])


def _readable(runs: Iterator[tuple[str, str]]) -> Iterator[Piece]:
    removed = added = ""
    kept: str = ""
    for old, new in runs:
        if old == new:
            # A lone space or short word between two changes joins them.
            if (removed or added) and len(old.strip()) < 4:
                kept += old
                continue
            yield from _change(removed, added)
            yield Piece("same", kept + old)
            removed = added = kept = ""
        else:
            removed, added, kept = removed + kept + old, added + kept + new, ""
    yield from _change(removed, added)
    if kept:
        yield Piece("same", kept)


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)
