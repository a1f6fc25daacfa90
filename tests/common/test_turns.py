"""A city that is asked for more than its share waits; the others do not, and nobody is refused."""

import asyncio
import threading
from collections import Counter

import pytest

from config.turns import Turns


class Work:
    """Requests that stay in their thread until they are let go."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.order: list[str] = []
        self.go = threading.Semaphore(0)

    def __call__(self, host: str) -> str:
        with self.lock:
            self.order.append(host)
            self.inside[host] += 1
            self.most[host] = max(self.most[host], self.inside[host])
        assert self.go.acquire(timeout=30)
        with self.lock:
            self.inside[host] -= 1
        return host


async def until(condition: object) -> None:
    for _unused in range(3000):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it does not come")


def asked(turns: Turns, work: Work, *hosts: str) -> list["asyncio.Task[str]"]:
    return [asyncio.ensure_future(turns.run(host, work, host)) for host in hosts]


def test_alone_it_has_all_threads_but_one_and_whoever_comes_finds_that_one() -> None:
    async def story() -> None:
        turns, work = Turns(threads=4, each=1), Work()
        jobs = asked(turns, work, *["chaude"] * 9)
        await until(lambda: work.inside["chaude"] == 3)
        jobs += asked(turns, work, "calme")
        await until(lambda: work.inside["calme"] == 1)
        assert work.inside["chaude"] == 3
        for _unused in jobs:
            work.go.release()
        assert Counter(await asyncio.gather(*jobs)) == {"chaude": 9, "calme": 1}, "nobody is refused"
        assert not turns.running
        assert not turns.waiting

    asyncio.run(story())


def test_while_others_are_there_it_has_its_share() -> None:
    async def story() -> None:
        turns, work = Turns(threads=4, each=1), Work()
        jobs = asked(turns, work, "calme", *["chaude"] * 9)
        await until(lambda: work.inside.total() == 2)
        await asyncio.sleep(0.05)
        assert work.most == {"calme": 1, "chaude": 1}
        for _unused in jobs:
            work.go.release()
        await asyncio.gather(*jobs)
        assert work.most["chaude"] == 1

    asyncio.run(story())


def test_once_the_others_are_gone_it_has_the_threads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.turns.PRESENT_SECONDS", 0.05)

    async def story() -> None:
        turns, work = Turns(threads=4, each=1), Work()
        jobs = asked(turns, work, "calme", *["chaude"] * 12)
        await until(lambda: work.inside.total() == 2)
        work.go.release(), work.go.release()
        await until(lambda: work.inside["calme"] == 0)
        await asyncio.sleep(0.1)
        work.go.release()
        await until(lambda: work.inside["chaude"] == 3)
        for _unused in jobs:
            work.go.release()
        await asyncio.gather(*jobs)

    asyncio.run(story())


def test_those_that_wait_are_taken_in_turn() -> None:
    async def story() -> None:
        turns, work = Turns(threads=1, each=1), Work()
        jobs = asked(turns, work, *["chaude"] * 5, "une", "deux", "une")
        await until(lambda: work.inside.total() == 1)
        for _unused in jobs:
            work.go.release()
        await asyncio.gather(*jobs)
        assert work.order == ["chaude", "chaude", "une", "deux", "chaude", "une", "chaude", "chaude"]

    asyncio.run(story())


def test_whoever_goes_away_while_waiting_takes_no_turn() -> None:
    async def story() -> None:
        turns, work = Turns(threads=2, each=1), Work()
        first, second, third = asked(turns, work, *["chaude"] * 3)
        await until(lambda: work.inside["chaude"] == 1 and len(turns.waiting["chaude"]) == 2)
        second.cancel()
        first.cancel()  # its thread goes on
        await asyncio.sleep(0.01)
        assert turns.running["chaude"] == 1
        work.go.release(), work.go.release()
        assert await third == "chaude"
        await until(lambda: not turns.running and not turns.waiting)
        assert work.order == ["chaude", "chaude"]

    asyncio.run(story())


def test_work_that_fails_gives_its_thread_back() -> None:
    async def story() -> None:
        turns = Turns(threads=2, each=1)
        for _unused in range(5):
            with pytest.raises(ZeroDivisionError):
                await turns.run("chaude", lambda: 1 / 0)
        assert await turns.run("chaude", lambda: 7) == 7
        await until(lambda: not turns.running)

    asyncio.run(story())
