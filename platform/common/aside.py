"""Work of seconds that another process does: meanwhile a city's other requests need not wait for it (config.turns)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_here = threading.local()


def call_with(step: Callable[[bool], None], work: Callable[..., object], *args: object) -> object:
    """What `work` gives; while it is `aside`, `step` is called with True, and with False once it goes on."""
    _here.step = step
    try:
        return work(*args)
    finally:
        del _here.step


@contextmanager
def aside() -> Iterator[None]:
    """Whoever waits here keeps its thread, and not its city's turn. Does nothing where nobody counts turns."""
    step = getattr(_here, "step", None)
    if step is None:
        yield
        return
    step(True)
    try:
        yield
    finally:
        step(False)
