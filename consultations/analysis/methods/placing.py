"""Where people stand by what they reacted to, and which of them stand together.

Formulas: principal components of a table with gaps (missing = the column's mean) and k-means, as Small et al., “Polis:
Scaling deliberation by mapping high dimensional opinion spaces” (2021), have them. All draws are seeded.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consultations.analysis.methods.votes import Votes

Array = NDArray[np.float64]
Labels = NDArray[np.intp]

COMPONENTS = 2
# Whoever reacted to little stands near the middle: as if they had reacted to ten more as everyone does.
CAUTION = 10
MAX_GROUPS = 5
STARTS = 10
# Among more people than that, how well groups are apart is asked of a draw.
JUDGED = 1500
# A larger number of groups must be this much better than a smaller one.
BETTER_BY = 0.03


@dataclass(frozen=True)
class Grouping:
    """`groups` says of each row the number of its group, the largest first. `apart` is the silhouette, −1 to 1."""

    positions: Array
    groups: Labels
    apart: float

    @property
    def count(self) -> int:
        return int(self.groups.max()) + 1


def grouping(votes: Votes, *, smallest: int) -> Grouping | None:
    """The best way to part people, none of whose groups is under `smallest`; `None` where there is no such way."""
    positions = positions_of(votes)
    people = len(positions)
    judged = np.arange(people)
    if people > JUDGED:
        judged = np.sort(np.random.default_rng(0).choice(people, JUDGED, replace=False))
    distances = _distances(positions[judged])
    found = []
    for count in range(2, min(MAX_GROUPS, 2 + people // 12) + 1):
        labels = k_means(positions, count)
        sizes = np.bincount(labels, minlength=count)
        if sizes.min() >= smallest:
            found.append((_silhouette(distances, labels[judged], count), labels))
    if not found:
        return None
    best = max(apart for apart, _ in found)
    apart, labels = next(each for each in found if each[0] >= best - BETTER_BY)
    return Grouping(positions=positions, groups=_largest_first(labels), apart=apart)


def positions_of(votes: Votes) -> Array:
    """Two coordinates a person: the sum over what they saw, made larger where they saw little."""
    positions = np.zeros((len(votes.people), COMPONENTS))
    if positions.size and votes.items:
        gaps = centred(votes)
        scale = np.sqrt(len(votes.items) / (votes.seen.sum(axis=1) + CAUTION))
        found = (gaps @ _components(gaps)) * scale[:, None]
        positions[:, : found.shape[1]] = found
    return positions


def centred(votes: Votes) -> Array:
    """Reactions less the mean of their column; zero where there is none."""
    reactions = np.where(votes.seen, votes.cells, 0).astype(float)
    means = reactions.sum(axis=0) / np.maximum(votes.seen.sum(axis=0), 1)
    return np.where(votes.seen, reactions - means, 0.0)


def _components(gaps: Array) -> Array:
    """Columns of loadings; of both directions of each, the one whose largest loading is positive."""
    if gaps.shape[1] <= gaps.shape[0]:
        loadings = np.linalg.eigh(gaps.T @ gaps)[1][:, ::-1][:, :COMPONENTS]
    else:
        loadings = gaps.T @ np.linalg.eigh(gaps @ gaps.T)[1][:, ::-1][:, :COMPONENTS]
        loadings = loadings / np.maximum(np.linalg.norm(loadings, axis=0), 1e-12)
    largest = np.abs(loadings).round(9).argmax(axis=0)
    signs = np.where(loadings[largest, np.arange(loadings.shape[1])] < 0, -1.0, 1.0)
    signed: Array = loadings * signs
    return signed


def k_means(points: Array, count: int) -> Labels:
    """The best of ten seeded starts (k-means++)."""
    draw = np.random.default_rng(0)
    best, labels = np.inf, np.zeros(len(points), dtype=np.intp)
    for _start in range(STARTS):
        inertia, found = _settled(points, _first_centres(points, count, draw))
        if inertia < best - 1e-9:
            best, labels = inertia, found
    return labels


def _first_centres(points: Array, count: int, draw: np.random.Generator) -> Array:
    centres = [points[draw.integers(len(points))]]
    nearest = ((points - centres[0]) ** 2).sum(axis=1)
    while len(centres) < count:
        total = nearest.sum()
        chances = nearest / total if total > 0 else None
        centres.append(points[draw.choice(len(points), p=chances)])
        nearest = np.minimum(nearest, ((points - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def _settled(points: Array, centres: Array) -> tuple[float, Labels]:
    for _round in range(100):
        apart = ((points[:, None] - centres[None]) ** 2).sum(axis=2)
        labels = apart.argmin(axis=1)
        sizes = np.bincount(labels, minlength=len(centres))
        sums = np.stack(
            [np.bincount(labels, weights=points[:, axis], minlength=len(centres)) for axis in range(points.shape[1])],
            axis=1,
        )
        moved = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
        if np.abs(moved - centres).max() < 1e-6:
            break
        centres = moved
    return float(apart[np.arange(len(points)), labels].sum()), labels


def _distances(points: Array) -> Array:
    distances: Array = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    return distances


def _silhouette(distances: Array, labels: Labels, count: int) -> float:
    """Rousseeuw's (1987), the mean over people; zero for who is alone in a group."""
    members = np.eye(count)[labels]
    sizes = members.sum(axis=0)
    sums = distances @ members
    rows = np.arange(len(labels))
    others = sizes[labels] - 1
    own = sums[rows, labels] / np.maximum(others, 1)
    means = sums / np.maximum(sizes, 1)
    means[:, sizes == 0] = np.inf
    means[rows, labels] = np.inf
    nearest = means.min(axis=1)
    widest = np.maximum(np.maximum(own, nearest), 1e-12)
    scores = np.where((others > 0) & np.isfinite(nearest), (nearest - own) / widest, 0.0)
    return float(scores.mean())


def _largest_first(labels: Labels) -> Labels:
    order = np.argsort(-np.bincount(labels), kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    ranked: Labels = places[labels]
    return ranked
