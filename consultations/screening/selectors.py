"""The lexicon that holds now, and its versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.utils import timezone

from consultations.screening.lexicon import PARTS, Lexicon, packaged_lexicon, packaged_parts
from consultations.screening.models import LexiconVersion
from consultations.screening.rules import entries_of


def current_lexicon() -> Lexicon:
    """One small query; the words of a version are read once in each process."""
    key = LexiconVersion.objects.order_by("-number").values_list("pk", flat=True).first()
    return packaged_lexicon() if key is None else _lexicon(key)


def lexicon_with(words: Iterable[str]) -> Lexicon:
    """The lexicon that holds now, and words of a city's own that are never innocent there."""
    return _with_words(current_lexicon(), frozenset(words))


@lru_cache(maxsize=4)
def _lexicon(key: int) -> Lexicon:
    version = LexiconVersion.objects.get(pk=key)
    return Lexicon.of(version.number, **version.parts)


@lru_cache(maxsize=64)
def _with_words(lexicon: Lexicon, words: frozenset[str]) -> Lexicon:
    return lexicon.with_words(words)


# ── What operators see ────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Change:
    """What a version changes in one part of the one before."""

    part: str
    added: list[str]
    removed: list[str]


@dataclass(frozen=True)
class Told:
    """A version and what it changed."""

    version: LexiconVersion
    changes: list[Change]

    @property
    def added(self) -> int:
        return sum(len(change.added) for change in self.changes)

    @property
    def removed(self) -> int:
        return sum(len(change.removed) for change in self.changes)


def packaged_version() -> LexiconVersion:
    """The words of the software as a version that is not saved."""
    return LexiconVersion(number=0, **packaged_parts(), created_at=timezone.now())


def current_version() -> LexiconVersion:
    return LexiconVersion.objects.order_by("-number").first() or packaged_version()


def versions_told() -> list[Told]:
    """All versions, the newest first, each with what it changed of the one before; the words of the software last."""
    versions = [*LexiconVersion.objects.order_by("-number"), packaged_version(), LexiconVersion(number=0)]
    return [Told(after, changes(before, after)) for after, before in pairwise(versions)]


def version_told(number: int) -> Told:
    """A version; 0 is the words of the software, all of them. Raises LexiconVersion.DoesNotExist."""
    if number == 0:
        return Told(packaged_version(), changes(LexiconVersion(number=0), packaged_version()))
    after = LexiconVersion.objects.get(number=number)
    before = LexiconVersion.objects.filter(number__lt=number).order_by("-number").first() or packaged_version()
    return Told(after, changes(before, after))


def changes(before: LexiconVersion, after: LexiconVersion) -> list[Change]:
    found = []
    for name in PARTS:
        old, new = (set(entries_of(name, version.parts[name])) for version in (before, after))
        found.append(Change(name, sorted(new - old), sorted(old - new)))
    return [change for change in found if change.added or change.removed]
