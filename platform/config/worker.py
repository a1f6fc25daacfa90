"""gunicorn's worker with an event loop, of whose processes none takes more connections than its share.

They all listen on one socket, and asyncio takes what it finds there at once, up to a hundred: of the connections that a
proxy opens together, and keeps, nearly all came to lie with one process, which then worked alone.
"""

import asyncio
from typing import Any

from gunicorn.workers.gasgi import ASGIWorker  # type: ignore[import-untyped]

# Nobody waits longer to be taken; half of that where a process has so many connections.
_LONGEST, _HALF = 0.004, 8


class Sharing(asyncio.SelectorEventLoop):
    """Takes one connection at a time, the later the more it has: whoever has fewer takes the next one."""

    def __init__(self, worker: ASGIWorker) -> None:
        super().__init__()
        self.worker = worker

    def _accept_connection(self, factory: Any, sock: Any, ssl: Any = None, server: Any = None, *more: Any) -> None:
        self._remove_reader(sock.fileno())  # type: ignore[attr-defined]
        has = self.worker.nr_conns
        self.call_later(_LONGEST * has / (has + _HALF), self._take_one, factory, sock, ssl, server, *more)

    def _take_one(self, factory: Any, sock: Any, ssl: Any, server: Any, _backlog: int, *more: Any) -> None:
        if sock.fileno() >= 0:  # closed meanwhile: the process ends
            self._start_serving(factory, sock, ssl, server, 1, *more)  # type: ignore[attr-defined]
            super()._accept_connection(factory, sock, ssl, server, 1, *more)  # type: ignore[misc]


class Worker(ASGIWorker):
    def _setup_event_loop(self) -> None:
        self.loop = Sharing(self)
        asyncio.set_event_loop(self.loop)
