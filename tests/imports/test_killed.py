"""A real process that imports, killed with -9 in the middle: nothing of it is there, and run again it is all there, once."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from django_tenants.utils import schema_context

from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.processes import ROOT, environment

PROPOSALS = 1200


def lines() -> list[str]:
    moment = {"submitted_at": "2019-03-02T10:00:00+01:00"}
    told = [
        {"type": "consultation", "title": "Nos rues", "opens_at": "2019-03-01T08:00", "closes_at": "2019-04-01T20:00"},
        {"type": "challenge", "ref": "c1", "title": "Marcher"},
        *(
            {
                "type": "proposal",
                "ref": f"p{number}",
                "challenge": "c1",
                "title": f"Banc {number}",
                "body": "x",
                **moment,
            }
            for number in range(PROPOSALS)
        ),
    ]
    return [f"{json.dumps(each)}\n" for each in told]


def importing(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "import_consultation", "--city", "saran", str(path), "--json"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=pipe, stderr=pipe, text=True)


def count(city: Municipality) -> int:
    with schema_context(city.schema_name):
        return Proposal.objects.filter(import_ref__isnull=False).count()


def test_an_import_killed_midway_and_run_again_is_there_once(real_db: str, tmp_path: Path) -> None:
    city = Municipality.objects.get(slug="saran")
    pipe, whole = tmp_path / "tube.jsonl", tmp_path / "tout.jsonl"
    os.mkfifo(pipe)
    whole.write_text("".join(lines()))
    killed = importing(pipe)
    with pipe.open("w") as writing:
        writing.writelines(lines()[:1100])
        writing.flush()
        assert killed.stderr is not None
        # It has written a batch of 500, and waits for more.
        assert ["500" in killed.stderr.readline(), "1000" in killed.stderr.readline()] == [True, True]
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    killed.communicate()
    assert count(city) == 0
    for made in (PROPOSALS, 0):
        answer, _errors = importing(whole).communicate()
        assert json.loads(answer)["created"].get("proposal", 0) == made
    assert count(city) == PROPOSALS
    with schema_context(city.schema_name):
        assert Consultation.objects.filter(import_ref__isnull=False).count() == 1
