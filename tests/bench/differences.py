"""The difference of two long texts, against Python's own SequenceMatcher on the same words in the same run."""

import json
import random
import re
import time
from collections.abc import Callable
from difflib import SequenceMatcher

from common.differences import difference
from tests.bench.pages import REAL

GOAL_MS, ROUNDS = 50, 7
LENGTH = 19_000
# The others keep SequenceMatcher busy for minutes.
COMPARED = ("a word in fifty", "half of it rewritten", "paragraphs moved")


def run() -> None:
    if not REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    cases = _cases(_longest_texts(), random.Random(2015))
    for name, (before, after) in cases.items():
        ours = _quickest(lambda before=before, after=after: difference(before, after), ROUNDS)
        said = f"  {name:<24} {len(before):6} and {len(after):6} signs: {ours:6.1f} ms"
        if name in COMPARED:
            theirs = _quickest(lambda before=before, after=after: _plain(before, after), 1)
            said += f" (goal {GOAL_MS}), SequenceMatcher {theirs:7.0f} ms: {theirs / ours:.0f} times as long"
        print(said)


def _cases(texts: list[str], chance: random.Random) -> dict[str, tuple[str, str]]:
    text = texts[0][:LENGTH]
    words = re.findall(r"\w+", text)
    paragraphs = text.splitlines(keepends=True)

    def reworked(before: str, share: float) -> str:
        return re.sub(r"\w+", lambda word: chance.choice(words) if chance.random() < share else word[0], before)

    moved = paragraphs[len(paragraphs) // 3 :] + paragraphs[: len(paragraphs) // 3]
    long = "\n".join(texts)[:50_000]
    few = ["de", "la", "un", "banc"]
    return {
        "a word in fifty": (text, reworked(text, 0.02)),
        "half of it rewritten": (text, reworked(text, 0.5)),
        "the same, one paragraph": (text.replace("\n", " "), reworked(text.replace("\n", " "), 0.5)),
        "paragraphs moved": (text, "".join(moved)),
        "paragraphs shuffled": (text, "".join(chance.sample(paragraphs, len(paragraphs)))),
        "nothing in common": (text, "\n".join(texts[1:])[:LENGTH]),
        "four words, repeated": tuple(" ".join(chance.choices(few, k=LENGTH * 2 // 7)) for _each in "ab"),  # type: ignore[dict-item]
        "50,000 signs": (long, reworked(long, 0.3)),
    }


def _longest_texts() -> list[str]:
    with REAL.open(encoding="utf-8") as lines:
        told = [json.loads(line).values() for line in lines]
    return sorted((each for values in told for each in values if isinstance(each, str)), key=len, reverse=True)[:8]


def _plain(before: str, after: str) -> list[object]:
    words = re.compile(r"\w+|\s+|[^\w\s]")
    return list(SequenceMatcher(None, words.findall(before), words.findall(after), autojunk=False).get_opcodes())


def _quickest(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of processor time, the least of some rounds: what else the machine does is not counted."""

    def once() -> float:
        begun = time.process_time()
        work()
        return 1000 * (time.process_time() - begun)

    return min(once() for _round in range(rounds))
