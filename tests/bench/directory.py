"""Finding an authority as its name is typed, against reading the whole table for each letter."""

import statistics
import time
from collections.abc import Callable, Sequence
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from onboarding.directory.search import find_authorities
from onboarding.models import Authority

NAMES = 100
MISTAKEN = ["marseile", "toulose", "straasbourg", "saint-briuec", "montpelier", "grenobel", "métropole de toulose"]
# The same rows with nothing to find them by.
BARE = "CREATE TEMPORARY TABLE bare AS SELECT * FROM onboarding_authority"
BASELINE = "SELECT * FROM bare WHERE name ILIKE %s ORDER BY population DESC NULLS LAST LIMIT 5"


def run() -> None:
    call_command("prepare", stderr=StringIO())
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(BARE)
        communes = Authority.objects.filter(kind="COMMUNE").order_by("-population", "code")
        names = communes.values_list("name", flat=True)[: NAMES * 30 : 30]
        typed = [name[:end] for name in names for end in range(1, len(name) + 1)]

        def naive(text: str) -> None:
            cursor.execute(BASELINE, [text + "%"])
            cursor.fetchall()

        # In turn, because a machine is never as quick for a minute.
        rounds = [(_time(naive, text), _time(find_authorities, text)) for text in typed]
        baseline, search = (_middle_and_worst(times) for times in zip(*rounds, strict=True))
        mistaken = _middle_and_worst([_time(find_authorities, text) for text in MISTAKEN for _again in range(5)])
    print(f"  {len(typed)} searches: every beginning of {NAMES} names among {communes.count()}")
    print(f"  baseline: ILIKE 'x%' without an index   median {baseline[0]:5.1f} ms   p95 {baseline[1]:5.1f} ms")
    print(
        f"  find_authorities                        median {search[0]:5.1f} ms   p95 {search[1]:5.1f} ms"
        f"   {baseline[0] / search[0]:.1f}× faster (goal: under 20 ms)"
    )
    print(f"  find_authorities, names ill-spelt       median {mistaken[0]:5.1f} ms   p95 {mistaken[1]:5.1f} ms")


def _time(search: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    search(text)
    return (time.perf_counter() - started) * 1000


def _middle_and_worst(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
