"""A table of reactions, people × proposals, as the methods read it; and from a file in the form of Polis' exports."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

AGREE, UNDECIDED, DISAGREE = 1, 0, -1
UNSEEN = 2

# What Polis writes beside the reactions; the groups that it found are not read.
BESIDE = {"group-id", "n-comments", "n-votes", "n-agree", "n-disagree"}
WRITTEN = {"": UNSEEN, "1": AGREE, "0": UNDECIDED, "-1": DISAGREE}


class Unreadable(Exception):
    """What is wrong with a file, in a sentence that says where."""


@dataclass(frozen=True)
class Votes:
    """`cells` has a row a person, a column a proposal: 1, 0, −1, and 2 where that person has not reacted."""

    people: tuple[str, ...]
    items: tuple[str, ...]
    cells: NDArray[np.int8]

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        seen: NDArray[np.bool_] = self.cells != UNSEEN
        return seen

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Votes":
        people = np.array(self.people, dtype=object)[chosen]
        return Votes(people=tuple(people), items=self.items, cells=self.cells[chosen])

    def columns(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Votes":
        items = np.array(self.items, dtype=object)[chosen]
        return Votes(people=self.people, items=tuple(items), cells=self.cells[:, chosen])

    def without(self, hidden: set[str]) -> "Votes":
        return self.columns(np.array([item not in hidden for item in self.items], dtype=bool))

    def in_order(self) -> "Votes":
        """The same, people sorted by what they said: the order in which a file has them decides nothing."""
        if not self.items:
            return self
        return self.rows(np.lexsort(self.cells.T[::-1]))


def table_of(reactions: Iterable[Sequence[int]], items: Sequence[int]) -> Votes:
    """Of rows of three: a person, a proposal, a reaction. Proposals that are not among `items` have no column."""
    columns = {item: place for place, item in enumerate(items)}
    theirs = [row for row in reactions if row[1] in columns]
    people = {person: place for place, person in enumerate(dict.fromkeys(row[0] for row in theirs))}
    cells = np.full((len(people), len(columns)), UNSEEN, dtype=np.int8)
    for person, item, value in theirs:
        cells[people[person], columns[item]] = value
    return Votes(people=tuple(map(str, people)), items=tuple(map(str, columns)), cells=cells)


def read_votes(path: Path) -> Votes:
    """Raises `Unreadable`."""
    try:
        written = io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
        lines = [line for line in csv.reader(written, strict=True) if line]
    except OSError as problem:
        raise Unreadable(f"The file cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise Unreadable("The file is not UTF-8: convert it first.") from problem
    except csv.Error as problem:
        raise Unreadable(f"The file is not CSV: {problem}.") from problem
    if not lines:
        raise Unreadable("The file is empty.")
    columns = _columns(lines[0])
    people: list[str] = []
    rows: list[list[int]] = []
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(lines[0]):
            raise Unreadable(f"Line {number} has {len(line)} columns, the first has {len(lines[0])}.")
        people.append(line[0].strip())
        rows.append([_reaction(line[place], number, item) for item, place in columns.items()])
    _check_people(people)
    cells = np.array(rows, dtype=np.int8).reshape(len(people), len(columns))
    return Votes(people=tuple(people), items=tuple(columns), cells=cells)


def _columns(header: list[str]) -> dict[str, int]:
    """Where each proposal's column is."""
    names = [name.strip() for name in header]
    if names[0] != "participant":
        raise Unreadable("The first column must be “participant”.")
    columns: dict[str, int] = {}
    for place, name in enumerate(names[1:], start=1):
        if name in BESIDE:
            continue
        if not name:
            raise Unreadable(f"Column {place + 1} has no name.")
        if name in columns:
            raise Unreadable(f"Two columns are called “{name}”.")
        columns[name] = place
    if not columns:
        raise Unreadable("There is no column of a proposal.")
    return columns


def _reaction(written: str, number: int, item: str) -> int:
    try:
        return WRITTEN[written.strip()]
    except KeyError:
        raise Unreadable(f"Line {number}, column “{item}”: it must be 1, 0, -1 or empty.") from None


def _check_people(people: list[str]) -> None:
    if not people:
        raise Unreadable("There is no line of a participant.")
    known: set[str] = set()
    for number, person in enumerate(people, start=1):
        if not person:
            raise Unreadable(f"Participant {number} has no name.")
        if person in known:
            raise Unreadable(f"Two lines are of participant “{person}”.")
        known.add(person)
