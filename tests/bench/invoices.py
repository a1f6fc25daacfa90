"""An invoice made, read back and checked by the schema and the rules of EN 16931 and France; the first one waits for the validator."""

import statistics
import time
from dataclasses import replace

from billing.documents import validation
from billing.documents.issuing import make
from tests.billing.documents import SUBSCRIPTION, an_invoice

AGAIN, LINES, GOAL_SECONDS = 20, 40, 3.0


def run() -> None:
    print(f"  {'the first, validator started for it':<38} {_seconds(1):.2f} s")
    took = [_seconds(1) for _each in range(AGAIN)]
    middle, slowest = statistics.median(took), max(took)
    print(
        f"  {'then, median of ' + str(AGAIN):<38} {middle:.2f} s (slowest {slowest:.2f} s, goal {GOAL_SECONDS:.0f} s)"
    )
    print(f"  {'of ' + str(LINES) + ' lines':<38} {_seconds(LINES):.2f} s")
    validation._validation.close()


def _seconds(lines: int) -> float:
    begun = time.perf_counter()
    made = make(an_invoice(lines=tuple(replace(SUBSCRIPTION, reference=f"L-{n}") for n in range(lines))))
    assert not made.problems, made.problems
    return time.perf_counter() - begun
