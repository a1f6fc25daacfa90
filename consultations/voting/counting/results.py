"""What a count found, step by step: what a page needs to explain it, and nothing that it must compute again."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from .election import Election, Rule


class Settled(StrEnum):
    """What decided between projects that were equal."""

    VOTES = "votes"
    NUMBER = "number"


class Why(StrEnum):
    """Why a project is not chosen."""

    NO_VOTES = "no-votes"  # nobody chose it
    TOO_DEAR = "too-dear"  # it costs more than the whole budget
    NO_MONEY = "no-money"  # it costs more than what was left at its turn
    SUPPORTERS = "supporters"  # its supporters had not enough left together, nor was there enough for it afterwards
    SEATS = "seats"  # others had more votes for all seats


class Stopped(StrEnum):
    """Why no more was given to each voter."""

    BUDGET = "budget"  # the next round would have passed the budget
    ALL = "all"  # every project that somebody chose is taken
    ROUNDS = "rounds"  # the most rounds were made


@dataclass(frozen=True, slots=True)
class Passed:
    """A project with more supporters than the one that was taken before it.

    `strength`: its full voices at that moment, None where its supporters could not pay it any more (or it did not fit).
    `paying`: its supporters who could pay their whole share.
    """

    project: str
    votes: int
    strength: Fraction | None = None
    paying: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A project taken. Amounts are in cents.

    `left` is what remains of the budget. `passed`: why this one came before those with more supporters. `tied`: those
    that were equal to it, and `settled` what decided. The rest is of equal shares only (`by_votes` is false): `paying`
    supporters give `share` each, `giving_rest` what they have left, `without` have nothing left; that makes `strength`
    full voices, cost over share.
    """

    project: str
    cost: int
    votes: int
    left: int
    by_votes: bool = True
    share: Fraction | None = None
    paying: int = 0
    giving_rest: int = 0
    without: int = 0
    strength: Fraction | None = None
    passed: tuple[Passed, ...] = ()
    tied: tuple[str, ...] = ()
    settled: Settled | None = None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A project that is not chosen, and how far it missed. Amounts are in cents.

    `over`: how much more it costs than what was left of the budget at its turn (than all of it, where it is too dear).
    Of equal shares: `held` is what its supporters had left together, `missing` what they lacked, `people` how many more
    with a whole share would have paid it. Of *k votes*: `fewer` votes than the last one chosen.
    """

    project: str
    cost: int
    votes: int
    why: Why
    over: int = 0
    held: Fraction | None = None
    missing: Fraction | None = None
    people: int | None = None
    fewer: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """How Add1 went. Amounts are in cents.

    Each voter began with `first_share`, which took `first_selected` projects for `first_spent`. Everything was then
    counted again with one `increment` more for each, `rounds` times, to `share`. With one more still, `next_selected`
    projects would have passed, `next_over` above the budget (None where that is not why it stopped).
    """

    increment: int
    rounds: int
    first_share: Fraction
    first_selected: int
    first_spent: int
    share: Fraction
    stopped: Stopped
    next_selected: int | None = None
    next_over: int | None = None


@dataclass(frozen=True)
class Count:
    rule: Rule
    election: Election = field(repr=False)
    steps: tuple[Step, ...]
    not_taken: tuple[NotTaken, ...]
    completion: Completion | None = None

    @property
    def budget(self) -> int:
        return self.election.budget

    @cached_property
    def selected(self) -> tuple[str, ...]:
        """In the order taken."""
        return tuple(step.project for step in self.steps)

    @cached_property
    def spent(self) -> int:
        return sum(step.cost for step in self.steps)

    @property
    def left(self) -> int:
        return self.budget - self.spent

    @property
    def ties(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.settled)

    @property
    def completed(self) -> tuple[str, ...]:
        """What equal shares left out and votes took, with what was left."""
        return tuple(step.project for step in self.steps if self.completion and step.by_votes)

    @cached_property
    def served(self) -> int:
        """The people of whose choices at least one is taken."""
        taken = set(self.selected)
        return sum(people for choice, people in self.election.ballots.items() if not taken.isdisjoint(choice))

    @cached_property
    def districts(self) -> dict[str, "District"]:
        """What each district gets, those that get nothing too, in alphabetical order ("" is the whole city)."""
        of = {project.id: project.district for project in self.election.projects.values()}
        return {
            name: District(
                selected=tuple(project for project in self.selected if of[project] == name),
                spent=sum(step.cost for step in self.steps if of[step.project] == name),
            )
            for name in sorted(set(of.values()))
        }


@dataclass(frozen=True, slots=True)
class District:
    selected: tuple[str, ...]
    spent: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two counts of the same ballots: what both take, and what one of them alone does, in the order of each."""

    first: Count
    second: Count
    both: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(first: Count, second: Count) -> Comparison:
    """People served, money and districts are asked of each count."""
    one, other = set(first.selected), set(second.selected)
    return Comparison(
        first=first,
        second=second,
        both=tuple(project for project in first.selected if project in other),
        only_first=tuple(project for project in first.selected if project not in other),
        only_second=tuple(project for project in second.selected if project not in one),
    )
