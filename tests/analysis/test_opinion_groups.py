"""Opinion groups: what is shown of reactions, and that nothing is shown where chance would do."""

import csv
import io
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from consultations.analysis.methods import agreeing, gate
from consultations.analysis.methods.groups import Opinions, Reason, Shown, opinions
from consultations.analysis.methods.votes import UNSEEN, Votes, read_votes
from tests.analysis.tables import camps, random_reactions, votes_of, yes_sayers

POLIS = Path(__file__).resolve().parents[3] / "shared" / "data" / "polis"
KNOWN = {"brexit-consensus": 0.85, "scoop-hivemind.biodiversity": 0.95}


def test_two_camps_are_found_and_what_is_particular_to_each() -> None:
    votes = votes_of(camps(people=[90, 60], items=30, seen=0.7))
    found = opinions(votes)
    assert (found.shown, found.reason) == (Shown.GROUPS, Reason.SURE)
    assert [len(group.people) for group in found.groups] == [90, 60], "the largest is A"
    assert {int(person) < 90 for person in found.groups[0].people} == {True}
    # Of 30 proposals the first ten are liked by all, ten by the first camp, ten by the second.
    assert {int(item) for item in found.consensus[:10]} == set(range(10))
    assert {int(item) for item in found.parting[:20]} == set(range(10, 30))
    liked = {int(item) for item, likes in found.groups[0].particular if likes}
    assert liked == set(range(10, 20)), "what everybody likes is particular to nobody"


def test_the_order_of_rows_changes_nothing() -> None:
    cells = camps(people=[60, 60], items=24, seen=0.6)
    shuffled = np.random.default_rng(3).permutation(len(cells))
    one = opinions(votes_of(cells))
    other = opinions(
        Votes(people=tuple(str(row) for row in shuffled), items=votes_of(cells).items, cells=cells[shuffled])
    )
    assert one == other


def test_a_hidden_proposal_is_as_if_it_had_never_been_there() -> None:
    cells = camps(people=[60, 60], items=24, seen=0.8)
    whole = votes_of(cells)
    without = Votes(people=whole.people, items=whole.items[1:], cells=cells[:, 1:])
    assert opinions(whole, hidden=frozenset({"0"})) == opinions(without)


@pytest.mark.parametrize(
    ("people", "seen", "shown", "reason"),
    [
        ([15, 14], 0.9, Shown.NONE, Reason.FEW_PEOPLE),
        ([40, 40], 0.9, Shown.PROVISIONAL, Reason.FEW_PEOPLE),
        ([70, 70], 0.4, Shown.PROVISIONAL, Reason.FEW_REACTIONS),
        ([70, 70], 0.9, Shown.GROUPS, Reason.SURE),
    ],
)
def test_what_is_shown_depends_on_how_many_people_and_reactions(
    people: list[int], seen: float, shown: Shown, reason: Reason
) -> None:
    found = opinions(votes_of(camps(people=people, items=30, seen=seen)))
    assert (found.shown, found.reason) == (shown, reason)
    if shown == Shown.PROVISIONAL:
        assert found.groups
        assert not any(group.particular for group in found.groups), "no portrait of a provisional group"
    if shown == Shown.NONE:
        assert not found.groups
        assert found.consensus, "what most like is said all the same"


def test_groups_that_depend_on_a_fifth_of_the_proposals_are_provisional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "stability", lambda *_args, **_options: 0.59)
    found = opinions(votes_of(camps(people=[70, 70], items=30, seen=0.9)))
    assert (found.shown, found.reason) == (Shown.PROVISIONAL, Reason.UNSTABLE)


def test_never_a_group_under_five() -> None:
    found = opinions(votes_of(camps(people=[120, 4], items=30, seen=0.9)))
    assert all(len(group.people) >= 5 for group in found.groups)


def test_what_under_five_people_of_a_group_said_of_a_proposal_ranks_nowhere() -> None:
    cells = camps(people=[60, 60], items=30, seen=1)
    cells[4:60, 0] = UNSEEN
    found = opinions(votes_of(cells))
    assert found.shown == Shown.GROUPS
    ranked = {*found.consensus, *found.against, *found.parting}
    ranked |= {item for group in found.groups for item, _likes in group.particular}
    assert "0" not in ranked
    assert "1" in ranked


@pytest.mark.parametrize("cells", [np.zeros((40, 1)), np.ones((40, 12)), np.full((40, 12), UNSEEN), np.ones((1, 1))])
def test_nothing_is_shown_of_what_says_nothing(cells: np.ndarray) -> None:
    assert opinions(votes_of(cells.astype(np.int8))).shown == Shown.NONE


def test_with_all_proposals_hidden_nobody_is_placed() -> None:
    votes = votes_of(camps(people=[40, 40], items=10, seen=1))
    found = opinions(votes, hidden=frozenset(votes.items))
    assert (found.shown, found.placed, found.consensus) == (Shown.NONE, (), ())


