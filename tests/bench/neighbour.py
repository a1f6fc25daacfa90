"""What other cities wait while one is asked for twice its share, and for all it can be asked; with turns and without.

Who asks for the hot city's pages steps back (`nice`): visitors are on other machines (NEIGHBOUR_SECONDS, _ROUNDS).
"""

import itertools
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management import call_command

from tests.bench import pages
from tests.bench.load import Ask, Line, answered, listens
from tests.processes import eventually, free_port, process

SECONDS = float(os.environ.get("NEIGHBOUR_SECONDS", "4"))
ROUNDS = int(os.environ.get("NEIGHBOUR_ROUNDS", "3"))
# Each of its visitors asks for the next page as soon as the last is there: all that the machine can do.
HOT = 24
# What it is offered besides, in shares of a machine that has CITIES cities: the goal is about that.
SHARES, CITIES = 2, 4
# Connections of the others, in turn: a proxy has some to each process.
LINES = 4
PAUSE = 0.04  # between the others' requests: what they ask for hardly keeps the machine busy
GOAL = 2.0


def run() -> None:
    if not pages.REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    cities = [pages.prepared(number)[:2] for number in range(CITIES)]
    (hot, hot_paths), *others = cities
    hot_asks = [Ask(hot.host, hot_paths[name], who=100 + who) for name in ("list", "proposal") for who in range(HOT)]
    quiet_asks = [Ask(city.host, path) for city, paths in others for path in paths.values()]
    with _served(each=1) as turns, _served(each=0) as crowd:
        for port in (turns, crowd):
            answered(hot_asks + quiet_asks, port, seconds=4)  # each process knows the pages
        for name, port in (("baseline: whoever comes first", crowd), ("in turn", turns)):
            _compare(name, port, hot_asks, quiet_asks)


def _compare(name: str, port: int, hot: Sequence[Ask], quiet: Sequence[Ask]) -> None:
    """Rounds of all of it, because a machine is never as quick for two minutes; their medians."""
    rounds = []
    for _unused in range(ROUNDS):
        by_itself = answered(hot, port, seconds=SECONDS, connections=HOT, steps_back=True).per_second
        alone = _median(port, quiet)
        with _asked(hot, port, rate=by_itself * SHARES / CITIES) as shares:
            beside_shares = _median(port, quiet)
        with _asked(hot, port) as flood:
            beside = _median(port, quiet)
        rounds.append((alone, beside_shares, beside, by_itself, shares[0], flood[0]))
    alone, beside_shares, beside, by_itself, shares_had, had = map(statistics.median, zip(*rounds, strict=True))
    print(f"  {name:<31} others {alone * 1000:5.1f} ms alone; the hot city by itself {by_itself:.0f} pages/s")
    for offered, taken, served in ((f"{SHARES} shares", beside_shares, shares_had), ("all it takes", beside, had)):
        print(
            f"    offered {offered:<14} others {taken * 1000:5.1f} ms: neighbour: {taken / alone:.1f}× (goal {GOAL:.0f}×);"
            f" the hot city {served:.0f} pages/s, none refused"
        )


@contextmanager
def _asked(hot: Sequence[Ask], port: int, rate: float = 0) -> Iterator[list[float]]:
    """While the hot city is asked for pages; afterwards, how many a second it was served."""
    found: list[float] = []
    load = threading.Thread(
        target=lambda: found.append(
            answered(hot, port, seconds=SECONDS + 2, connections=HOT, rate=rate, steps_back=True).per_second
        )
    )
    load.start()
    time.sleep(1.5)  # its process starts
    yield found
    load.join()


def _median(port: int, quiet: Sequence[Ask]) -> float:
    """One visitor of each of the pages in turn."""
    taken = []
    until = time.monotonic() + SECONDS
    lines = [Line(port) for _unused in range(LINES)]
    turn = itertools.cycle(itertools.product(lines, quiet))
    while time.monotonic() < until:
        line, ask = next(turn)
        started = time.perf_counter()
        line.send({}, ask.raw.encode())
        while not line.receive():
            pass
        assert line.buffer[9:12] == b"200", line.buffer[:12]
        taken.append(time.perf_counter() - started)
        time.sleep(PAUSE)
    for line in lines:
        line.socket.close()
    return statistics.median(taken)


@contextmanager
def _served(*, each: int) -> Iterator[int]:
    """As in production; `each`: the threads that a city has while others are there, 0: all as they come."""
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "-c", "python:config.web", "--bind", f"127.0.0.1:{port}")
    with process(
        *command, "--log-level", "critical", DJANGO_SETTINGS_MODULE="config.settings.base", CITY_THREADS=str(each)
    ):
        assert eventually(lambda: listens(port), within=90), "the server did not start"
        yield port
