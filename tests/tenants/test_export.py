"""A city's two copies: one to work with, that names nobody; one that is complete, on record, and has no key to the door."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
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
from accounts.models import AuditEntry, User
from accounts.services import issue_sign_in_link
from common.citycopy import declared
from common.models import OutboxMessage
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest, ReworkDraft
from consultations.participation.enums import Status
from consultations.participation.models import Follow, Picture, Proposal, ProposalVersion, Reaction
from tenants import copies, export
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory, ask_to_merge
from tests.tenants.test_lifecycle import put

pytestmark = pytest.mark.dates

TITLE = 'L’été, « au frais »\n\\ et "ailleurs" \u2028 ;'


@pytest.fixture
def full(saran: Municipality, brest: Municipality, media: Path) -> Municipality:
    for city in (saran, brest):
        with schema_context(city.schema_name):
            ArgumentFactory(proposal=ProposalFactory(title=TITLE if city == saran else "Celle de Brest"))
            default_storage.save("plans/place.txt", ContentFile(f"plan de {city.name}".encode()))
            issue_sign_in_link(user=UserFactory(email=f"lien@{city.slug}.example"))
    return saran


def exported(city: Municipality, *, complete: bool = True) -> zipfile.ZipFile:
    target = io.BytesIO()
    export.write_export(municipality=city, target=target, at=timezone.now(), complete=complete)
    return zipfile.ZipFile(target)


def all_of(archive: zipfile.ZipFile) -> str:
    return b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")


def rows(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{table}.jsonl").decode().split("\n") if line]


def test_every_column_of_every_table_is_declared_by_its_app(in_saran: Municipality) -> None:
    """A table or a column that is new goes into no copy, and fails here, until its app says what it holds of people."""
    found = {name: {column for column, _kind in columns} for name, columns in export.columns_of_present_city().items()}
    assert {name: set(table.columns) for name, table in declared.items()} == found
    assert [name for name, table in declared.items() if len(set(table.columns)) != len(table.columns)] == []


def test_what_is_not_declared_is_in_no_copy(full: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {name: table for name, table in declared.items() if name != "framing_document"}
    user = declared["accounts_user"]
    fewer = tuple(column for column in user.complete if column != "age_band")
    monkeypatch.setattr(export, "declared", {**without, "accounts_user": replace(user, complete=fewer)})
    archive = exported(full)
    assert "framing_document.jsonl" not in archive.namelist()
    assert all("age_band" not in row for row in rows(archive, "accounts_user"))


def test_the_complete_copy_has_all_but_keys(full: Municipality) -> None:
    archive = exported(full)
    assert archive.testzip() is None
    names = {name.removesuffix(".jsonl") for name in archive.namelist() if name.endswith(".jsonl")}
    assert names == {name for name, table in declared.items() if set(table.columns) - set(table.never)}
    assert {"accounts_user", "accounts_auditentry", "participation_draft", "participation_reaction"} <= names


SECRETS = {
    "email": "camille.secrete@example.org",
    "public_name": "Camille Secrète",
    "neighbourhood": "Quartier secret",
    "age_band": "FROM_60_TO_74",
}


@pytest.fixture
def told(saran: Municipality) -> Municipality:
    """Camille has proposed, argued, reacted, follows, has drafts, is invited; somebody has hidden one of her words."""
    with schema_context(saran.schema_name):
        camille = UserFactory(**SECRETS)
        proposal = ProposalFactory(author=camille, title="Publiée")
        ProposalVersion.objects.create(proposal=proposal, number=1, title="Publiée", solution="x", made_by=camille)
        ArgumentFactory(proposal=proposal, author=camille, text="Argument publié")
        ArgumentFactory(proposal=proposal, author=camille, text="Argument caché", status=Status.HIDDEN)
        hidden = ProposalFactory(author=camille, title="Proposition cachée", status=Status.HIDDEN)
        ArgumentFactory(proposal=hidden, text="Sous une proposition cachée")
        DraftFactory(author=camille, title="Brouillon jamais montré")
        ReworkDraft.objects.create(
            proposal=proposal, user=camille, base_version=1, title="Réécriture jamais montrée", solution="x"
        )
        other = ProposalFactory(title="D’une autre personne")
        for value in ("LIKE", "DISLIKE"):
            Reaction.objects.create(proposal=other, user=UserFactory(), value=value)
        Reaction.objects.create(proposal=other, user=camille, value="DISLIKE")
        Follow.objects.create(user=camille, proposal=other)
        CoAuthorInvitation.objects.create(proposal=proposal, email="invitee.secrete@example.org", invited_by=camille)
        Picture.objects.create(content=b"D'un brouillon", digest="secret", width=1, height=1)
        shown, taken = (Picture.objects.create(content=b"x", digest=digest, width=1, height=1) for digest in "ab")
        ProposalFactory(picture=shown, picture_alt="Un banc au soleil")
        ProposalFactory(picture=taken, picture_alt="Le visage masqué", picture_hidden=True)
        asked = ask_to_merge(2)
        MergeRequest.objects.filter(pk=asked.pk).update(message="Entre nous", title="Pas encore dite")
    return saran


def test_the_copy_to_work_with_names_nobody_and_has_nothing_unpublished(told: Municipality, media: Path) -> None:
    default_storage.save("depot/secret.txt", ContentFile(b"x"))
    archive = exported(told, complete=False)
    everything = all_of(archive)
    for secret in (
        *SECRETS.values(), "Mésange", "jamais montr", "Brouillon", "Argument caché", "cachée", "Entre nous",
        "Pas encore dite", "secrete@", "depot", "age_band\"", "visage masqué",
    ):  # fmt: skip
        assert secret not in everything, secret
    assert not re.search(r"personne[0-9]+@", everything)
    for said in ("Publiée", "Argument publié", "D’une autre personne", "Un banc au soleil"):
        assert said in everything
    tables = {name.removesuffix(".jsonl") for name in archive.namelist()}
    for table in ("draft", "reworkdraft", "follow", "coauthorinvitation", "usefulmark"):
        assert f"participation_{table}" not in tables
    assert not tables & {
        "notifications_notice",
        "notifications_mailpreference",
        "accounts_auditentry",
        "mfa_authenticator",
    }
    complete = all_of(exported(told))
    for secret in (*SECRETS.values(), "jamais montr", "Argument caché", "Entre nous", "visage masqué"):
        assert secret in complete, secret


def test_nobody_can_tell_who_reacted_how(told: Municipality) -> None:
    """Neither by a number, nor by a moment, nor by the order of the rows."""
    archive = exported(told, complete=False)
    reactions = rows(archive, "participation_reaction")
    assert {frozenset(row) for row in reactions} == {frozenset({"proposal_id", "version", "value"})}
    assert sorted(row["value"] for row in reactions) == ["DISLIKE", "DISLIKE", "LIKE"]
    with schema_context(told.schema_name):
        proposal = ProposalFactory()
        for number in range(24):
            value = "LIKE" if number < 12 else "DISLIKE"
            Reaction.objects.create(proposal=proposal, user=UserFactory(), value=value)
    values = [
        [row["value"] for row in rows(exported(told, complete=False), "participation_reaction")] for _copy in range(3)
    ]
    assert len({tuple(each) for each in values}) > 1


def test_a_pseudonym_is_one_persons_in_one_copy_and_means_nothing_in_another(told: Municipality) -> None:
    with schema_context(told.schema_name):
        camille = User.objects.get(email=SECRETS["email"])
    authors = []
    for _copy in range(2):
        archive = exported(told, complete=False)
        [mine] = [row for row in rows(archive, "participation_proposal") if row["title"] == "Publiée"]
        [argument] = [row for row in rows(archive, "participation_argument") if row["text"] == "Argument publié"]
        [version] = rows(archive, "participation_proposalversion")
        assert mine["author_id"] == argument["author_id"] == version["made_by_id"]
        assert mine["author_id"] in {row["id"] for row in rows(archive, "accounts_user")}
        assert mine["author_id"] not in (camille.pk, str(camille.pk))
        authors.append(mine["author_id"])
    assert authors[0] != authors[1]


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
    for secret in (b"token_hash", b"session_key", b"session_data", b"session_generation", b"password", b"outbox"):
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
    assert "participation_proposal.jsonl – Propositions, dans leur version actuelle – 1 ligne\n" in note
    assert "\n  solution (texte) – solution proposée\n" in note
    assert "\n      LIKE = J’aime\n" in note
    assert "copie complète" in note
    assert "&" not in note
    note = exported(full, complete=False).read("LISEZMOI.txt").decode()
    assert "Pas dedans" in note
    assert "copie complète" not in note


@pytest.mark.parametrize("complete", [False, True])
def test_the_note_says_in_french_what_each_file_and_each_column_is(in_saran: Municipality, complete: bool) -> None:
    """A new table fails here until its app gives it a title, a new column until it is said what it holds."""
    silent = []
    for table in export.tables_of_present_city(complete=complete):
        silent += [table.file_name] * (not table.title)
        silent += [f"{table.name}.{each.name}" for each in table.described(complete=complete) if not each.meaning]
    assert silent == []
    note = exported(in_saran, complete=complete).read("LISEZMOI.txt").decode()
    assert not re.search(r"bigint|character|timestamp|jsonb|bytea|boolean|integer", note)
    assert not re.search(r"\.json\b", note)


def test_the_note_agrees_with_the_files_on_reactions_and_neighbourhoods(told: Municipality) -> None:
    archive = exported(told, complete=False)
    note = archive.read("LISEZMOI.txt").decode()
    assert "Chaque réaction a sa ligne, sans dire de qui elle est" in note
    assert "participation_reaction.jsonl – Réactions aux propositions\u00a0: une ligne pour chacune – 3 lignes" in note
    assert set(rows(archive, "participation_reaction")[0]) == {"proposal_id", "version", "value"}
    assert "Le quartier d’une proposition y est\u00a0: c’est celui dont elle parle." in note
    assert "neighbourhood" in rows(archive, "participation_proposal")[0]
    assert set(rows(archive, "accounts_user")[0]) == {"id", "role", "capacity"}
    assert "  author_id (pseudonyme) – qui l’a écrit" in note
    complete = exported(told)
    assert "les quartiers" in complete.read("LISEZMOI.txt").decode()
    assert "neighbourhood" in rows(complete, "accounts_user")[0]


def test_all_the_tables_are_of_one_moment(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes a proposal between two tables: the copy has neither it nor its version."""
    saran = Municipality.objects.get(slug="saran")
    lines = export._lines
    written: list[int] = []

    def write() -> None:
        with schema_context(saran.schema_name):
            written.append(ProposalFactory().pk)
        connection.close()

    def slowly(table: export.Table, aliases: Any) -> Any:
        if table.name == "framing_challenge":
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
        return lines(table, aliases)

    monkeypatch.setattr(export, "_lines", slowly)
    assert rows(exported(saran), "participation_proposal") == []
    assert written
    monkeypatch.undo()
    assert [row["id"] for row in rows(exported(saran), "participation_proposal")] == written


