"""Whether groups say more than chance: some are always found, in random reactions too, and look as neat there.

Two questions. Do reactions go together more than in tables where every person says yes and no as often as they did, and
every proposal is liked and disliked as often as it was, all else drawn anew? And are the same people together when a
fifth of the proposals is left out?
"""

import numpy as np
from numpy.typing import NDArray

from consultations.analysis.methods.placing import Array, Labels, grouping
from consultations.analysis.methods.votes import AGREE, DISAGREE, Votes

# Reactions must go together more than in each of that many drawn tables: by chance, once in forty.
DRAWN = 39
# Enough to mix a table: each time, all people exchange with another what the two do not see alike.
EXCHANGES = 6
# More people tell nothing more, and cost much.
ASKED = 600

REFITS = 10
KEPT = 0.8


def more_than_chance(votes: Votes) -> bool:
    """An exact test (Besag and Clifford 1989; exchanges of rows that keep margins: Strona et al. 2014, “curveball”).

    Who says yes to everything, and what everybody likes, explains nothing here: both stay as they are in what is drawn.
    """
    draw = np.random.default_rng(0)
    if len(votes.people) > ASKED:
        votes = votes.rows(np.sort(draw.choice(len(votes.people), ASKED, replace=False)))
    cells = np.where(votes.seen, votes.cells, 0).astype(np.int8)
    found = _together(cells, votes.seen)
    if found <= 0:
        return False
    # All tables, the true one too, are as far from this one: none stands out but by what it says.
    start = _exchanged(cells, draw)
    return all(_together(_exchanged(start, draw), votes.seen) < found - 1e-9 for _table in range(DRAWN))


def stability(votes: Votes, groups: Labels, *, smallest: int) -> float:
    """From 0 (as by chance) to 1: how much groups are the same, on the average, without a fifth of the proposals."""
    draw = np.random.default_rng(0)
    items = len(votes.items)
    kept = max(2, round(KEPT * items))
    if kept >= items:
        return 0.0
    found = []
    for _refit in range(REFITS):
        chosen = np.sort(draw.choice(items, kept, replace=False))
        again = grouping(votes.columns(chosen), smallest=smallest)
        found.append(agreement(groups, again.groups) if again else 0.0)
    return max(0.0, float(np.mean(found)))


def agreement(ours: Labels, theirs: Labels) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985): 1 the same groups, 0 as alike as by chance."""
    table = np.zeros((ours.max() + 1, theirs.max() + 1))
    np.add.at(table, (ours, theirs), 1)
    both = _pairs(table).sum()
    one, other = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    by_chance = one * other / max(_pairs(np.array(float(len(ours)))), 1.0)
    most = (one + other) / 2
    return 1.0 if most == by_chance else float((both - by_chance) / (most - by_chance))


def _pairs(counts: Array) -> Array:
    pairs: Array = counts * (counts - 1) / 2
    return pairs


def _together(cells: NDArray[np.int8], seen: NDArray[np.bool_]) -> float:
    """The share of the first component, once what people and proposals are by themselves is taken off."""
    rest = cells - _means(cells.sum(axis=0), seen.sum(axis=0))
    rest = np.where(seen, rest, 0.0)
    rest = np.where(seen, rest - _means(rest.sum(axis=1), seen.sum(axis=1))[:, None], 0.0)
    total = float((rest**2).sum())
    if total < 1e-9:
        return 0.0
    table = rest @ rest.T if rest.shape[0] < rest.shape[1] else rest.T @ rest
    return float(np.linalg.eigvalsh(table)[-1]) / total


def _means(sums: NDArray[np.generic], counts: NDArray[np.generic]) -> Array:
    means: Array = sums / np.maximum(counts, 1)
    return means


def _exchanged(cells: NDArray[np.int8], draw: np.random.Generator) -> NDArray[np.int8]:
    """People in pairs mix, at random, what one likes and the other does not: all totals stay."""
    for _time in range(EXCHANGES):
        order = draw.permutation(len(cells))
        half = len(cells) // 2
        first, second = order[:half], order[half : 2 * half]
        ones, others = cells[first], cells[second]
        apart = ones * others == AGREE * DISAGREE
        keys = np.where(apart, draw.random(apart.shape), 2.0)
        ranks = keys.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        likes = (apart & (ones == AGREE)).sum(axis=1)[:, None]
        mixed = np.where(ranks < likes, AGREE, DISAGREE).astype(np.int8)
        cells = cells.copy()
        cells[first] = np.where(apart, mixed, ones)
        cells[second] = np.where(apart, -mixed, others)
    return cells
