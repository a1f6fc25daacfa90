"""The API's list of proposals against the page of the same twenty, both made anew."""

from collections.abc import Callable
from statistics import median
from time import process_time

from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.pages import REAL, prepared

ROUNDS = 60
GOAL = 1.5


def run() -> None:
    if not REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    city, _paths, _cookie = prepared()
    client = Client(HTTP_HOST=city.host)

    def page() -> None:
        caches["pages"].clear()
        assert client.get("/propositions/?tri=recentes").status_code == 200

    def listed(limit: int) -> Callable[[], None]:
        def ask() -> None:
            caches["default"].clear()  # so that no minute is used up
            assert len(client.get(f"/api/v1/proposals/?limit={limit}").json()["results"]) == limit

        return ask

    of_page = _milliseconds(page)
    for limit in (20, 100):
        took = _milliseconds(listed(limit))
        print(
            f"  {limit:>3} proposals: {took:.1f} ms of processor in {_queries(listed(limit))} queries,"
            f" {took / of_page:.2f} times the page of 20 ({of_page:.1f} ms; goal at 20: {GOAL})"
        )


def _milliseconds(ask: Callable[[], None]) -> float:
    ask()
    spent = []
    for _unused in range(ROUNDS):
        before = process_time()
        ask()
        spent.append(1000 * (process_time() - before))
    return median(spent)


def _queries(ask: Callable[[], None]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)
