"""A city's copy of everything: complete, readable, its own, and without a key to the door."""

import io
import json
import threading
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services import issue_sign_in_link
from consultations.participation.models import Proposal
from tenants import export
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.tenants.test_lifecycle import put

TITLE = 'L’été, « au frais »\n\\ et "ailleurs" \u2028 ;'


@pytest.fixture
def full(saran: Municipality, brest: Municipality, media: Path) -> Municipality:
    for city in (saran, brest):
        with schema_context(city.schema_name):
            ArgumentFactory(proposal=ProposalFactory(title=TITLE if city == saran else "Celle de Brest"))
            default_storage.save("plans/place.txt", ContentFile(f"plan de {city.name}".encode()))
            issue_sign_in_link(user=UserFactory(email=f"lien@{city.slug}.example"))
    return saran


def exported(city: Municipality) -> zipfile.ZipFile:
    target = io.BytesIO()
    export.write_export(municipality=city, target=target, at=timezone.now())
    return zipfile.ZipFile(target)


def rows(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{table}.jsonl").decode().split("\n") if line]


def test_every_table_of_the_city_is_there_or_left_out_on_purpose(full: Municipality) -> None:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [full.schema_name])
        tables = {row[0] for row in cursor.fetchall()}
    archive = exported(full)
    assert archive.testzip() is None
    names = {name.removesuffix(".jsonl") for name in archive.namelist() if name.endswith(".jsonl")}
    assert names == tables - export.LEFT_OUT
    assert {"accounts_user", "accounts_auditentry", "participation_proposal", "framing_consultation"} <= names


def test_each_row_is_one_line_with_every_sign_as_it_was_typed(full: Municipality) -> None:
    archive = exported(full)
    assert [row["title"] for row in rows(archive, "participation_proposal")] == [TITLE]
    with schema_context(full.schema_name):
        proposal = Proposal.objects.get()
    kept = rows(archive, "participation_proposal")[0]
    assert kept["id"] == proposal.pk
    assert kept["author_id"] == proposal.author_id
    assert timezone.datetime.fromisoformat(kept["submitted_at"]) == proposal.submitted_at
    assert kept["submitted_at"].endswith("+00:00")
    assert len(rows(archive, "framing_challenge")) == 6


def test_no_key_to_the_door_is_in_it(full: Municipality) -> None:
    archive = exported(full)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (b"token_hash", b"session_key", b"session_data", b"password", b"outbox"):
        assert secret not in everything, secret
    assert b"lien@saran.example" in everything


def test_nothing_of_another_city_is_in_it(full: Municipality) -> None:
    archive = exported(full)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Brest" not in everything
    assert b"brest" not in everything


def test_uploaded_files_and_a_note_come_with_it(full: Municipality) -> None:
    archive = exported(full)
    assert archive.read("fichiers/plans/place.txt").decode() == "plan de Saran"
    note = archive.read("LISEZMOI.txt").decode()
    assert "Saran" in note
    assert "participation_proposal.jsonl – 1 ligne\n" in note
    assert "\n  solution (text)\n" in note
    assert "&" not in note


def test_all_the_tables_are_of_one_moment(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes a proposal between two tables: the copy has neither it nor its version."""
    saran = Municipality.objects.get(slug="saran")
    lines = export._lines
    written: list[int] = []

    def write() -> None:
        with schema_context(saran.schema_name):
            written.append(ProposalFactory().pk)
        connection.close()

    def slowly(table: export.Table) -> Any:
        if table.name == "framing_challenge":
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
        return lines(table)

    monkeypatch.setattr(export, "_lines", slowly)
    assert rows(exported(saran), "participation_proposal") == []
    assert written
    monkeypatch.undo()
    assert [row["id"] for row in rows(exported(saran), "participation_proposal")] == written


@pytest.mark.parametrize("state", [State.TRIAL, State.READ_ONLY, State.SUSPENDED, State.CLOSED])
def test_an_administrator_takes_it_in_every_state_and_that_is_on_record(
    visit: Callable[..., Client], full: Municipality, person: Any, state: State
) -> None:
    administrator = person(administrator=True)
    put(full, state)
    client = visit(full, administrator)
    page = client.get("/gestion/export/").content.decode()
    assert "participation_proposal.jsonl" in page
    answer = client.post("/gestion/export/telecharger/")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="saran-20')
    assert answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    assert rows(archive, "participation_proposal")[0]["title"] == TITLE
    with schema_context(full.schema_name):
        assert AuditEntry.objects.get(action="city_exported").actor == administrator


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.OBSERVER, Role.FACILITATOR, Role.DECISION_MAKER])
def test_nobody_else_does(visit: Callable[..., Client], full: Municipality, person: Any, role: str) -> None:
    client = visit(full, person(role=role))
    assert client.get("/gestion/export/").status_code == 404
    assert client.post("/gestion/export/telecharger/").status_code == 404
    assert visit(full).post("/gestion/export/telecharger/").status_code == 302


def test_the_command_writes_it_whole_or_not_at_all(
    full: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, file = StringIO(), tmp_path / "saran.zip"
    call_command("export_city", "saran", to=file, stdout=said)
    assert rows(zipfile.ZipFile(file), "participation_proposal")[0]["title"] == TITLE
    assert said.getvalue().startswith("Saran: ")
    with schema_context("public"):
        assert AuditEntry.objects.get(action="city_exported").actor is None

    def cut_off(table: export.Table) -> Any:
        raise RuntimeError("killed")

    monkeypatch.setattr(export, "_lines", cut_off)
    before = file.read_bytes()
    with pytest.raises(RuntimeError):
        call_command("export_city", "saran", to=file, stdout=said)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name != "media"] == ["saran.zip"]


@pytest.mark.parametrize("slug", ["nulle-part", "", "SARAN; DROP"])
def test_an_unknown_city_is_said_to_be_unknown(db: None, tmp_path: Path, slug: str) -> None:
    with pytest.raises(CommandError, match="No city"):
        call_command("export_city", slug, to=tmp_path / "x.zip")


def test_a_folder_that_is_not_there_is_said(full: Municipality, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_city", "saran", to=tmp_path / "ailleurs" / "x.zip")
