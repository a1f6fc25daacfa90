"""A city that is asked for more than its share waits; the others do not, and nobody is refused."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from common.aside import aside
from config.turns import Turns
from tenants.middleware import ANSWERED_BY
from tenants.models import Domain, Municipality


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
        await until(lambda: work.inside["calme"] == 0 or work.go.release())  # whichever of them takes it
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


def test_whoever_waits_for_another_process_gives_its_turn_back_and_keeps_its_thread() -> None:
    async def story() -> None:
        turns, work, decoded = Turns(threads=3, each=1), Work(), Work()

        def picture(host: str) -> str:
            with aside():
                decoded(host)
            return work(host)

        calm = asked(turns, work, "calme")
        pictures = [asyncio.ensure_future(turns.run("chaude", picture, "chaude")) for _unused in range(2)]
        await until(lambda: decoded.inside["chaude"] == 2)
        pages = asked(turns, work, *["chaude"] * 2)
        await asyncio.sleep(0.05)
        assert work.inside == {"calme": 1}, "all three threads are busy"
        decoded.go.release()
        await until(lambda: work.inside["chaude"] == 1 and turns.aside == 1)
        assert turns.running["chaude"] == 1
        work.go.release(), work.go.release()
        await until(lambda: len(work.order) >= 3)  # a page, while the second picture is not there yet
        decoded.go.release()
        for _unused in range(9):
            work.go.release()
        await asyncio.gather(*calm, *pictures, *pages)
        await until(lambda: not turns.running and not turns.waiting)
        assert turns.aside == 0

    asyncio.run(story())


def test_without_turns_whoever_comes_first_is_first() -> None:
    async def story() -> None:
        turns, work = Turns(threads=2, each=0), Work()
        jobs = asked(turns, work, *["chaude"] * 4, "calme")
        await until(lambda: work.inside["chaude"] == 2)
        for _unused in jobs:
            work.go.release()
        await asyncio.gather(*jobs)
        assert work.order == [*["chaude"] * 4, "calme"]

    asyncio.run(story())


@pytest.fixture
def asgi() -> Any:
    """The server's own module, which gives its connections time limits: those of the tests have none."""
    options = settings.DATABASES["default"]["OPTIONS"]
    kept = dict(options)
    served = import_module("config.asgi")
    options.clear()
    options.update(kept)
    return served


def test_a_city_has_one_share_at_all_its_addresses(monkeypatch: pytest.MonkeyPatch, asgi: Any) -> None:
    led = {"saran.service.example": "m_saran", "participer.saran.example": "m_saran", "brest.example": "m_brest"}

    def answer(environ: dict[str, Any]) -> Any:
        if city := led.get(environ["HTTP_HOST"]):
            environ[ANSWERED_BY] = city
        return asgi.Answer(200, [], work(environ["HTTP_HOST"]).encode())

    monkeypatch.setattr(asgi, "_answered", answer)
    work = Work()

    async def story() -> None:
        app = asgi.WholeRequests(threads=4, each=1)

        def ask(*hosts: str) -> list["asyncio.Task[Any]"]:
            return [asyncio.ensure_future(app._page(host, {"HTTP_HOST": host})) for host in hosts]

        first = ask(*led, "nulle.part.example", "ailleurs.example")
        await until(lambda: work.inside.total() == 3)
        await asyncio.sleep(0.05)
        assert work.inside.total() == 3, "hosts of which nothing is known are one, and alone"
        for _unused in first:
            work.go.release()
        await asyncio.gather(*first)
        assert app.city_of == led, "no host that somebody made up is kept"
        work.most.clear()
        jobs = ask("brest.example", *["saran.service.example", "participer.saran.example"] * 3)
        await until(lambda: work.inside.total() == 2)
        await asyncio.sleep(0.05)
        assert work.most == {"brest.example": 1, "saran.service.example": 1}
        for _unused in jobs:
            work.go.release()
        await asyncio.gather(*jobs)

    asyncio.run(story())


def test_every_answer_says_whose_it_was(saran: Municipality, visit: Callable[..., Client]) -> None:
    def city_at(host: str) -> str | None:
        found: str | None = Client(HTTP_HOST=host).get("/connexion/").wsgi_request.environ.get(ANSWERED_BY)
        return found

    Domain.objects.create(domain="participer.saran.example", tenant=saran, is_primary=False)
    assert city_at(saran.host) == city_at("participer.saran.example") == saran.schema_name
    assert city_at(settings.PUBLIC_HOST) == "public"
    assert city_at("nulle.part.example") is None
