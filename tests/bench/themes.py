"""Themes and near-duplicates of five thousand texts: the whole stage, in a process of its own, as the worker has it."""

import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.memory import most_memory

if TYPE_CHECKING:
    from consultations.analysis.methods.themes import Document

TEXTS = 5000
# The goals of the design.
SECONDS, MEGABYTES = 60, 600
_REAL = Path(__file__).parents[3] / "shared" / "data" / "republique-numerique.jsonl"


def run() -> None:
    if not _REAL.exists():
        print("  needs the real consultation of ../shared")
        return
    told = subprocess.run([sys.executable, "-m", "tests.bench.themes"], capture_output=True, text=True, check=True)
    print(told.stdout, end="")


def _stage() -> None:
    from consultations.analysis.methods.duplicates import Text, near_duplicates
    from consultations.analysis.methods.themes import find_themes

    documents = _documents()
    started = time.process_time()
    found = find_themes(documents)
    themes = time.process_time()
    pairs = near_duplicates([Text(str(each.key), each.title, each.body) for each in documents])
    ended = time.process_time()
    memory = most_memory()
    words = sum(len(each.body.split()) for each in documents) / len(documents)
    print(f"  {TEXTS} texts of {words:.0f} words made of the sentences of a real consultation")
    print(f"  {len(found.model.themes)} themes {themes - started:5.1f} CPU-seconds")
    print(f"  {len(pairs)} pairs {ended - themes:5.1f} CPU-seconds")
    print(f"  the stage {ended - started:5.1f} CPU-seconds (goal: {SECONDS}), {memory:.0f} MB (goal: {MEGABYTES})")


def _documents() -> "list[Document]":
    """Each of sentences of one section, which speak of the same."""
    from consultations.analysis.methods.themes import Document

    sections: dict[str, list[str]] = {}
    with _REAL.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["type"] == "proposal":
                parts = re.split(r"(?<=[.?!])\s+", row["body"])
                sections.setdefault(row["challenge"], []).extend(part for part in parts if len(part) > 30)
    chance, names = random.Random(1), sorted(sections)
    made = []
    for key in range(TEXTS):
        said = sections[names[key % len(names)]]
        body = " ".join(chance.choices(said, k=chance.randrange(2, 9)))
        made.append(Document(key, chance.choice(said)[:110], body, chance.randrange(TEXTS // 2)))
    return made


if __name__ == "__main__":
    _stage()