def archive_of(answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


STATES = [State.TRIAL, State.READ_ONLY, State.SUSPENDED, State.CLOSED]


@pytest.mark.parametrize("state", STATES)
def test_an_administrator_takes_the_copy_to_work_with_in_every_state_and_that_is_on_record(
    visit: Callable[..., Client], full: Municipality, person: Any, state: State
) -> None:
    administrator = person(administrator=True)
    put(full, state)
    client = visit(full, administrator)
    page = client.get("/gestion/export/").content.decode()
    assert "participation_proposal.jsonl" in page
    answer = client.post("/gestion/export/telecharger/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="saran-20')
    assert rows(archive_of(answer), "participation_proposal")[0]["title"] == TITLE
    with schema_context(full.schema_name):
        assert AuditEntry.objects.get(action="city_exported").actor == administrator


@pytest.mark.parametrize("state", STATES)
def test_the_complete_copy_is_asked_for_confirmed_on_record_and_told_to_everybody(
    visit: Callable[..., Client], full: Municipality, person: Any, state: State
) -> None:
    administrator = person(administrator=True)
    visitor = visit(full)
    assert "Aucune copie complète" in visitor.get("/donnees-personnelles/").content.decode()
    put(full, state)
    client = visit(full, administrator)
    page = client.get("/gestion/export/").content.decode()
    assert ("Fin du contrat" in page) is (state == State.CLOSED)
    for missing in ({"reason": " ", "understood": "on"}, {"reason": "Archives"}):
        assert client.post("/gestion/export/complet/", missing).status_code == 422
    asked = {"reason": "Versement aux archives départementales", "understood": "on"}
    archive = archive_of(client.post("/gestion/export/complet/", asked))
    assert "lien@saran.example" in all_of(archive)
    with schema_context(full.schema_name):
        entry = AuditEntry.objects.get(action="complete_copy_taken")
        assert (entry.actor, entry.details) == (administrator, {"reason": asked["reason"]})
    said = visitor.get("/donnees-personnelles/").content.decode()
    assert asked["reason"] in said
    assert "Aucune copie complète" not in said


def test_the_complete_copy_asks_who_one_is_once_more(
    visit: Callable[..., Client], full: Municipality, person: Any, settings: Any
) -> None:
    client = visit(full, person(administrator=True))
    settings.FRESH_PROOF_MINUTES = -1
    answer = client.post("/gestion/export/complet/", {"reason": "Archives", "understood": "on"})
    assert answer.status_code == 302
    with schema_context(full.schema_name):
        assert not AuditEntry.objects.filter(action="complete_copy_taken").exists()


def test_the_same_asked_for_again_is_one_copy_on_record(
    visit: Callable[..., Client], full: Municipality, person: Any
) -> None:
    """A download that broke off is asked for again. Later, for another reason or by somebody else, it is another one."""
    first, second = person(administrator=True), person(administrator=True)
    asked = {"reason": "Archives", "understood": "on"}

    def noted() -> int:
        with schema_context(full.schema_name):
            mails = OutboxMessage.objects.filter(payload__to=first.email, payload__subject__startswith="Une copie")
            entries = AuditEntry.objects.filter(action="complete_copy_taken")
            assert mails.count() == entries.count()
            return entries.count()

    client = visit(full, first)
    for _again in range(2):
        archive_of(client.post("/gestion/export/complet/", asked))
        archive_of(client.post("/gestion/export/telecharger/"))
    assert noted() == 1
    with schema_context(full.schema_name):
        assert AuditEntry.objects.filter(action="city_exported").count() == 1
    client.post("/gestion/export/complet/", {**asked, "reason": "Contrôle"})
    assert noted() == 2
    visit(full, second).post("/gestion/export/complet/", asked)
    assert noted() == 3
    later = timezone.now() + timedelta(minutes=11)
    copies.note_copy(municipality=full, actor=first, complete=True, at=later, reason="Archives")
    assert noted() == 4


def test_all_administrators_who_have_come_in_are_told_by_mail(
    visit: Callable[..., Client], full: Municipality, person: Any
) -> None:
    taker = person(administrator=True, email="qui@saran.example")
    person(administrator=True, email="autre@saran.example", last_login=timezone.now())
    person(administrator=True, email="jamais.venue@saran.example")
    person(administrator=True, email="partie@saran.example", last_login=timezone.now(), is_active=False)
    person(role=Role.FACILITATOR, last_login=timezone.now())
    visit(full, taker).post("/gestion/export/telecharger/")
    with schema_context(full.schema_name):
        assert not OutboxMessage.objects.exists()
    visit(full, taker).post("/gestion/export/complet/", {"reason": "Archives", "understood": "on"})
    with schema_context(full.schema_name):
        mails = {each.payload["to"]: each.payload for each in OutboxMessage.objects.all()}
    assert set(mails) == {"qui@saran.example", "autre@saran.example"}
    mail = mails["autre@saran.example"]
    assert mail["subject"] == "Une copie complète de la consultation de Saran a été prise"
    assert "Le motif donné\u00a0: Archives" in mail["body"]
    assert "depuis le compte de qui@saran.example" in mail["body"]
    assert f"{full.url}gestion/equipe/" in mail["body"]
    copies.note_copy(municipality=full, actor=None, complete=True, at=timezone.now(), reason="Réquisition")
    with schema_context(full.schema_name):
        mail = OutboxMessage.objects.filter(payload__to="autre@saran.example").latest("created_at").payload
    assert "par le service Territoires résilients" in mail["body"]


def test_the_page_says_that_one_proves_who_one_is_only_where_it_will_be_asked(
    visit: Callable[..., Client], full: Municipality, person: Any, settings: Any
) -> None:
    client = visit(full, person(administrator=True))
    said = "vous confirmez que c’est bien vous"
    assert said not in client.get("/gestion/export/").content.decode()
    settings.FRESH_PROOF_MINUTES = -1
    assert client.get("/gestion/export/").content.decode().count(said) == 2


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.OBSERVER, Role.FACILITATOR, Role.DECISION_MAKER])
def test_nobody_else_does(visit: Callable[..., Client], full: Municipality, person: Any, role: str) -> None:
    client = visit(full, person(role=role))
    assert client.get("/gestion/export/").status_code == 404
    for path in ("/gestion/export/telecharger/", "/gestion/export/complet/"):
        assert client.post(path).status_code == 404
        assert visit(full).post(path).status_code == 302


