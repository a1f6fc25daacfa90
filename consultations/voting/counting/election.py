"""What is counted: projects, what they cost, and ballots that nothing ties to anybody."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from sys import intern

# Of one unit of the money that a file counts in: all amounts are whole cents.
CENTS = 100


class Rule(StrEnum):
    GREEDY = "greedy"
    EQUAL_SHARES = "equal-shares"
    K = "k"


@dataclass(frozen=True, slots=True)
class Project:
    """`cost` is in cents. `selected`: what a file says of it, if it says so."""

    id: str
    cost: int = 0
    name: str = ""
    district: str = ""
    category: str = ""
    selected: bool | None = None


@dataclass(frozen=True)
class Election:
    """`projects` and `ballots` in their natural order, whatever the order that they came in.

    `ballots`: how many people made each choice, which names projects in their order; nobody's is the empty one.
    `budget` is in cents. `rule`: the one that was announced, if it is known. `seats`: of *k votes*, None to rank all.
    """

    projects: Mapping[str, Project]
    ballots: Mapping[tuple[str, ...], int]
    budget: int = 0
    rule: Rule | None = None
    seats: int | None = None
    meta: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def voters(self) -> int:
        return sum(self.ballots.values())

    @cached_property
    def votes(self) -> dict[str, int]:
        """How many people chose each project."""
        votes = dict.fromkeys(self.projects, 0)
        for choice, people in self.ballots.items():
            for project in choice:
                votes[project] += people
        return votes

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each project in their natural order: what decides between two that nothing else sets apart."""
        return {project: number for number, project in enumerate(self.projects)}


def gather(
    projects: Iterable[Project],
    ballots: Iterable[Sequence[str]],
    *,
    budget: int = 0,
    rule: Rule | None = None,
    seats: int | None = None,
    meta: Mapping[str, str] | None = None,
) -> Election:
    """The election of these projects and ballots (one sequence of ids a person), of which it keeps no order.

    Raises `ValueError` for two projects of one id, `KeyError` for a ballot that names another project.
    """
    known = sorted(projects, key=lambda project: natural(project.id))
    listed = {intern(project.id): project for project in known}
    if len(listed) < len(known):
        raise ValueError("two projects have one id")
    numbers = {project: number for number, project in enumerate(listed)}
    counted: dict[tuple[int, ...], int] = {}
    for ballot in ballots:
        choice = tuple(sorted({numbers[project] for project in ballot}))
        counted[choice] = counted.get(choice, 0) + 1
    ids = list(listed)
    return Election(
        projects=listed,
        ballots={tuple(ids[number] for number in choice): counted[choice] for choice in sorted(counted)},
        budget=budget,
        rule=rule,
        seats=seats,
        meta=dict(meta or {}),
    )


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """The order in which people number things: 2 before 10, c2 before c10; no two texts are the same in it."""
    return (*map(_part, re.findall(r"[0-9]+|[^0-9]+", text)), (-1, 0, text))


def _part(part: str) -> tuple[int, int, str]:
    """Of two numbers the one with fewer figures is smaller: no number is made, however many figures somebody wrote."""
    if not (part.isascii() and part.isdigit()):
        return 1, 0, part
    figures = part.lstrip("0")
    return 0, len(figures), figures