def test_chance_and_yes_sayers_are_no_groups() -> None:
    """Fifty of each, of several sizes."""
    draw = np.random.default_rng(11)
    sizes = [(110, 40, 0.5), (60, 40, 0.6), (160, 30, 0.8), (300, 25, 0.7), (120, 60, 0.4)]
    shown = {
        make.__name__: Counter(
            opinions(votes_of(make(draw, people=people, items=items, seen=seen))).shown
            for people, items, seen in sizes
            for _each in range(10)
        )
        for make in (random_reactions, yes_sayers)
    }
    assert 50 - shown["random_reactions"][Shown.NONE] <= 5
    assert 50 - shown["yes_sayers"][Shown.NONE] <= 10


def test_two_thousand_people_and_five_hundred_proposals_fit_a_small_server() -> None:
    """In a process of its own, as its memory is what is asked. Twice what it takes here."""
    script = (
        "import time\n"
        "from tests.support.memory import most_memory\n"
        "from tests.analysis.tables import camps, votes_of\n"
        "from consultations.analysis.methods.groups import opinions\n"
        "votes = votes_of(camps(people=[900, 700, 400], items=500, seen=0.1))\n"
        "before = time.process_time()\n"
        "assert opinions(votes).shown == 'groups'\n"
        "spent = time.process_time() - before\n"
        "print(spent, most_memory())\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, megabytes = (float(word) for word in run.stdout.split())
    assert seconds < 15
    assert megabytes < 500


@pytest.mark.parametrize("name", KNOWN)
def test_groups_of_real_conversations_are_those_published(name: str) -> None:
    folder = POLIS / name
    if not folder.exists():
        pytest.skip("the conversations of Polis are not beside this project")
    with (folder / "participants-votes.csv").open(encoding="utf-8") as lines:
        published = {row["participant"]: row["group-id"] for row in csv.DictReader(lines) if row["group-id"]}
    with (folder / "comments.csv").open(encoding="utf-8") as lines:
        hidden = [row["comment-id"] for row in csv.DictReader(lines) if row["moderated"] == "-1"]
    before = time.process_time()
    said = said_of(folder / "participants-votes.csv", *hidden)
    assert time.process_time() - before < 10
    both = [person for person in published if said["groups"][person]]
    assert len(both) > 0.95 * len(published)
    ours = np.array([ord(said["groups"][person]) - ord("A") for person in both])
    theirs = np.array([int(published[person]) for person in both])
    assert said["shown"] == "groups"
    assert gate.agreement(ours, theirs) >= KNOWN[name]
    assert len(set(said["consensus"][:10]) & set(best_of(folder, published, hidden))) >= 8


def best_of(folder: Path, published: dict[str, str], hidden: list[str]) -> list[str]:
    """The ten that all published groups like most."""
    votes = read_votes(folder / "participants-votes.csv").without(set(hidden))
    of_a_group = np.array([person in published for person in votes.people])
    votes = votes.rows(of_a_group)
    groups = np.array([int(published[person]) for person in votes.people])
    counts = agreeing.tally(votes, groups, int(groups.max()) + 1)
    return [votes.items[place] for place in agreeing.consensus(counts, fewest=0)[:10]]


def said_of(path: Path, *hidden: str) -> dict:
    out = io.StringIO()
    call_command("opinion_groups", str(path), "--json", "--moderated-out", *hidden, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_the_command_says_what_the_pages_say(tmp_path: Path) -> None:
    votes = votes_of(camps(people=[70, 60], items=24, seen=0.8))
    path = tmp_path / "votes.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *votes.items])
        for person, row in zip(votes.people, votes.cells, strict=True):
            writer.writerow([person, "", 0, 0, 0, 0, *("" if cell == UNSEEN else int(cell) for cell in row)])
        writer.writerow(["seldom", "", 0, 1, 1, 0, 1, *[""] * 23])
    said = said_of(path, "3", "unknown")
    found: Opinions = opinions(votes, hidden=frozenset({"3"}))
    assert said["shown"] == "groups"
    assert said["why"].startswith("130 participants")
    assert said["groups"] == {
        **{person: group.letter for group in found.groups for person in group.people},
        "seldom": None,
    }
    assert said["consensus"][:8] == list(found.consensus[:8])
    assert "3" not in said["consensus"]
    assert said["representative"]["A"][0] == {
        "item": found.groups[0].particular[0][0],
        "likes": found.groups[0].particular[0][1],
    }
    assert said_of(path, "3") == {**said}, "the same, each time"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"person,1\na,1\n", "first column"),
        (b"participant,n-votes\na,1\n", "no column of a proposal"),
        (b"participant,1,1\na,1,1\n", "Two columns"),
        (b"participant,1,\na,1,1\n", "Column 3 has no name"),
        (b"participant,1\n", "no line of a participant"),
        (b"participant,1\na,1\na,1\n", "Two lines"),
        (b"participant,1\n,1\n", "no name"),
        (b"participant,1,2\na,1\n", "Line 2 has 2 columns"),
        (b"participant,1\na,1\nb,yes\n", "Line 3, column"),
        (b"participant,1\na,2\n", "Line 2, column"),
        (b'participant,1\n"a,1\n', "not CSV"),
        (b"participant,1\n\xe9,1\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_not_a_table_of_reactions_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        call_command("opinion_groups", str(path))


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("opinion_groups", str(tmp_path / "none.csv"))
