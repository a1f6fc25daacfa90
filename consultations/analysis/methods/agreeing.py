"""What all groups agree on, what parts them, what is particular to one: from counts by group and proposal.

Formulas of Small et al. (2021). S counts whoever reacted, the undecided too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consultations.analysis.methods.placing import Array, Labels
from consultations.analysis.methods.votes import AGREE, DISAGREE, Votes

Numbers = NDArray[np.int64]

# One-sided, at 90 %.
SURE = 1.2816


@dataclass(frozen=True)
class Tally:
    """Of each group (a row) and each proposal (a column), how many like, dislike, have reacted."""

    likes: Numbers
    dislikes: Numbers
    answers: Numbers


@dataclass(frozen=True)
class Particular:
    """A proposal that a group likes (or dislikes, where `likes` is false) more than the others do."""

    item: int
    likes: bool
    weight: float


def tally(votes: Votes, groups: Labels, count: int) -> Tally:
    def by_group(cells: NDArray[np.bool_]) -> Numbers:
        return np.stack([cells[groups == group].sum(axis=0) for group in range(count)]).astype(np.int64)

    return Tally(by_group(votes.cells == AGREE), by_group(votes.cells == DISAGREE), by_group(votes.seen))


def consensus(counts: Tally, *, fewest: int) -> list[int]:
    """Proposals that every group likes, the best first: by the product of the share in each."""
    return _by_product(counts.likes, counts.answers, fewest)


def consensus_against(counts: Tally, *, fewest: int) -> list[int]:
    return _by_product(counts.dislikes, counts.answers, fewest)


def parting(counts: Tally, *, fewest: int) -> list[int]:
    """Proposals by how far apart the group that likes it most and the one that likes it least are."""
    shares = (counts.likes + 1) / (counts.answers + 2)
    spread = (shares.max(axis=0) - shares.min(axis=0)).round(12)
    return [item for item in _ranked(spread) if counts.answers[:, item].min() >= fewest]


def particulars(counts: Tally, group: int, *, fewest: int) -> list[Particular]:
    """What is particular to a group, the most first; only what is sure in both of two tests."""
    liked = _weights(counts.likes, counts.answers, group)
    disliked = _weights(counts.dislikes, counts.answers, group)
    weights = np.maximum(liked, disliked).round(12)
    return [
        Particular(item=item, likes=bool(liked[item] >= disliked[item]), weight=float(weights[item]))
        for item in _ranked(weights)
        if weights[item] > 0 and counts.answers[:, item].min() >= fewest
    ]


def _by_product(sides: Numbers, answers: Numbers, fewest: int) -> list[int]:
    shares = ((sides + 1) / (answers + 2)).prod(axis=0).round(12)
    return [item for item in _ranked(shares) if answers[:, item].min() >= fewest]


def _ranked(values: Array) -> list[int]:
    return [int(item) for item in np.argsort(-values, kind="stable")]


def _weights(sides: Numbers, answers: Numbers, group: int) -> Array:
    """Zero where one of the tests is not sure; else what ranks: both shares, both tests, multiplied."""
    inside, outside = sides[group], sides.sum(axis=0) - sides[group]
    asked, elsewhere = answers[group], answers.sum(axis=0) - answers[group]
    share = (inside + 1) / (asked + 2)
    ratio = share / ((outside + 1) / (elsewhere + 2))
    most = 2 * np.sqrt(asked + 1) * ((inside + 1) / (asked + 1) - 0.5)
    more = _two_shares(inside + 1, outside + 1, asked + 1, elsewhere + 1)
    return np.where((most > SURE) & (more > SURE), share * ratio * most * more, 0.0)


def _two_shares(ours: Numbers, theirs: Numbers, of_ours: Numbers, of_theirs: Numbers) -> Array:
    """The z of two proportions; zero where all, or nobody, of both say so."""
    pooled = np.minimum((ours + theirs) / (of_ours + of_theirs), 1.0)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / of_ours + 1 / of_theirs))
    apart = ours / of_ours - theirs / of_theirs
    scores: Array = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0)
    return scores
