"""Counts who opens a proposal, pages served from memory included, without a write at each.

Each process keeps a city's openings and writes them together, at the end of a request of that very city: so its
schema and its role are on. What a process has not written when it is killed is lost, and nobody is wronged by it.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from common.requests import Request
from common.visitors import client_address, is_ahead_of_time, is_robot
from consultations.participation.services.view_counts import count_views

logger = logging.getLogger(__name__)

_PAGE = re.compile(r"/propositions/(\d{1,18})/[^/]+/")
_FLUSH_SECONDS, _FLUSH_SIGHTS = 20.0, 200
# Nobody pushes a proposal back by loading it again and again. Then they are all forgotten, and count once more.
_REMEMBERED = 20_000


@dataclass
class _Buffer:
    since: float
    seen: Counter[int] = field(default_factory=Counter)


class ViewCountMiddleware:
    """Comes before the pages kept in memory (common.pagecache), after the city."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.lock = Lock()
        self.buffers: dict[str, _Buffer] = {}
        self.already: set[int] = set()

    def __call__(self, request: Request) -> HttpResponseBase:
        response = self.get_response(request)
        city = request.tenant
        if city is not None and city.is_open and city.takes_writing:
            opened = _PAGE.fullmatch(request.path_info)
            if opened and response.status_code == 200 and _is_reading(request):
                self._note(city.schema_name, int(opened[1]), client_address(request))
            if city.schema_name in self.buffers and (due := self._due(city.schema_name)):
                _write(due)
        return response

    def _note(self, schema: str, proposal: int, address: str) -> None:
        """Once a day for each address, as far as this process remembers: a school counts as one reader."""
        mark = hash((schema, proposal, address, int(time.time() // 86_400)))
        with self.lock:
            if mark in self.already:
                return
            if len(self.already) >= _REMEMBERED:
                self.already.clear()
            self.already.add(mark)
            self.buffers.setdefault(schema, _Buffer(time.monotonic())).seen[proposal] += 1

    def _due(self, schema: str) -> Counter[int] | None:
        with self.lock:
            buffer = self.buffers.get(schema)
            if buffer is None:
                return None
            if time.monotonic() - buffer.since < _FLUSH_SECONDS and buffer.seen.total() < _FLUSH_SIGHTS:
                return None
            return self.buffers.pop(schema).seen


def _is_reading(request: HttpRequest) -> bool:
    if request.method != "GET" or "HTTP_HX_REQUEST" in request.META:
        return False
    return not (is_ahead_of_time(request) or is_robot(request))


def _write(seen: Counter[int]) -> None:
    """A page that is ready is shown, whatever becomes of its counting: the city may have stopped taking writing."""
    try:
        count_views(seen)
    except DatabaseError:
        logger.warning("Openings of %s proposals were not counted", len(seen), exc_info=True)
