"""Which proposals a synthesis speaks of first, and with which sentence of an argument: plain values, no database.

The title of a proposal is the sentence. Sentences that a machine picks out of texts are not worth publishing: they
begin in the middle, or quote the law.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.text import in_one_line, shortened
from consultations.analysis.enums import Place

# How many possibilities a place has.
CHOICES = 5
# Fewer reactions than this, or than half of what is usual where that is less, and it was little seen.
_SEEN, _SEEN_AT_LEAST = 20, 5
# Below this share of the smaller side in the larger one nobody would say that it is disputed.
_DISPUTED = 0.25
_Z = 1.96
QUOTE_MAX = 240
# A sentence that is shorter says little without the next.
_SHORT = 60
# What begins in the middle of something, or is no claim.
_IN_THE_MIDDLE = re.compile(
    r"(?:en revanche|par contre|mais|et|ou|donc|car|or|ni|cependant|toutefois|néanmoins|de plus|aussi|ainsi|d’ailleurs"
    r"|d'ailleurs|ensuite|enfin|sinon|oui|non|idem|bonjour|article \d+)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+(?=\s|$)|$)|[^.!?…]+[.!?…]+")


@dataclass(frozen=True)
class Candidate:
    """A proposal as it is ranked. `nearness`: to the middle of its theme, from 0 to 1."""

    pk: int
    likes: int
    mixed: int
    dislikes: int
    nearness: float = 0.0

    @property
    def reactions(self) -> int:
        return self.likes + self.mixed + self.dislikes


@dataclass(frozen=True)
class Reactions:
    """To a proposal: those made here; of one on which nobody reacted here, those of the site that it came from."""

    likes: int
    mixed: int
    dislikes: int
    are_of_origin: bool = False

    @property
    def total(self) -> int:
        return self.likes + self.mixed + self.dislikes


def reactions_of(proposal: Any) -> Reactions:
    tally = proposal.imported_tally
    if tally and not proposal.reaction_count:
        return Reactions(tally["like"], tally["mixed"], tally["dislike"], are_of_origin=True)
    return Reactions(proposal.like_count, proposal.mixed_count, proposal.dislike_count)


def reactions_in_words(counts: Reactions) -> str:
    """ "129 like it, 34 have mixed feelings, 21 do not like it"."""
    if counts.are_of_origin:
        said = {"likes": figure(counts.likes), "mixed": figure(counts.mixed), "dislikes": figure(counts.dislikes)}
        return _("On the original site: %(likes)s for, %(mixed)s mixed, %(dislikes)s against") % said
    likes = ngettext("%(count)s likes it", "%(count)s like it", counts.likes)
    mixed = ngettext("%(count)s has mixed feelings", "%(count)s have mixed feelings", counts.mixed)
    dislikes = ngettext("%(count)s does not like it", "%(count)s do not like it", counts.dislikes)
    told = ((likes, counts.likes), (mixed, counts.mixed), (dislikes, counts.dislikes))
    return ", ".join(words % {"count": figure(count)} for words, count in told)


def wilson(likes: int, total: int) -> float:
    """The share of likes that one may count on, however few answered: the lower bound at 95 %."""
    if not total:
        return 0.0
    middle, spread = likes + _Z * _Z / 2, _Z * sqrt(likes * (total - likes) / total + _Z * _Z / 4)
    return (middle - spread) / (total + _Z * _Z)


def seen_enough(counts: Iterable[int]) -> int:
    """From how many reactions on a proposal of this challenge was seen."""
    ordered = sorted(counts)
    usual = ordered[len(ordered) // 2] if ordered else 0
    return max(_SEEN_AT_LEAST, min(_SEEN, usual // 2))


def ranked(place: str, candidates: Iterable[Candidate], *, seen: int) -> list[Candidate]:
    """Those that suit the place, best first; the same order for the same counts."""
    if place == Place.SUPPORTED:
        found = [each for each in candidates if each.reactions >= seen and each.likes > each.dislikes]
        found.sort(key=lambda each: (-wilson(each.likes, each.reactions) - each.nearness / 2, each.pk))
    elif place == Place.DISPUTED:
        found = [each for each in candidates if each.reactions >= seen and _dispute(each) >= _DISPUTED]
        found.sort(key=lambda each: (-_dispute(each) * log(each.reactions), each.pk))
    else:
        found = [each for each in candidates if each.reactions < seen]
        found.sort(key=lambda each: (-each.nearness, -wilson(each.likes, each.reactions), each.pk))
    return found


def _dispute(each: Candidate) -> float:
    return min(each.likes, each.dislikes) / max(each.likes, each.dislikes, 1)


def claim_of(text: str) -> str:
    """The first sentence of an argument that stands by itself, with the next where it is short; none: its beginning."""
    line = in_one_line(text)
    sentences = [found[0].strip() for found in _SENTENCE.finditer(line)]
    for place, sentence in enumerate(sentences):
        if stands_alone(sentence):
            said = sentence
            for following in sentences[place + 1 :]:
                if len(said) >= _SHORT or len(said) + len(following) >= QUOTE_MAX:
                    break
                said = f"{said} {following}"
            return shortened(said, QUOTE_MAX)
    return shortened(line, QUOTE_MAX)


def stands_alone(sentence: str) -> bool:
    return len(sentence) >= 25 and not sentence.endswith("?") and not _IN_THE_MIDDLE.match(sentence)


def best_first(arguments: Sequence[Any]) -> list[Any]:
    """Arguments of one side: those that begin with a claim, then the most useful, then the first said."""

    def order(argument: Any) -> tuple[bool, int, int]:
        begins = (_SENTENCE.match(in_one_line(argument.text)) or [""])[0].strip()
        return (not stands_alone(begins), -argument.useful_count - argument.imported_votes, argument.pk)

    return sorted(arguments, key=order)
