"""Counting a vote of 20,000 ballots on 100 projects from its file: as a task does, and as whoever counts again."""

import io
import random
import time
import tracemalloc
from collections.abc import Callable
from typing import TypeVar

from consultations.voting.counting import pabulib
from consultations.voting.counting.election import Election, Rule
from consultations.voting.counting.rules import count
from tests.support.memory import most_memory
from tests.voting.elections import drawn

Value = TypeVar("Value")
VOTERS, PROJECTS = 20_000, 100
GOAL_SECONDS, GOAL_MEGABYTES = 60, 50


def run() -> None:
    for budget, most in ((4_000_000, 10), (1_000_000, 10), (1_000_000, 5)):
        made = drawn(random.Random(18), voters=VOTERS, projects=PROJECTS, most=most, budget=budget, dearest=120_000)
        print(f"  up to {most} choices, {budget / VOTERS:.0f} a voter, {len(made.ballots)} different ballots")
        file = io.StringIO()
        written, _nothing = _timed(lambda made=made, file=file: pabulib.write(made, file))
        seconds, read = _timed(lambda file=file: pabulib.read(io.StringIO(file.getvalue())))
        print(f"    written in {written:.1f} s, read in {seconds:.1f} s")
        for rule in (Rule.GREEDY, Rule.EQUAL_SHARES):
            seconds, found = _timed(lambda read=read, rule=rule: count(read, rule))
            rounds = f", {found.completion.rounds + 1} rounds" if found.completion else ""
            print(
                f"    {rule.value}: {len(found.selected)} taken{rounds}, {seconds:.1f} CPU-seconds"
                f" (goal: under {GOAL_SECONDS})"
            )
    print(f"  reading and counting need {_memory(file.getvalue()):.0f} MB (goal: under {GOAL_MEGABYTES}),", end=" ")
    print(f"the whole process {most_memory():.0f} MB at most")


def _timed(do: Callable[[], Value]) -> tuple[float, Value]:
    before = time.process_time()
    value = do()
    return time.process_time() - before, value


def _memory(text: str) -> float:
    """At most at once, in megabytes, beside the text."""
    stream = io.StringIO(text)
    tracemalloc.start()
    election: Election = pabulib.read(stream)
    count(election, Rule.EQUAL_SHARES)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1024**2
