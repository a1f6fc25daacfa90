"""Opinion groups, and before them whether there are any: what a page may say of reactions, and not more.

Never a group of fewer than five people, nor what fewer than five people of a group said of a proposal.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from threadpoolctl import threadpool_limits

from consultations.analysis.methods import agreeing, gate
from consultations.analysis.methods.placing import Array, Grouping, grouping, positions_of
from consultations.analysis.methods.votes import Votes

# A person is placed who reacted that many times (or to all there is).
REACTIONS = 7
FEWEST = 5
# People placed, for any groups and for more than provisional ones; reactions of the middle person; stability, 0 to 1.
ANY_PEOPLE, SURE_PEOPLE, SURE_REACTIONS, SURE_STABILITY = 30, 100, 15, 0.6
LETTERS = "ABCDE"


class Shown(StrEnum):
    GROUPS = "groups"
    PROVISIONAL = "provisional"
    NONE = "none"


class Reason(StrEnum):
    SURE = "sure"
    FEW_PEOPLE = "few_people"
    FEW_REACTIONS = "few_reactions"
    UNSTABLE = "unstable"
    CHANCE = "chance"
    SMALL_GROUPS = "small_groups"


@dataclass(frozen=True)
class Item:
    """What each group said of a proposal; a row of three by group: like, dislike, have reacted."""

    item: str
    counts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Group:
    letter: str
    people: tuple[str, ...]
    particular: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Opinions:
    """`consensus`, `against` and `parting` are orders of proposals, the best first. With no groups, everybody is one.

    `positions` are of `placed` people, in that order.
    """

    shown: Shown
    reason: Reason
    placed: tuple[str, ...] = ()
    positions: tuple[tuple[float, float], ...] = ()
    groups: tuple[Group, ...] = ()
    items: tuple[Item, ...] = ()
    consensus: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    parting: tuple[str, ...] = ()
    median_reactions: float = 0.0
    stability: float | None = None
    apart: float | None = None
    left_out: int = 0
    reactions: int = 0


def opinions(votes: Votes, *, hidden: frozenset[str] = frozenset()) -> Opinions:
    """The same for the same reactions, in whatever order people come."""
    # One thread: no slower at this size, and the last digits do not depend on the machine's number of cores.
    with threadpool_limits(limits=1):
        return _opinions(votes.without(set(hidden)).in_order())


def _opinions(votes: Votes) -> Opinions:
    often = votes.seen.sum(axis=1)
    enough = often >= max(1, min(REACTIONS, len(votes.items)))
    placed = votes.rows(enough)
    judged = _judge(placed)
    return _told(placed, judged, left_out=int((~enough & (often > 0)).sum()), reactions=int(often.sum()))


@dataclass(frozen=True)
class _Judged:
    shown: Shown
    reason: Reason
    found: Grouping | None = None
    stability: float | None = None


def _judge(placed: Votes) -> _Judged:
    if len(placed.people) < ANY_PEOPLE:
        return _Judged(Shown.NONE, Reason.FEW_PEOPLE)
    if not gate.more_than_chance(placed):
        return _Judged(Shown.NONE, Reason.CHANCE)
    found = grouping(placed, smallest=FEWEST)
    if found is None:
        return _Judged(Shown.NONE, Reason.SMALL_GROUPS)
    stable = round(gate.stability(placed, found.groups, smallest=FEWEST), 4)
    if len(placed.people) < SURE_PEOPLE:
        return _Judged(Shown.PROVISIONAL, Reason.FEW_PEOPLE, found, stable)
    if np.median(placed.seen.sum(axis=1)) < SURE_REACTIONS:
        return _Judged(Shown.PROVISIONAL, Reason.FEW_REACTIONS, found, stable)
    if stable < SURE_STABILITY:
        return _Judged(Shown.PROVISIONAL, Reason.UNSTABLE, found, stable)
    return _Judged(Shown.GROUPS, Reason.SURE, found, stable)


def _told(placed: Votes, judged: _Judged, *, left_out: int, reactions: int) -> Opinions:
    found = judged.found
    labels = found.groups if found else np.zeros(len(placed.people), dtype=np.intp)
    count = found.count if found else 1
    counts = agreeing.tally(placed, labels, count)
    return Opinions(
        shown=judged.shown,
        reason=judged.reason,
        placed=placed.people,
        positions=_pairs(found.positions if found else positions_of(placed)),
        groups=_groups(placed, judged, counts) if found else (),
        items=_items(placed, counts),
        consensus=_named(placed, agreeing.consensus(counts, fewest=FEWEST)),
        against=_named(placed, agreeing.consensus_against(counts, fewest=FEWEST)),
        parting=_named(placed, agreeing.parting(counts, fewest=FEWEST)) if found else (),
        median_reactions=float(np.median(placed.seen.sum(axis=1))) if placed.people else 0.0,
        stability=judged.stability,
        apart=round(found.apart, 4) if found else None,
        left_out=left_out,
        reactions=reactions,
    )


def _groups(placed: Votes, judged: _Judged, counts: agreeing.Tally) -> tuple[Group, ...]:
    """What is particular to a group is told of sure groups only: a portrait that may change tomorrow is a false one."""
    assert judged.found
    people = np.array(placed.people, dtype=object)
    return tuple(
        Group(
            letter=LETTERS[number],
            people=tuple(people[judged.found.groups == number]),
            particular=tuple(
                (placed.items[each.item], each.likes)
                for each in agreeing.particulars(counts, number, fewest=FEWEST)
                if judged.shown == Shown.GROUPS
            ),
        )
        for number in range(judged.found.count)
    )


def _items(placed: Votes, counts: agreeing.Tally) -> tuple[Item, ...]:
    told = np.stack([counts.likes, counts.dislikes, counts.answers], axis=2)
    return tuple(
        Item(item=item, counts=tuple((int(a), int(d), int(s)) for a, d, s in told[:, place]))
        for place, item in enumerate(placed.items)
    )


def _named(placed: Votes, order: list[int]) -> tuple[str, ...]:
    return tuple(placed.items[place] for place in order)


def _pairs(positions: Array) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in positions.round(6) + 0.0)
