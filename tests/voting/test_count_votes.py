"""`count_votes`: anybody counts again what a city published."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override

from tests.voting.elections import PABULIB
from tests.voting.test_oracle import real
from tests.voting.test_pabulib import FILE


def said(*asked: str) -> str:
    out = io.StringIO()
    with override("fr"):
        call_command("count_votes", *asked, stdout=out)
    return out.getvalue().replace("\u00a0", " ").replace("\u202f", " ")


def refused(capsys: pytest.CaptureFixture[str], *asked: str) -> str:
    with pytest.raises(SystemExit) as ended:
        said(*asked)
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert not told.out
    return told.err.replace("\u00a0", " ").strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "vote.pb"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_one_object_says_what_is_taken_and_why(file: Path) -> None:
    found: dict[str, Any] = json.loads(said(str(file), "--json"))
    assert found["rule"] == "equal-shares", "as the file announces"
    assert (found["budget"], found["spent"], found["voters"], found["served"]) == (1000, 600.5, 4, 3)
    assert found["selected"] == ["9"]
    (step,) = found["steps"]
    assert (step["project"], step["votes"], step["cost"], step["left"]) == ("9", 3, 600.5, 399.5)
    assert (step["share"], step["share_exact"], step["paying"]) == (200.17, "1201/6", 3)
    assert [(one["project"], one["why"], one["over"]) for one in found["not_selected"]] == [
        ("10", "supporters", 0.5),
        ("11", "supporters", 600.5),
    ]
    assert found["completion"]["increment"] == 1
    assert found["completion"]["stopped"] == "budget"


def test_another_rule_may_be_asked_for(file: Path) -> None:
    assert json.loads(said(str(file), "--json", "--rule", "greedy"))["selected"] == ["9"]
    assert json.loads(said(str(file), "--json", "--rule", "k"))["selected"] == ["9", "10", "11"]
    assert json.loads(said(str(file), "--json", "--rule", "k", "--seats", "2"))["selected"] == ["9", "10"]


def test_people_read_a_few_french_lines(file: Path) -> None:
    told = said(str(file))
    assert told.startswith("Parts égales – 4 bulletins\nBudget : 1 000. Attribué : 600,50. Reste : 399,50.\n")
    assert "  1. 9 Un four; à pain – 600,50 – 3 voix – 3 mettent 200,17 chacun : 3 voix pleines" in told
    assert "  –  10 Un square – 400 – 2 voix – il a manqué " in told
    assert "Les plus votés d’abord" in said(str(file), "--rule", "greedy")
    assert "il a manqué 0,50" in said(str(file), "--rule", "greedy")


def test_a_table_of_voices_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "voix.csv"
    path.write_text("1 Un four;2 Un square\n1;0\n1;1\n0;1\n1;\n", encoding="utf-8-sig")
    told = said(str(path), "--seats", "1")
    assert told.startswith("Les plus choisis d’abord – 4 bulletins\nRetenus : 1.\n\n  1. 1 Un four – 3 voix\n")
    assert "d’autres ont plus de voix" in told


def test_a_table_says_how_many_are_chosen(tmp_path: Path) -> None:
    path = tmp_path / "voix.csv"
    path.write_text("seats;1\n1 Un four;2 Un square\n1;0\n0;1\n", encoding="utf-8-sig")
    found = json.loads(said(str(path), "--json"))
    assert (found["seats"], found["selected"]) == (1, ["1"])
    assert "à égalité avec le dernier" in said(str(path))
    assert json.loads(said(str(path), "--json", "--seats", "2"))["selected"] == ["1", "2"]


def test_a_faulty_file_is_refused_in_a_sentence(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace("v3;9", "v3;99"), encoding="utf-8")
    assert refused(capsys, str(file)) == "Ligne 18 : Le bulletin cite un projet inconnu : « 99 »."
    assert refused(capsys, str(tmp_path / "none.pb")) == "Ce fichier est illisible ou n’existe pas."
    file.write_text(FILE.replace("equalshares/add1", "phragmen"), encoding="utf-8")
    assert refused(capsys, str(file)).startswith("Le fichier n’annonce aucune règle qui se compte ici")
    table = tmp_path / "voix.csv"
    table.write_text("1;2\n1;0\n", encoding="utf-8")
    assert refused(capsys, str(table), "--rule", "greedy").startswith("Un vote sans budget ni coûts")


def test_it_reads_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(FILE.encode())

    monkeypatch.setattr(sys, "stdin", Input)
    assert json.loads(said("-", "--json"))["selected"] == ["9"]


@real
def test_swiecie_is_counted_again_by_a_process() -> None:
    """Without a database, as in a fresh checkout."""
    command = [sys.executable, "manage.py", "count_votes", str(PABULIB / "swiecie-2023.pb"), "--json"]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"DATABASE_URL": "postgres://nobody@localhost:1/none"}
    )
    found = json.loads(ran.stdout)
    assert (found["spent"], len(found["selected"]), found["completion"]["rounds"]) == (1_040_337, 17, 242)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x9b", "\x85"])
def test_signs_that_speak_to_the_terminal_are_refused_on_their_line(
    file: Path, capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    file.write_text(FILE.replace("PROJECTS", f"PROJECTS{sign}", 1), encoding="utf-8")
    told = refused(capsys, str(file))
    assert "Ligne" in told
    assert sign not in told
