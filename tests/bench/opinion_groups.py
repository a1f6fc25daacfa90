"""Opinion groups: agreement with those that Polis published, how seldom chance is shown as groups, and what it costs."""

import csv
import time
from collections import Counter
from pathlib import Path

import numpy as np

from consultations.analysis.methods import gate
from consultations.analysis.methods.groups import Shown, opinions
from consultations.analysis.methods.votes import read_votes
from tests.analysis.tables import camps, random_reactions, votes_of, yes_sayers
from tests.bench.pages import ROOT
from tests.support.memory import most_memory

POLIS = ROOT.parent / "shared" / "data" / "polis"
GOAL_AGREEMENT, GOAL_SECONDS, GOAL_MEGABYTES = 0.80, 15, 500
SIZES = [(110, 40, 0.5), (60, 40, 0.6), (160, 30, 0.8), (300, 25, 0.7), (120, 60, 0.4)]


def run() -> None:
    if not POLIS.exists():
        print("  skipped: the conversations of Polis are not beside this project")
    for folder in sorted(POLIS.glob("*/")):
        _published(folder)
    for make, most in ((random_reactions, 5), (yes_sayers, 10)):
        draw = np.random.default_rng(1)
        shown = Counter(
            opinions(votes_of(make(draw, people=people, items=items, seen=seen))).shown
            for people, items, seen in SIZES
            for _each in range(10)
        )
        print(
            f"  of 50 tables of {make.__name__}: {50 - shown[Shown.NONE]} shown as anything"
            f" ({shown[Shown.GROUPS]} as groups; goal: {most} at most)"
        )
    votes = votes_of(camps(people=[900, 700, 400], items=500, seen=0.1))
    before = time.process_time()
    opinions(votes)
    megabytes = most_memory()
    print(
        f"  2,000 people × 500 proposals   {time.process_time() - before:.1f} CPU-seconds (goal: under {GOAL_SECONDS}),"
        f" the whole process {megabytes:.0f} MB at most (goal: under {GOAL_MEGABYTES})"
    )


def _published(folder: Path) -> None:
    with (folder / "participants-votes.csv").open(encoding="utf-8") as lines:
        published = {row["participant"]: row["group-id"] for row in csv.DictReader(lines) if row["group-id"]}
    with (folder / "comments.csv").open(encoding="utf-8") as lines:
        hidden = frozenset(row["comment-id"] for row in csv.DictReader(lines) if row["moderated"] == "-1")
    found = opinions(read_votes(folder / "participants-votes.csv"), hidden=hidden)
    both = [
        (number, int(published[person]))
        for number, group in enumerate(found.groups)
        for person in group.people
        if person in published
    ]
    ours, theirs = np.array(both).T
    print(
        f"  {folder.name}: adjusted Rand index {gate.agreement(ours, theirs):.3f} against the published groups"
        f" (goal: {GOAL_AGREEMENT:.2f}), {len(both)} of {len(published)} people, stability {found.stability:.2f}"
    )
