"""The Method of Equal Shares, cost as utility, with its Add1 completion: exact.

D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory Budgeting with Additive Utilities", NeurIPS 2021;
https://equalshares.net. Every voter has the same share of the budget. A project is paid by its supporters, the same
amount each, or all that they have left. The next one is that of the most *full voices*: its cost over what those pay
who pay most. When none can be paid, all is counted again with one unit more for each voter, as long as the budget is
enough for what that takes.
"""

from array import array
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from heapq import heapify, heappop, heapreplace
from math import gcd

from .election import CENTS, Election
from .results import Completion, Passed, Settled, Step, Stopped

# Cents that Add1 gives to each voter once more: one euro, or whatever a file counts in.
INCREMENT = CENTS
MOST_ROUNDS = 100_000
# Of counts that are really made: about a minute, as many for each file wherever it is counted. The larger of the two.
MOST_COUNTS, MOST_LOOKS = 400, 80_000_000

# Less is better: full voices, then votes, then the number of the project.
Key = tuple[Fraction, int, int]
_TAKEN, _LOST = b"taken", b"lost"


def _who(kinds: list[int]) -> bytes:
    return blake2b(array("L", kinds).tobytes(), digest_size=16).digest()


@dataclass(slots=True)
class Round:
    """What one share for each voter gives.

    `keys`: of each project taken, its own and the best that others can have, but its twins (`Shares.twins`). `trace`:
    in their order, each project looked at and by whom it would be paid, or that it is lost, or taken.
    """

    taken: list[int] = field(default_factory=list)
    spent: int = 0
    keys: list[tuple[Key, Key | None]] = field(default_factory=list)
    trace: list[tuple[int, bytes]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    held: dict[int, Fraction] = field(default_factory=dict)

    def same_until(self, richer: "Round") -> bool:
        """Is it certain that every share between this one's and the `richer` one's takes the same, in the same order?

        As long as the order is the same, whoever begins with more has more at every step, and every project more full
        voices. So what comes first here before all that the others have there comes first between the two as well.

        Where that does not tell: if the same people pay each thing that was looked at on the way, all that they have
        and all that they would pay grows in a straight line with the share. Two such lines that do not cross from one
        end to the other do not cross between them either.
        """
        return self.taken == richer.taken and (
            self.trace == richer.trace
            or all(
                following is None or key < following
                for (key, _following), (_key, following) in zip(self.keys, richer.keys, strict=True)
            )
        )


@dataclass(slots=True)
class Payment:
    """How a project would be paid now: `need` is left for `rich`, who are `voices`, once `poor` gave all they have."""

    need: int
    voices: int
    rich: list[int]
    poor: list[int]
    strength: Fraction


class Purses:
    """What the voters of each kind (those of one choice) have left, in whole multiples of one over `scale` cents.

    The scale becomes finer with most payments; a purse follows when it is looked at (`stocked`).
    """

    def __init__(self, people: list[int], share: Fraction) -> None:
        self.people = people
        self.scale = share.denominator
        self.held = [share.numerator] * len(people)
        # How often the scale had become finer when each purse was last written, and what that makes since each time.
        self.written = [0] * len(people)
        self.finer = [1]

    def stocked(self, supporters: list[int]) -> list[int]:
        """Those who have something left, in the scale of now."""
        held, written, finer, now = self.held, self.written, self.finer, len(self.finer) - 1
        for kind in supporters:
            if written[kind] != now:
                held[kind] *= finer[written[kind]]
                written[kind] = now
        return [kind for kind in supporters if held[kind]]

    def payment(self, cost: int, supporters: list[int]) -> Payment | None:
        """None where they have not enough left together. They are `stocked`."""
        held, people = self.held, self.people
        need, voices, rich = cost * self.scale, sum([people[kind] for kind in supporters]), supporters
        if sum([people[kind] * held[kind] for kind in supporters]) < need:
            return None
        poor: list[int] = []
        while True:
            whole = -(-need // voices)
            able = [kind for kind in rich if held[kind] >= whole]
            if len(able) == len(rich):
                return Payment(need, voices, rich, poor, Fraction(cost * self.scale * voices, need))
            unable = [kind for kind in rich if held[kind] < whole]
            need -= sum([people[kind] * held[kind] for kind in unable])
            voices -= sum([people[kind] for kind in unable])
            poor += unable
            rich = able

    def pay(self, payment: Payment) -> None:
        finer = payment.voices // gcd(payment.need, payment.voices)
        if finer > 1:
            self.scale *= finer
            self.finer = [*(each * finer for each in self.finer), 1]
        share, now = payment.need * finer // payment.voices, len(self.finer) - 1
        for kind in payment.rich:
            self.held[kind] = self.held[kind] * finer - share
            self.written[kind] = now
        for kind in payment.poor:
            self.held[kind] = 0

    def together(self, supporters: list[int]) -> Fraction:
        return Fraction(sum([self.people[kind] * self.held[kind] for kind in self.stocked(supporters)]), self.scale)


class Shares:
    """An election, to be counted with one share after the other."""

    def __init__(self, election: Election) -> None:
        self.budget = election.budget
        self.ids = list(election.projects)
        self.costs = [project.cost for project in election.projects.values()]
        self.votes = list(election.votes.values())
        self.people = list(election.ballots.values())
        self.supporters: list[list[int]] = [[] for _project in self.ids]
        for kind, choice in enumerate(election.ballots):
            for project in choice:
                self.supporters[election.numbers[project]].append(kind)
        # Of one cost and the same supporters: at any moment they have the same full voices, whatever the share.
        first: dict[tuple[int, tuple[int, ...]], int] = {}
        alike = zip(self.costs, map(tuple, self.supporters), strict=True)
        self.twins = [first.setdefault(each, number) for number, each in enumerate(alike)]

    def round(self, share: Fraction, *, explained: bool = False) -> Round:
        """What this share for each voter gives; how it came to it only where that is to be `explained`."""
        purses, supporters, found = Purses(self.people, share), list(self.supporters), Round()

        def look(number: int) -> Payment | None:
            supporters[number] = purses.stocked(supporters[number])
            return purses.payment(self.costs[number], supporters[number])

        # Full voices only become fewer: what a project had once is the most that it has, and few are looked at again.
        waiting = [(Fraction(-votes), -votes, number) for number, votes in enumerate(self.votes) if votes]
        heapify(waiting)
        seen: dict[int, Payment] = {}
        lost: list[int] = []
        while waiting:
            key = waiting[0]
            number = key[2]
            if payment := seen.get(number):
                heappop(waiting)
                if explained:
                    now = {other[2]: look(other[2]) for other in waiting if other[1] < key[1] or other[0] == key[0]}
                    now |= dict.fromkeys(other for other in lost if -self.votes[other] < key[1])
                    found.steps.append(self._step(number, payment, now, left=self.budget - found.spent, purses=purses))
                found.taken.append(number)
                found.spent += self.costs[number]
                found.keys.append((key, self._following(number, waiting)))
                found.trace.append((number, _TAKEN))
                purses.pay(payment)
                seen.clear()
            elif payment := look(number):
                seen[number] = payment
                found.trace.append((number, _who(payment.rich)))
                heapreplace(waiting, (-payment.strength, key[1], number))
            else:
                lost.append(number)
                found.trace.append((number, _LOST))
                heappop(waiting)
        if explained:
            found.held = {number: purses.together(kinds) for number, kinds in enumerate(supporters)}
        return found

    def _following(self, number: int, waiting: list[Key]) -> Key | None:
        if waiting and self.twins[waiting[0][2]] == self.twins[number]:
            return min((each for each in waiting if self.twins[each[2]] != self.twins[number]), default=None)
        return waiting[0] if waiting else None

    def _step(
        self, number: int, payment: Payment, now: dict[int, Payment | None], *, left: int, purses: Purses
    ) -> Step:
        """`now`: how others would be paid that have more supporters, or may be equal."""
        votes = self.votes[number]
        paying, giving = payment.voices, sum(self.people[kind] for kind in payment.poor)
        tied = [other for other, its in now.items() if its and its.strength == payment.strength]
        more = sorted((other for other in now if self.votes[other] > votes), key=lambda it: (-self.votes[it], it))
        settled = Settled.NUMBER if any(self.votes[other] == votes for other in tied) else Settled.VOTES
        return Step(
            project=self.ids[number],
            cost=self.costs[number],
            votes=votes,
            left=left - self.costs[number],
            by_votes=False,
            share=Fraction(payment.need, payment.voices * purses.scale),
            paying=paying,
            giving_rest=giving,
            without=votes - paying - giving,
            strength=payment.strength,
            passed=tuple(self._passed(other, now[other]) for other in more),
            tied=tuple(self.ids[other] for other in sorted(tied)),
            settled=settled if tied else None,
        )

    def _passed(self, number: int, payment: Payment | None) -> Passed:
        return Passed(
            project=self.ids[number],
            votes=self.votes[number],
            strength=payment.strength if payment else None,
            paying=payment.voices if payment else None,
        )

    def completed(self) -> tuple[Round, Completion]:
        """The last share with which all that is taken stays within the budget, and what it takes, explained."""
        first_share = Fraction(self.budget, sum(self.people))
        first = last = self.round(first_share)
        ahead, rounds, stride, made = first, 0, 1, 0
        most = max(MOST_COUNTS, MOST_LOOKS // (sum(map(len, self.supporters)) or 1))
        stopped = Stopped.ALL
        # What costs more than the whole budget is never taken: whoever waits for it waits for nothing.
        wanted = sum(1 for votes, cost in zip(self.votes, self.costs, strict=True) if votes and cost <= self.budget)
        while len(last.taken) < wanted:
            if rounds == MOST_ROUNDS or made == most:
                stopped = Stopped.ROUNDS
                break
            made += 1
            stride = min(stride, MOST_ROUNDS - rounds)
            ahead = self.round(first_share + INCREMENT * (rounds + stride))
            same = last.same_until(ahead)
            if stride == 1 and ahead.spent > self.budget:
                stopped = Stopped.BUDGET
                break
            if stride == 1 or same:
                rounds, last = rounds + stride, ahead
                stride = stride * 2 if same else 1
            else:
                stride //= 2
        return self._told(first, ahead, first_share=first_share, rounds=rounds, stopped=stopped)

    def _told(
        self, first: Round, ahead: Round, *, first_share: Fraction, rounds: int, stopped: Stopped
    ) -> tuple[Round, Completion]:
        share = first_share + INCREMENT * rounds
        last = self.round(share, explained=True)
        passes = stopped is Stopped.BUDGET
        return last, Completion(
            increment=INCREMENT,
            rounds=rounds,
            first_share=first_share,
            first_selected=len(first.taken),
            first_spent=first.spent,
            share=share,
            stopped=stopped,
            next_selected=len(ahead.taken) if passes else None,
            next_over=ahead.spent - self.budget if passes else None,
        )
