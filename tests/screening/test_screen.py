"""`manage.py screen`: what it reads, what it prints."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consultations.screening.models import LexiconVersion
from tests.processes import ROOT, free_port


def screened(file: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("screen", file, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "texts.txt"


def test_each_line_has_its_array_of_flags_in_order(db: None, file: Path) -> None:
    file.write_text("Rien à dire\n\nEspèce d’idiot, appelle le 06 23 45 67 89\nfin", encoding="utf-8")
    nothing, empty, flags, last = json.loads(screened(str(file), json=True))
    assert (nothing, empty, last) == ([], [], [])
    assert flags[0] == {"kind": "INSULT", "start": 9, "end": 14, "found": "idiot", "reason": flags[0]["reason"]}
    assert (flags[1]["kind"], flags[1]["found"]) == ("PHONE", "06 23 45 67 89")
    assert all(flag["reason"] for flag in flags)


def test_standard_input_is_read_too(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"pd\n")))
    assert len(json.loads(screened("-", json=True))[0]) == 1


def test_a_mark_and_line_ends_of_windows_change_no_place(db: None, file: Path) -> None:
    file.write_bytes("\ufeffconnard\r\n\r\nLe 06 23 45 67 89\r\n".encode())
    first, empty, third = json.loads(screened(str(file), json=True))
    assert (first[0]["start"], first[0]["end"], empty, third[0]["start"]) == (0, 7, [], 3)


def test_an_empty_file_is_an_empty_array(db: None, file: Path) -> None:
    file.write_bytes(b"")
    assert json.loads(screened(str(file), json=True)) == []


def test_without_json_it_prints_a_table(db: None, file: Path) -> None:
    file.write_text("rien\nconnard\n", encoding="utf-8")
    table = screened(str(file))
    assert "     2  0-7" in table
    assert "2 lines, 1 with flags" in table


def test_it_needs_no_database(file: Path) -> None:
    """As in a fresh checkout: nobody listens, and nothing waits or warns."""
    file.write_text("connard\n", encoding="utf-8")
    nowhere = {"DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"}
    command = [sys.executable, "manage.py", "screen", str(file), "--json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert [flag["found"] for flag in json.loads(done.stdout)[0]] == ["connard"]


def test_it_reads_by_the_lexicon_of_the_database(db: None, file: Path) -> None:
    LexiconVersion.objects.create(number=1, always="zigoto", note="x", made_by="x", created_at=timezone.now())
    file.write_text("Quel connard, ce zigoto\n", encoding="utf-8")
    assert [flag["found"] for flag in json.loads(screened(str(file), json=True))[0]] == ["zigoto"]


def test_what_is_not_utf_8_is_refused_with_its_line(db: None, file: Path) -> None:
    file.write_bytes(b"bien\n\xe9t\xe9\n")
    with pytest.raises(CommandError, match="Line 2 is not UTF-8"):
        screened(str(file))


def test_a_file_that_is_not_there_is_told(db: None, file: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        screened(str(file))
