"""`methods/duplicates.py` and `manage.py near_duplicates`: what is found, what is refused, what it costs."""

import csv
import io
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from consultations.analysis.methods.duplicates import Pair, Text, near_duplicates
from tests.processes import ROOT

SHARED = ROOT.parent / "shared"
CONSULTATION = SHARED / "data" / "republique-numerique.jsonl"
JUDGED = SHARED / "reference" / "analysis" / "gold_dups.csv"
real = pytest.mark.skipif(not JUDGED.exists(), reason="needs the real consultation of ../shared")

TREES = "Planter des arbres dans la cour de l’école du centre, pour que les enfants jouent à l’ombre en juin."
POOL = "Ouvrir la piscine municipale dès sept heures le mardi et le jeudi, avant que chacun aille travailler."


def found(path: Path, **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("near_duplicates", str(path), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def edited(body: str, words: list[str], draw: random.Random) -> str:
    """With 15 % of its words replaced, taken out or put in."""
    changed = body.split()
    for _ in range(max(1, round(0.15 * len(changed)))):
        place = draw.randrange(len(changed))
        match draw.choice(["replace", "remove", "insert"]):
            case "replace":
                changed[place] = draw.choice(words)
            case "remove" if len(changed) > 1:
                del changed[place]
            case _:
                changed.insert(place, draw.choice(words))
    return " ".join(changed)


def mistyped(body: str, draw: random.Random) -> str:
    """With 15 % of its characters replaced."""
    changed = list(body)
    for place in draw.sample(range(len(changed)), round(0.15 * len(changed))):
        changed[place] = draw.choice("abcdefghijklmnopqrstuvwxyz ")
    return "".join(changed)


@real
def test_nine_in_ten_of_the_first_twenty_are_judged_so(tmp_path: Path) -> None:
    with JUDGED.open(encoding="utf-8") as rows:
        judged = {frozenset((row["a"], row["b"])): row["ok"] == "1" for row in csv.DictReader(rows)}
    first = [frozenset((pair["a"], pair["b"])) for pair in found(CONSULTATION)[:20]]
    assert all(pair in judged for pair in first), "all of them were read by somebody"
    assert sum(judged[pair] for pair in first) >= 18


@real
def test_planted_edits_are_found() -> None:
    with CONSULTATION.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [
        Text(row["ref"], row["title"], row["body"])
        for row in rows
        if row["type"] == "proposal" and not row.get("hidden")
    ]
    words, draw = [word for text in texts for word in text.body.split()], random.Random(17)
    planted = draw.sample(texts, 200)
    for change in (lambda body: edited(body, words, draw), lambda body: mistyped(body, draw)):
        copies = [Text(f"{text.key}-again", text.title, change(text.body)) for text in planted]
        pairs = {(pair.a, pair.b) for pair in near_duplicates([*texts, *copies])}
        assert sum((text.key, f"{text.key}-again") in pairs for text in planted) >= 0.95 * len(planted)


def test_the_same_text_typed_otherwise_is_the_same() -> None:
    shouted = TREES.replace("’", "'").upper().replace(" ", "  ")
    assert near_duplicates([Text("a", "", TREES), Text("b", "", POOL), Text("c", "Autre titre", shouted)]) == [
        Pair("a", "c", 1.0)
    ]


def test_a_few_common_words_make_no_pair() -> None:
    assert near_duplicates([Text("a", "Titre", TREES), Text("b", "Titre", POOL)]) == []


def test_a_body_that_says_nothing_is_compared_with_its_title() -> None:
    texts = [Text("a", "Planter des arbres place du marché", "n/a"), Text("b", "Ouvrir la piscine plus tôt", "n/a")]
    assert near_duplicates(texts) == []
    assert [pair.score for pair in near_duplicates([*texts, Text("c", texts[0].title, "n/a")])] == [1.0]


@pytest.mark.parametrize("bodies", [[], [TREES], ["", "", " "], ["a"], ["!", "?"]])
def test_what_cannot_be_compared_makes_no_pair(bodies: list[str]) -> None:
    assert near_duplicates([Text(str(place), "", body) for place, body in enumerate(bodies)]) == []


def test_texts_that_are_all_alike_are_each_paired_with_the_first() -> None:
    pairs = near_duplicates([Text(str(place), "", TREES) for place in range(2000)])
    assert pairs == [Pair("0", str(place), 1.0) for place in range(1, 2000)]


def test_ten_thousand_short_texts_take_some_seconds_and_few_pairs_each() -> None:
    draw, started = random.Random(1), time.process_time()
    texts = [
        Text(str(place), "", f"{draw.choice(['achetez', 'gagnez'])} vite ici {draw.randrange(6000)}")
        for place in range(10_000)
    ]
    pairs = near_duplicates(texts)
    assert time.process_time() - started < 20
    assert len(pairs) < 11 * len(texts)


def test_the_work_can_be_stopped_between_steps() -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        near_duplicates([Text("a", "", TREES), Text("b", "", POOL)], pause=stop)


def written(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_file_of_an_import_is_read_as_it_is(tmp_path: Path) -> None:
    file = written(
        tmp_path / "f.jsonl",
        {"type": "consultation", "title": "Une consultation"},
        {"type": "proposal", "ref": "p-1", "title": "Arbres", "body": TREES},
        {"type": "argument", "ref": "a-1", "body": TREES},
        "",
        {"type": "proposal", "ref": "p-2", "title": "Des arbres", "body": f"{TREES} Merci."},
        {"type": "proposal", "ref": "p-3", "title": "Des arbres", "body": TREES, "hidden": True},
        {"id": 7, "body": POOL},
    )
    (pair,) = found(file)
    assert (pair["a"], pair["b"]) == ("p-1", "p-2")
    assert 0.9 < pair["score"] < 1


def test_the_same_file_gives_the_same_bytes_and_csv_says_the_same(tmp_path: Path) -> None:
    file = written(tmp_path / "f.jsonl", *({"id": f"é{n}", "body": TREES[n:] + POOL[: 5 * n]} for n in range(12)))
    command = [sys.executable, "manage.py", "near_duplicates", str(file)]
    runs = [
        subprocess.run(
            [*command, *more], cwd=ROOT, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed, more in (("1", ["--json"]), ("2", ["--json"]), ("1", []))
    ]
    assert runs[0] == runs[1]
    rows = list(csv.DictReader(io.StringIO(runs[2].decode())))
    assert [(row["a"], row["b"], float(row["score"])) for row in rows] == [
        (pair["a"], pair["b"], pair["score"]) for pair in json.loads(runs[0])
    ]
    assert rows


def test_standard_input_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"\xef\xbb\xbf" + b"\r\n".join(json.dumps({"id": n, "body": TREES}).encode() for n in range(2))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(rows)))
    assert found(Path("-")) == [{"a": "0", "b": "1", "score": 1.0}]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "Line 2 is not JSON"),
        (b"[" * 100_000, "Line 2 is not JSON"),
        (b'"words"', "Line 2 is not an object"),
        (b'{"body": "x"}', "Line 2 has no id"),
        (b'{"id": true, "body": "x"}', "Line 2 has no id"),
        (b'{"id": "b"}', "Line 2: a text is expected under"),
        (b'{"id": "b", "title": 3, "body": "x"}', "Line 2: a text is expected under"),
        (b'{"id": "b", "body": "\xe9"}', "Line 2 is not UTF-8"),
        (b'{"id": "a", "body": "x"}', "Line 2: its id is that of line 1"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    (tmp_path / "f.jsonl").write_bytes(b'{"id": "a", "body": "y"}\n' + line)
    with pytest.raises(CommandError, match=said):
        found(tmp_path / "f.jsonl")


def test_a_file_that_is_not_there_and_a_score_that_is_none_are_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        found(tmp_path / "none.jsonl")
    with pytest.raises(CommandError, match=r"0\.1 to 1"):
        found(written(tmp_path / "f.jsonl", {"id": 1, "body": TREES}), least=7)
