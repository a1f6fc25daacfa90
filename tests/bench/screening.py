"""Screening the texts of a real consultation, against the phone library's own search of the same texts in the same run."""

import json
import statistics
import time
from collections.abc import Callable

from phonenumbers import PhoneNumberMatcher

from consultations.screening.lexicon import packaged_lexicon
from consultations.screening.screening import flags_of
from tests.bench.pages import REAL
from tests.screening.test_bounds import LENGTH, SEEDS

GOAL_MS, WORST_MS, SHARE = 3, 60, 0.01


def run() -> None:
    _worst()
    if not REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    texts = list(_contributions())
    lexicon = packaged_lexicon()
    ours = [_milliseconds(lambda text=text: flags_of(text, lexicon=lexicon)) for text in texts]
    theirs = [_milliseconds(lambda text=text: list(PhoneNumberMatcher(text, "FR"))) for text in texts]
    flagged = sum(bool(flags_of(text, lexicon=lexicon)) for text in texts) / len(texts)
    mean, baseline = statistics.mean(ours), statistics.mean(theirs)
    print(f"  baseline: PhoneNumberMatcher, phones alone   mean {baseline:5.2f} ms")
    print(
        f"  flags_of, all kinds, {len(texts)} contributions   mean {mean:5.2f} ms   {mean / baseline:.1f}× the baseline"
        f" (goal: under {GOAL_MS} ms)"
    )
    print(f"  flagged: {flagged:.2%} of them (goal: {SHARE:.0%} at most)")


def _worst() -> None:
    lexicon = packaged_lexicon()
    flags_of("to have it ready", lexicon=lexicon)
    texts = {seed: (seed * LENGTH)[:LENGTH] for seed in SEEDS}
    times = {seed: _milliseconds(lambda text=text: flags_of(text, lexicon=lexicon)) for seed, text in texts.items()}
    seed = max(times, key=lambda each: times[each])
    print(f"  the worst {LENGTH} signs ({seed!r} repeated)   {times[seed]:5.1f} ms (goal: under {WORST_MS} ms)")


def _contributions() -> list[str]:
    with REAL.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    parts = ("title", "body", "rationale")
    return [
        "\n".join(row[part] for part in parts if row.get(part))
        for row in rows
        if row["type"] in ("proposal", "argument")
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    """Of processor time, the less of two rounds: what else the machine does is not counted."""

    def once() -> float:
        begun = time.process_time()
        work()
        return 1000 * (time.process_time() - begun)

    return min(once(), once())