def test_the_command_writes_it_whole_or_not_at_all(
    full: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, file = StringIO(), tmp_path / "saran.zip"
    call_command("export_city", "saran", to=file, stdout=said)
    assert rows(zipfile.ZipFile(file), "participation_proposal")[0]["title"] == TITLE
    assert said.getvalue().startswith("Saran, copy with pseudonyms: ")
    assert "lien@saran.example" not in all_of(zipfile.ZipFile(file))
    with schema_context("public"):
        assert AuditEntry.objects.get(action="city_exported").actor is None

    def cut_off(table: export.Table, aliases: Any) -> Any:
        raise RuntimeError("killed")

    monkeypatch.setattr(export, "_lines", cut_off)
    before = file.read_bytes()
    with pytest.raises(RuntimeError):
        call_command("export_city", "saran", to=file, stdout=said)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name != "media"] == ["saran.zip"]


def test_the_command_makes_the_complete_one_for_a_reason_that_the_city_reads(
    full: Municipality, tmp_path: Path, visit: Callable[..., Client]
) -> None:
    file = tmp_path / "saran.zip"
    with pytest.raises(CommandError, match="--reason"):
        call_command("export_city", "saran", to=file, complete=True, stdout=StringIO())
    with pytest.raises(copies.ReasonMissing, match="copy_reason_missing"):
        copies.note_copy(municipality=full, actor=None, complete=True, at=timezone.now(), reason=" ")
    assert not file.exists()
    said = StringIO()
    call_command("export_city", "saran", to=file, complete=True, reason="Réquisition judiciaire", stdout=said)
    assert said.getvalue().startswith("Saran, complete copy: ")
    assert "lien@saran.example" in all_of(zipfile.ZipFile(file))
    with schema_context("public"):
        assert AuditEntry.objects.get(action="complete_copy_taken").details == {"reason": "Réquisition judiciaire"}
    page = visit(full).get("/donnees-personnelles/").content.decode()
    assert "par le service Territoires résilients" in page
    assert "Réquisition judiciaire" in page


@pytest.mark.parametrize("slug", ["nulle-part", "", "SARAN; DROP"])
def test_an_unknown_city_is_said_to_be_unknown(db: None, tmp_path: Path, slug: str) -> None:
    with pytest.raises(CommandError, match="No city"):
        call_command("export_city", slug, to=tmp_path / "x.zip")


def test_a_folder_that_is_not_there_is_said(full: Municipality, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_city", "saran", to=tmp_path / "ailleurs" / "x.zip")
