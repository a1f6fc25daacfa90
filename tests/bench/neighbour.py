"""What other cities wait while one is asked for all it can be asked, with and without turns (NEIGHBOUR_SECONDS=8)."""

import http.client
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management import call_command

from tests.bench.load import Ask, answered, listens
from tests.bench.pages import prepared
from tests.processes import eventually, free_port, process

SECONDS = float(os.environ.get("NEIGHBOUR_SECONDS", "8"))
ROUNDS = int(os.environ.get("NEIGHBOUR_ROUNDS", "3"))
# Each of its visitors asks for the next page as soon as the last is there: far more than twice its share.
HOT = 24
PAUSE = 0.04  # between the others' requests: what they ask for hardly keeps the machine busy
GOAL = 2.0


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    cities = [prepared(number)[:2] for number in range(4)]
    (hot, hot_paths), *others = cities
    hot_asks = [Ask(hot.host, hot_paths[name], who=100 + who) for name in ("list", "proposal") for who in range(HOT)]
    quiet_asks = [(city.host, path) for city, paths in others for path in paths.values()]
    with _served(each=1) as turns, _served(each=64) as crowd:
        for name, port in (("baseline: whoever comes first", crowd), ("in turn", turns)):
            for who in (*hot_asks, *(Ask(host, path) for host, path in quiet_asks)):
                answered([who], port, seconds=0.2, connections=1)
            rounds = [_round(port, hot_asks, quiet_asks) for _unused in range(ROUNDS)]
            alone, beside, served, offered = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(
                f"  {name:<31} others {alone * 1000:6.1f} ms alone, {beside * 1000:6.1f} ms beside the hot one:"
                f" neighbour: {beside / alone:.1f}× (goal {GOAL:.0f}×); the hot one {offered:.0f} pages/s,"
                f" {served / offered:.0%} of what it has by itself"
            )


def _round(port: int, hot: Sequence[Ask], quiet: Sequence[tuple[str, str]]) -> tuple[float, float, float, float]:
    """The others' median alone and beside the hot city; its pages a second beside them, and by itself."""
    alone = _median(port, quiet, SECONDS)
    by_itself = answered(hot, port, seconds=SECONDS, connections=HOT).per_second
    found: list[float] = []
    load = threading.Thread(
        target=lambda: found.append(answered(hot, port, seconds=SECONDS + 2, connections=HOT).per_second)
    )
    load.start()
    time.sleep(2)  # its process starts
    beside = _median(port, quiet, SECONDS)
    load.join()
    return alone, beside, found[0], by_itself


def _median(port: int, quiet: Sequence[tuple[str, str]], seconds: float) -> float:
    """One visitor of each of the pages in turn."""
    taken = []
    until = time.monotonic() + seconds
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() < until:
        for host, path in quiet:
            started = time.perf_counter()
            server.request("GET", path, headers={"Host": host})
            answer = server.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            taken.append(time.perf_counter() - started)
            time.sleep(PAUSE)
    server.close()
    return statistics.median(taken)


@contextmanager
def _served(*, each: int) -> Iterator[int]:
    """As in production; `each`: the threads that a city has while others are there."""
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "-c", "python:config.web", "--bind", f"127.0.0.1:{port}")
    with process(
        *command, "--log-level", "critical", DJANGO_SETTINGS_MODULE="config.settings.base", CITY_THREADS=str(each)
    ):
        assert eventually(lambda: listens(port), within=90), "the server did not start"
        yield port
