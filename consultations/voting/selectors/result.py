"""A result that explains itself: what the count kept, with the names of what was put to the vote. Nothing is counted
here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from consultations.voting.enums import Method
from consultations.voting.models import Item, Tally, Vote
from consultations.voting.result_words import missed_note, round_note
from consultations.voting.selectors.ballot import Piece, pieces


@dataclass(frozen=True)
class Bar:
    """Its supporters: who pays their whole share, who gives what they have left, who has nothing left."""

    full: Piece
    half: Piece
    none: Piece


@dataclass(frozen=True)
class Round:
    number: int
    item: Item
    votes: int | None
    bar: Bar | None = None
    note: str = ""


@dataclass(frozen=True)
class Missed:
    item: Item
    votes: int | None
    missing: float = 0
    note: str = ""
    bar: Bar | None = None
    fewer: int = 0


@dataclass(frozen=True)
class District:
    name: str
    chosen: int
    spent: int
    by_votes: int
    spent_by_votes: int


@dataclass(frozen=True)
class Row:
    """Of the table of all: in which round it was taken; whether most votes first would have taken it."""

    item: Item
    votes: int | None
    round: int | None
    by_votes: bool


@dataclass(frozen=True)
class Puzzle:
    """What many support and does not come: what it took of each supporter, what each person had, what was left."""

    item: Item
    votes: int
    needed: float
    share: float
    left: float

    @property
    def needed_width(self) -> str:
        return self._width(self.needed)

    @property
    def share_width(self) -> str:
        return self._width(self.share)

    @property
    def left_width(self) -> str:
        return self._width(self.left)

    def _width(self, amount: float) -> str:
        return f"{100 * amount / max(self.needed, self.share, self.left):.2f}%"


@dataclass
class Result:
    vote: Vote
    tally: Tally
    count: dict[str, Any]
    rounds: list[Round]
    missed: list[Missed]
    rows: list[Row]
    districts: list[District] = field(default_factory=list)
    other: dict[str, Any] | None = None
    puzzle: Puzzle | None = None
    withdrawn: list[Item] = field(default_factory=list)

    @property
    def late(self) -> int:
        """Ballots from paper that nobody confirmed in time: they are not counted."""
        return self.vote.paper_ballots.filter(confirmed_at=None).count()

    @property
    def shows_counts(self) -> bool:
        return self.tally.shows_counts

    @property
    def ties(self) -> int:
        """How often something had to decide between equals."""
        return sum(bool(step["settled"]) for step in self.count["steps"])

    @property
    def voters(self) -> int:
        return int(self.count["voters"])

    @property
    def served(self) -> int:
        return int(self.count["served"])

    @property
    def left(self) -> float:
        return float(self.count["budget"] - self.count["spent"])

    @property
    def completion(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.count["completion"]
        return found

    @property
    def line(self) -> list[Piece]:
        return pieces([each.item.cost or 0 for each in self.rounds], int(self.count["budget"]))

    @property
    def other_line(self) -> list[Piece]:
        steps = self.other["steps"] if self.other else []
        return pieces([int(each["cost"]) for each in steps], int(self.count["budget"]))

    @property
    def other_without(self) -> int:
        return self.voters - int(self.other["served"]) if self.other else 0

    @property
    def without(self) -> int:
        return self.voters - self.served

    @property
    def example(self) -> Round | None:
        """The first one that was paid in shares: the method is explained with it."""
        return self.rounds[0] if self.rounds and not self.count["steps"][0]["by_votes"] else None

    @property
    def example_share(self) -> float | None:
        return self.count["steps"][0].get("share") if self.rounds else None


def result_of(vote: Vote, tally: Tally) -> Result:
    items = {str(each.number): each for each in vote.items.all()}
    if not tally.shows_counts:
        return _of_few(vote, tally, items)
    count, other = tally.result["count"], tally.result.get("by_votes")
    votes = tally.result["votes"]
    most = max(votes.values(), default=0) or 1
    titles = {number: each.title for number, each in items.items()}
    rounds = [
        Round(place, items[step["project"]], step["votes"], _bar(step, most), round_note(step, titles, place == 1))
        for place, step in enumerate(count["steps"], start=1)
    ]
    taken = {step["project"]: place for place, step in enumerate(count["steps"], start=1)}
    others = set(other["selected"]) if other else set()
    return Result(
        vote=vote,
        tally=tally,
        count=count,
        rounds=rounds,
        missed=[_missed(each, items, most, vote.method) for each in count["not_selected"]],
        rows=[
            Row(items[number], votes[number], taken.get(number), number in others)
            for number in sorted(votes, key=lambda number: (-votes[number], int(number)))
        ],
        districts=_districts(items.values(), set(taken), others),
        other=other,
        puzzle=_puzzle(count, items),
        withdrawn=_withdrawn(items),
    )


def _of_few(vote: Vote, tally: Tally, items: dict[str, Item]) -> Result:
    """What is chosen, and in which order; nothing that tells how many chose it."""
    count = tally.shown_count
    rounds = [Round(place, items[step["project"]], None) for place, step in enumerate(count["steps"], start=1)]
    missed = [Missed(items[one["project"]], None) for one in count["not_selected"]]
    rows = [Row(each.item, None, each.number, by_votes=False) for each in rounds]
    rows += [Row(each.item, None, None, by_votes=False) for each in missed]
    withdrawn = _withdrawn(items)
    return Result(vote=vote, tally=tally, count=count, rounds=rounds, missed=missed, rows=rows, withdrawn=withdrawn)


def _withdrawn(items: dict[str, Item]) -> list[Item]:
    return [each for each in items.values() if each.withdrawn_at is not None]


def _bar(step: dict[str, Any], most: int) -> Bar:
    parts = [step["votes"], 0, 0] if step["by_votes"] else [step["paying"], step["giving_rest"], step["without"]]
    return _bar_of(parts, most)


def _bar_of(parts: list[float], most: float) -> Bar:
    found, at = [], 0.0
    for part in parts:
        width = 100 * part / most
        found.append(Piece(f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return Bar(*found)


def _missed(one: dict[str, Any], items: dict[str, Item], most: int, method: str) -> Missed:
    """Of equal shares what its supporters lacked; else what was missing of the budget."""
    missing = one["missing"] if method == Method.SHARES and one["missing"] is not None else one["over"]
    width = 100 * one["votes"] / most
    held = width * (1 - min(1.0, missing / one["cost"])) if one["cost"] else width
    return Missed(
        item=items[one["project"]],
        votes=one["votes"],
        missing=missing,
        note=missed_note(one),
        bar=_bar_of([held, 0, max(0.0, width - held)], 100),
        fewer=one["fewer"],
    )


def _puzzle(count: dict[str, Any], items: dict[str, Item]) -> Puzzle | None:
    """Of equal shares, where something that does not come has more supporters than something that does."""
    fewest = min((step["votes"] for step in count["steps"]), default=0)
    found = [each for each in count["not_selected"] if each["votes"] > fewest and each["held"] is not None]
    if not count["completion"] or not found:
        return None
    one = max(found, key=lambda each: (each["votes"], each["cost"]))
    votes = one["votes"]
    left = one["held"] / votes
    return Puzzle(items[one["project"]], votes, one["cost"] / votes, count["completion"]["share"], left)


def _districts(items: Iterable[Item], taken: set[str], others: set[str]) -> list[District]:
    """None where everything is for the whole territory."""
    found: dict[str, list[Item]] = {}
    for each in items:
        if each.withdrawn_at is None:
            found.setdefault(each.neighbourhood, []).append(each)
    if set(found) <= {""}:
        return []

    def sums(those: list[Item], chosen: set[str]) -> tuple[int, int]:
        of = [each for each in those if str(each.number) in chosen]
        return len(of), sum(each.cost or 0 for each in of)

    return [
        District(name, *sums(those, taken), *sums(those, others))
        for name, those in sorted(found.items(), key=lambda pair: (pair[0] == "", pair[0]))
    ]


def was_late(vote: Vote, receipt: str) -> bool:
    """Entered from paper, and confirmed by nobody before the end."""
    return vote.paper_ballots.filter(receipt=receipt, confirmed_at=None).exists()


def was_counted(vote: Vote, receipt: str) -> bool:
    return Tally.objects.filter(vote=vote, receipts__contains=[receipt]).exists()
