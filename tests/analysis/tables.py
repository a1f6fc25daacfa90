"""Tables of reactions, drawn: camps, chance, people who say yes to everything."""

import numpy as np

from consultations.analysis.methods.votes import UNSEEN, Votes


def votes_of(cells: np.ndarray) -> Votes:
    people, items = (tuple(str(number) for number in range(length)) for length in cells.shape)
    return Votes(people=people, items=items, cells=cells)


def camps(*, people: list[int], items: int, seen: float) -> np.ndarray:
    """A third of the proposals is liked by all, the others by one camp each: nine times in ten."""
    draw = np.random.default_rng(0)
    camp = np.repeat(np.arange(len(people)), people)
    third = items // 3
    loved_by = np.concatenate([np.full(third, -1), np.arange(items - third) * len(people) // (items - third)])
    likes = np.where((loved_by[None] == camp[:, None]) | (loved_by[None] == -1), 0.9, 0.1)
    return _drawn(draw, likes, seen)


def random_reactions(draw: np.random.Generator, *, people: int, items: int, seen: float) -> np.ndarray:
    """Every proposal is liked as its own chance has it, whoever is asked; some are undecided."""
    cells = _drawn(draw, np.repeat(draw.uniform(0.3, 0.9, items)[None], people, axis=0), seen)
    return np.where((draw.random(cells.shape) < 0.1) & (cells != UNSEEN), 0, cells).astype(np.int8)


def yes_sayers(draw: np.random.Generator, *, people: int, items: int, seen: float) -> np.ndarray:
    """Some say yes more readily than others, and that is all there is between them."""
    readiness, appeal = draw.normal(0, 1, people), draw.normal(0, 1, items)
    return _drawn(draw, 1 / (1 + np.exp(-(readiness[:, None] + appeal[None]))), seen)


def _drawn(draw: np.random.Generator, likes: np.ndarray, seen: float) -> np.ndarray:
    cells = np.where(draw.random(likes.shape) < likes, 1, -1)
    return np.where(draw.random(likes.shape) < seen, cells, UNSEEN).astype(np.int8)
