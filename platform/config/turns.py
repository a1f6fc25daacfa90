"""The threads of a web process take turns between cities: one that is asked for more than its share waits by itself.

Requests wait here, in the event loop, where waiting costs nothing; none is refused. A city that is alone has all
threads but one, so that whoever comes finds one free. While others are there it has CITY_THREADS of them, and of those
that wait each city has its turn, whatever the others have brought. Whoever waits for another process, for seconds (a
picture that is decoded), keeps a thread and gives back the turn: one visitor's pictures do not stop their city.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from common.aside import call_with

Result = TypeVar("Result")

# For how long after its last request a city counts as there.
PRESENT_SECONDS = 1.0
_REMEMBERED = 1000


class Turns:
    """Used from one event loop only: nothing here is locked."""

    def __init__(self, *, threads: int, each: int) -> None:
        """`each` 0: no turns, whoever comes first."""
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.in_turn = each > 0
        self.alone = max(1, threads - 1) if self.in_turn else threads
        self.threads, self.each = threads, max(1, min(each, self.alone))
        self.running: Counter[str] = Counter()
        # Threads of those that have given back their turn and wait for another process.
        self.aside = 0
        # Whose turn it is next: in this order.
        self.waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self.seen: OrderedDict[str, float] = OrderedDict()

    async def run(self, city: str, work: Callable[..., Result], *args: Any) -> Result:
        """What `work` gives, in a thread, once it is this city's turn."""
        loop = asyncio.get_running_loop()
        city = city if self.in_turn else ""
        self._see(city, loop.time())
        if city in self.waiting or not self._may_run(city, loop.time()):
            await self._turn_of(city, loop)
        else:
            self.running[city] += 1
        job = self.pool.submit(call_with, self._steps(city, loop), work, *args)
        # When the thread is free again, whether or not anybody still waits for what it gives.
        job.add_done_callback(lambda _job: loop.call_soon_threadsafe(self._end, city, loop))
        return cast(Result, await asyncio.wrap_future(job))

    def _steps(self, city: str, loop: asyncio.AbstractEventLoop) -> Callable[[bool], None]:
        def step(is_aside: bool) -> None:
            loop.call_soon_threadsafe(self._step_aside if is_aside else self._come_back, city, loop)

        return step

    def _step_aside(self, city: str, loop: asyncio.AbstractEventLoop) -> None:
        self.aside += 1
        self._end(city, loop)

    def _come_back(self, city: str, loop: asyncio.AbstractEventLoop) -> None:
        """At once, though its city may have one more for a moment: its thread is there, and it has waited."""
        self.aside -= 1
        self.running[city] += 1

    async def _turn_of(self, city: str, loop: asyncio.AbstractEventLoop) -> None:
        turn = loop.create_future()
        self.waiting.setdefault(city, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came with the end of who waited for it
                self._end(city, loop)
            raise

    def _see(self, city: str, now: float) -> None:
        self.seen[city] = now
        self.seen.move_to_end(city)
        while len(self.seen) > _REMEMBERED:
            self.seen.popitem(last=False)

    def _may_run(self, city: str, now: float) -> bool:
        if self.running.total() + self.aside >= self.threads:
            return False
        return self.running[city] < (self.each if self._others_are_there(city, now) else self.alone)

    def _others_are_there(self, city: str, now: float) -> bool:
        if any(other != city for other in self.running) or len(self.waiting) > (city in self.waiting):
            return True
        latest = (at for other, at in reversed(self.seen.items()) if other != city)
        return next(latest, float("-inf")) > now - PRESENT_SECONDS

    def _end(self, city: str, loop: asyncio.AbstractEventLoop) -> None:
        self.running[city] -= 1
        if not self.running[city]:
            del self.running[city]
        self._go_on(loop.time())

    def _go_on(self, now: float) -> None:
        """Give the free threads to those that wait, to each city in its turn."""
        while any(self._go_on_with(city, now) for city in list(self.waiting)):
            pass

    def _go_on_with(self, city: str, now: float) -> bool:
        turns = self.waiting[city]
        while turns and turns[0].cancelled():
            turns.popleft()
        goes_on = bool(turns) and self._may_run(city, now)
        if goes_on:
            self.running[city] += 1
            turns.popleft().set_result(None)
            self.waiting.move_to_end(city)
        if not turns:
            del self.waiting[city]
        return goes_on
