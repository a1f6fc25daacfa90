"""One's copy of everything that a city holds about one: all of it, of nobody else, readable, in every state."""

import json
import re
import time
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.address_change import ask_address_change
from accounts.audit import record
from accounts.begun import SESSION_KEY
from accounts.enums import Role
from accounts.erasure import ask_erasure
from accounts.models import AddressChange, AuditEntry, User
from accounts.services import issue_sign_in_link
from common.models import OutboxMessage
from consultations.participation.counts import recount
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.leaving import EMAIL, MARK, NAME, Life, a_full_life, comes, tables_with
from tests.conftest import shows
from tests.tenants.test_lifecycle import put

PAGE = "/compte/donnees/"


@pytest.fixture
def life(in_saran: Municipality) -> Life:
    return a_full_life(in_saran)


def opened(answer: Any) -> ZipFile:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    return ZipFile(BytesIO(b"".join(answer.streaming_content)))


def read(archive: ZipFile, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(archive.read(f"{name}.json"))
    return found


def test_all_that_they_wrote_and_did_is_in_it(life: Life, visit: Callable[..., Client], in_saran: Municipality) -> None:
    ask_address_change(user=life.user, email="nouvelle@example.org", city=in_saran, at=timezone.now())
    record("profile_completed", actor=life.user)
    issue_sign_in_link(user=life.user, carried={SESSION_KEY: [], "after_sign_in": "/propositions/"})
    archive = opened(comes(visit, in_saran, life.user).post(PAGE))
    texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")}
    marked = {name.removesuffix(".json") for name, text in texts.items() if MARK in text}
    assert marked == {"propositions", "versions", "brouillons", "arguments", "reponses", "reunions", "reecritures"}
    account = read(archive, "compte")[0]
    assert (account["adresse électronique"], account["nom public"]) == (EMAIL, NAME)
    assert len(read(archive, "propositions")) == 5
    assert len(read(archive, "arguments")) == 3
    assert {each["réaction"] for each in read(archive, "reactions")} == {"J’aime", "utile"}
    assert "invitee@example.org" in texts["a-plusieurs.json"]
    assert "nouvelle@example.org" in texts["connexions.json"]
    assert "Profil rempli" in texts["journal.json"]
    assert {each.get("sorte") for each in read(archive, "connexions")} >= {"application d’authentification"}
    assert "ce que vous aviez commencé" in texts["connexions.json"]
    assert not re.search("TOTP|WebAuthn|after_sign_in|pending", texts["connexions.json"])
    assert len(read(archive, "nouvelles")) == 1
    assert archive.read(f"images/proposition-{life.alone.pk}.jpg") == b"JPEG"
    assert archive.read(f"images/brouillon-{life.draft.pk}.jpg") == b"JPEG"


def test_the_note_says_what_each_file_is(life: Life, visit: Callable[..., Client], in_saran: Municipality) -> None:
    archive = opened(comes(visit, in_saran, life.user).post(PAGE))
    note = archive.read("LISEZMOI.txt").decode()
    for name in archive.namelist():
        assert name in note or name.startswith("images/") or name == "LISEZMOI.txt"
    assert "dans le dossier « images »".replace(" ", " ") in note.replace("\u00a0", " ")
    assert in_saran.name in note


def test_nobody_elses_secrets_and_words_are_in_it(
    life: Life, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    other = life.others.author
    assert other is not None
    token_hash = life.user.sign_in_links.get().token_hash
    archive = opened(comes(visit, in_saran, life.user).post(PAGE))
    everything = "".join(archive.read(name).decode() for name in archive.namelist() if not name.endswith("jpg"))
    assert other.email not in everything
    assert life.others_reply.text not in everything
    assert token_hash not in everything


def test_the_page_says_how_much_is_held_and_a_copy_is_noted_and_told(
    life: Life, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    client = comes(visit, in_saran, life.user)
    page = client.get(PAGE).content.decode()
    for words in ("Vos propositions", "Vos brouillons", "Vos réactions", "Vos connexions"):
        assert words in page
    assert not AuditEntry.objects.filter(action="own_data_copied").exists()
    opened(client.post(PAGE))
    assert AuditEntry.objects.get(action="own_data_copied").actor_id == life.user.pk
    mail = OutboxMessage.objects.get(payload__to=EMAIL).payload
    assert mail["subject"] == "Une copie de vos données a été téléchargée, Saran"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (PAGE, {}),
        ("/compte/adresse/", {"email": "voleur@example.org"}),
    ],
)
def test_a_stolen_session_alone_does_none_of_it(
    in_saran: Municipality, visit: Callable[..., Client], path: str, form: dict[str, str]
) -> None:
    user = UserFactory()
    thief = visit(in_saran, user, stays=True)
    shows(thief, user, method="code", at=time.time() - 3600)
    for answer in (thief.get(path), thief.post(path, form)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/connexion/confirmer/")
    assert User.objects.filter(pk=user.pk, is_active=True).exists()
    assert not AddressChange.objects.exists()
    assert not AuditEntry.objects.filter(subject_type="accounts.user", subject_id=str(user.pk)).exists()


def test_somebody_who_has_just_come_has_a_copy_too(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    archive = opened(comes(visit, in_saran, UserFactory(public_name="")).post(PAGE))
    assert len(read(archive, "compte")) == 1
    assert "propositions.json" not in archive.namelist()


@pytest.mark.parametrize("state", [State.READ_ONLY, State.SUSPENDED, State.CLOSED])
def test_one_takes_it_in_every_state(saran: Municipality, visit: Callable[..., Client], state: State) -> None:
    with schema_context(saran.schema_name):
        user = UserFactory()
        put(saran, state)
        client = comes(visit, saran, user)
        assert client.get(PAGE).status_code == 200
        assert read(opened(client.post(PAGE)), "compte")


# ── For who writes a letter ──────────────────────────────────────────────────


def support(*options: str) -> str:
    said = StringIO()
    with schema_context("public"):  # where commands begin
        call_command("personal_data", "--city", "saran", "--email", EMAIL.upper(), *options, stdout=said)
    return said.getvalue()


def test_support_writes_the_same_copy(life: Life, tmp_path: Path) -> None:
    file = tmp_path / "copie.zip"
    support("--export", str(file))
    archive = ZipFile(file)
    assert read(archive, "compte")[0]["nom public"] == NAME
    assert file.stat().st_mode & 0o077 == 0
    noted = AuditEntry.objects.get(action="own_data_copied")
    assert (noted.actor, noted.details) == (None, {"by_support": True})
    with pytest.raises(CommandError, match="there already"):
        support("--export", str(file))


def test_support_erases_after_a_word(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _words: "oui")
    with pytest.raises(CommandError, match="Nothing was done"):
        support("--erase")
    assert User.objects.filter(pk=life.user.pk, is_active=True).exists()
    monkeypatch.setattr("builtins.input", lambda _words: "erase")
    said = support("--erase", "--with-texts")
    assert "Erased." in said
    assert NAME not in said
    assert not User.objects.filter(pk=life.user.pk).exists()
    assert tables_with(NAME) == set()
    assert recount() == 0
    asked = AuditEntry.objects.get(action="erasure_asked")
    assert (asked.actor, asked.details) == (None, {"with_texts": True, "by_support": True, "unused": False})
    with pytest.raises(CommandError, match="Nobody"):
        support("--erase", "--yes")


def test_support_finishes_what_was_asked_for_and_given_up(in_saran: Municipality) -> None:
    user = UserFactory(email=EMAIL)
    ask_erasure(user=user, with_texts=False, at=timezone.now())
    OutboxMessage.objects.update(due_at=None)
    support("--erase", "--yes")
    assert not User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--city", "nulle-part", "--email", EMAIL, "--erase"), "No city"),
        (("--city", "saran", "--email", "x@example.org", "--erase"), "Nobody"),
        (("--city", "saran", "--email", EMAIL, "--export", "/dev/null", "--with-texts"), "belongs to"),
    ],
)
def test_support_is_told_what_is_wrong(saran: Municipality, options: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("personal_data", *options)


def test_support_cannot_erase_the_last_administrator_either(in_saran: Municipality) -> None:
    User.objects.filter(role=Role.ADMINISTRATOR).update(role=Role.OBSERVER)
    UserFactory(administrator=True, email=EMAIL)
    with pytest.raises(CommandError, match="administrer cette plateforme"):
        support("--erase", "--yes")
    assert not OutboxMessage.objects.exists()
