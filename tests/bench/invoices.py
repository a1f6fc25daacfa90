"""An invoice made, read back and checked by the schema and the rules of EN 16931 and France; the first one waits for the validator."""

import statistics
import subprocess
import sys
import time
from dataclasses import replace

from billing.documents import validation
from billing.documents.issuing import make
from tests.billing.documents import SUBSCRIPTION, an_invoice

AGAIN, LINES, GOAL_SECONDS, GOAL_MB = 20, 40, 3.0, 10.0
# All that the other apps' pages load, then what billing's do.
WEIGHED = """
import django; django.setup()
from importlib import import_module
def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
for name in ("onboarding.web", "tenants.ops", "tenants.backoffice", "accounts.backoffice",
             "consultations.portal.backoffice", "consultations.outcomes.backoffice"):
    import_module(f"{name}.urls")
before = megabytes()
for name in ("backoffice", "web"):
    import_module(f"billing.{name}.urls")
import billing.tasks
print(megabytes() - before)
"""


def run() -> None:
    print(f"  {'the first, validator started for it':<38} {_seconds(1):.2f} s")
    took = [_seconds(1) for _each in range(AGAIN)]
    middle, slowest = statistics.median(took), max(took)
    print(
        f"  {'then, median of ' + str(AGAIN):<38} {middle:.2f} s (slowest {slowest:.2f} s, goal {GOAL_SECONDS:.0f} s)"
    )
    print(f"  {'of ' + str(LINES) + ' lines':<38} {_seconds(LINES):.2f} s")
    print(f"  {'a web process, heavier by':<38} {_heavier():.1f} MB (goal {GOAL_MB:.0f} MB)")
    validation._validation.close()


def _heavier() -> float:
    done = subprocess.run([sys.executable, "-c", WEIGHED], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _seconds(lines: int) -> float:
    begun = time.perf_counter()
    made = make(an_invoice(lines=tuple(replace(SUBSCRIPTION, reference=f"L-{n}") for n in range(lines))))
    assert not made.problems, made.problems
    return time.perf_counter() - begun
