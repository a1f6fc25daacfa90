"""The words that screening reads by: plain words and runs of words, so that nobody can write an endless search."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, cached_property
from pathlib import Path

from consultations.screening.reading import Reading

PACKAGED = Path(__file__).parent / "lexicon.toml"
PARTS = ("always", "aimed", "images", "phrases", "innocent", "places")

Run = tuple[str, ...]

_LETTERS = re.compile(r"[a-z]+")
_DOUBLED = re.compile(r"(.)\1+")
# Shorter words say something else with one letter less: "conne" and "cône".
_COLLAPSIBLE = 6


class Level(IntEnum):
    """When a word is an insult. In order: what is worse is known as that."""

    IMAGE = 1  # when it is said of somebody that they are one
    AIMED = 2  # when aimed at somebody
    ALWAYS = 3


@dataclass(frozen=True)
class Lexicon:
    """A version of the words, folded as texts are. Number 0 is the one that comes with the software."""

    number: int
    always: frozenset[Run]
    aimed: frozenset[Run]
    images: frozenset[Run]
    phrases: frozenset[Run]
    innocent: frozenset[Run]
    places: frozenset[Run]

    @classmethod
    def of(cls, number: int, **parts: str) -> "Lexicon":
        """`phrases` and `innocent` have a run of words on each line, the others words between spaces."""
        runs = {
            name: frozenset(filter(None, map(run_of, words.splitlines() if name in BY_LINE else words.split())))
            for name, words in parts.items()
        }
        return cls(number, **runs)

    def with_words(self, words: Iterable[str]) -> "Lexicon":
        """The same, in which these words or runs of words are never innocent."""
        more = frozenset(filter(None, map(run_of, words)))
        return replace(self, always=self.always | more, innocent=self.innocent - more) if more else self

    # ── What detectors look up ───────────────────────────────────────────────

    @cached_property
    def levels(self) -> dict[str, Level]:
        """Every single word, also in its plural."""
        found: dict[str, Level] = {}
        for level, runs in ((Level.IMAGE, self.images), (Level.AIMED, self.aimed), (Level.ALWAYS, self.always)):
            for run in runs:
                word = "".join(run)
                found[word] = level
                if word[-1] not in "sxz" and len(word) > 2:
                    found[f"{word}s"] = level
        return found

    @cached_property
    def collapsed(self) -> dict[str, str]:
        """Words as they are with every letter once, and how they are written."""
        return {collapse(word): word for word in sorted(self.levels, reverse=True)}

    @cached_property
    def hidden_in_rows(self) -> frozenset[str]:
        """What is looked for among letters that stand one by one."""
        return frozenset(word for word, level in self.levels.items() if level is Level.ALWAYS and len(word) > 3)

    @cached_property
    def maskable(self) -> dict[str, tuple[str, ...]]:
        """By first letter, the words that people write with stars, the worst first."""
        found: dict[str, list[str]] = {}
        for word in sorted(self.known, key=lambda each: (-self.levels.get(each, 0), each)):
            if self.levels.get(word) is not Level.IMAGE and len(word) > 2:
                found.setdefault(word[0], []).append(word)
        return {letter: tuple(words) for letter, words in found.items()}

    @cached_property
    def insulting_runs(self) -> dict[str, tuple[Run, ...]]:
        return _by_first_word(run for run in self.phrases | self.always if len(run) > 1)

    @cached_property
    def innocent_runs(self) -> dict[str, tuple[Run, ...]]:
        return _by_first_word(self.innocent)

    @cached_property
    def known(self) -> frozenset[str]:
        """Words that somebody may have a reason to disguise."""
        in_runs = (word for runs in self.insulting_runs.values() for run in runs for word in run if len(word) > 3)
        return frozenset(self.levels) | frozenset(in_runs)

    @cached_property
    def capitalised(self) -> frozenset[str]:
        names = {"".join(run) for run in self.places}
        return frozenset(names | {f"{name}s" for name in names})

    def level(self, word: str) -> Level | None:
        """Of a folded word; one with a doubled letter too many or too few is known too."""
        found = self.levels.get(word)
        if found is None and len(word) > _COLLAPSIBLE:
            found = self.levels.get(self.collapsed.get(collapse(word), ""))
        return found


BY_LINE = ("phrases", "innocent")


def run_of(words: str) -> Run:
    return tuple(_LETTERS.findall(Reading(words).plain))


def collapse(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)


def _by_first_word(runs: Iterable[Run]) -> dict[str, tuple[Run, ...]]:
    found: dict[str, list[Run]] = {}
    for run in sorted(runs):
        for first in (run[0], f"{run[0]}s"):
            found.setdefault(first, []).append(run)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in found.items()}


@cache
def packaged_lexicon() -> Lexicon:
    return Lexicon.of(0, **packaged_parts())


@cache
def packaged_parts() -> dict[str, str]:
    """The texts of the file, by part."""
    read = tomllib.loads(PACKAGED.read_text(encoding="utf-8"))
    return {name: str(read[name]) for name in PARTS}
