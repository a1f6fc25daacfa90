"""Lines that an import does not take: said to whoever began it, and given back in a file that can be sent again."""

import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.sheets import safe_cell, unguarded
from consultations.imports.enums import ImportState
from consultations.imports.events import import_ended
from consultations.imports.models import Import, ImportFile
from consultations.imports.reading import formats
from consultations.imports.rows import FileNotRead
from consultations.imports.services import importing, left
from consultations.imports.services.left import Left
from consultations.imports.services.reading import look
from consultations.imports.services.retention import WAIT, left_over
from consultations.participation.models import Proposal
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.imports.files import book, job, table
from tests.imports.test_import_desk import PAGE, desk, sent, works
from tests.participation.test_notices import announce, notified

__all__ = ["desk"]
HEAD = ["Titre", "Texte", "Date", "E-mail"]
MATCHED = {"title": "Titre", "body": "Texte", "submitted_at": "Date"}
ROWS = [
    {"Titre": "Des bancs", "Texte": "Un banc par rue.", "Date": "2019-03-04", "E-mail": "a@exemple.fr"},
    {"Titre": "=1+1", "Texte": "- des arbres", "Date": "hier", "E-mail": "b@exemple.fr"},
    {"Titre": "Une piste", "Texte": "", "Date": "2019-03-05", "E-mail": ""},
]
SAID = {"title": "Nos rues", "opens_at": "2019-03-01T08:00", "closes_at": "2019-05-01T20:00"}


def upload(desk: Client, content: bytes, name: str = "avis.csv") -> Import:
    answer = desk.post(PAGE, {"format": "spreadsheet", "first": sent(name, content), "second": ""})
    assert answer.status_code == 302, answer.content.decode()
    works()
    found = Import.objects.latest("pk")
    columns = {f"column_{key}": column for key, column in MATCHED.items()}
    said = {**SAID, "revision": found.revision, **columns, "encoding_0": found.result["files"][0]["encoding"]}
    assert desk.post(f"{PAGE}{found.pk}/preciser/", said).status_code == 302
    works()
    found.refresh_from_db()
    return found


def start(desk: Client, found: Import) -> None:
    desk.post(f"{PAGE}{found.pk}/lancer/", {"revision": found.revision})
    works()
    found.refresh_from_db()


def left_file(desk: Client, found: Import) -> bytes:
    [kept] = found.files.filter(is_left=True)
    page = f"{PAGE}{found.pk}/non-repris/{kept.pk}/"
    assert page in desk.get(f"{PAGE}{found.pk}/").content.decode()
    answer = desk.get(page)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="non-repris-')
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_they_are_in_a_file_with_why_which_is_corrected_and_sent_again(desk: Client) -> None:
    found = upload(desk, table(HEAD, ROWS))
    assert left_file(desk, found)
    start(desk, found)
    assert (found.state, Proposal.objects.count(), found.result["error_count"]) == (ImportState.DONE, 1, 2)
    given = left_file(desk, found)
    lines = given.decode("utf-8-sig").splitlines()
    assert lines[0] == "Titre;Texte;Date;E-mail;Ligne du premier fichier;Pourquoi elle n’a pas été reprise"
    assert lines[1].startswith("'=1+1;'- des arbres;hier;b@exemple.fr;3;")
    assert lines[2].startswith("Une piste;;2019-03-05;;4;«\xa0Texte\xa0»")
    # What was sent is gone all the same.
    assert not found.files.filter(is_left=False).exists()
    again = upload(desk, given.replace(b";hier;", b";2019-03-06;"), "corrige.csv")
    start(desk, again)
    assert again.consultation == found.consultation
    assert sorted(Proposal.objects.values_list("title", "solution")) == [
        ("=1+1", "- des arbres"),
        ("Des bancs", "Un banc par rue."),
    ]
    assert b"Une piste" in left_file(desk, again)
    assert b"=1+1" not in left_file(desk, again)


def test_of_a_line_with_too_many_cells_nothing_is_lost(in_saran: Municipality) -> None:
    made = job(b"a;b\n1;2;3;4\n1;2\n", columns={"body": "a"})
    kept = Left(made)
    look(made, formats()["spreadsheet"], refused=kept.add)
    [(name, content)] = kept.files()
    assert name == "fichier-1.csv"
    head, line = content.read().decode("utf-8-sig").splitlines()
    assert head.startswith("a;b;Colonne C;Colonne D;")
    assert line.startswith("1;2;3;4;2;")


def test_what_would_fill_the_disk_is_counted(in_saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left, "MOST", 300)
    made = job(
        book([["a", "b"], *[["", f"ligne {place}"] for place in range(20)]]), names=["a.xlsx"], columns={"body": "a"}
    )
    kept = Left(made)
    look(made, formats()["spreadsheet"], refused=kept.add)
    [(_name, content)] = kept.files()
    lines = content.read().decode("utf-8-sig").splitlines()
    assert 2 < len(lines) < 10
    assert lines[-1].endswith(f"{20 - (len(lines) - 2)} autres lignes ne sont pas dans ce fichier.")


def test_files_of_elsewhere_are_nobody_elses(desk: Client) -> None:
    found = upload(desk, table(HEAD, ROWS))
    kept = found.files.get(is_left=False)
    assert desk.get(f"{PAGE}{found.pk}/non-repris/{kept.pk}/").status_code == 404
    other = Import.objects.create(format="decidim", names="x", digest="x")
    assert desk.get(f"{PAGE}{other.pk}/non-repris/{found.files.get(is_left=True).pk}/").status_code == 404


def test_they_are_forgotten_and_go_with_what_is_undone(desk: Client) -> None:
    found = upload(desk, table(HEAD, ROWS))
    start(desk, found)
    at = timezone.now()
    assert not left_over(at=at + WAIT / 2).exists()
    assert left_over(at=at + 2 * WAIT).get().of == found
    assert desk.post(f"{PAGE}{found.pk}/annuler/").status_code == 302
    assert not ImportFile.objects.exists()


def test_what_a_sheet_guards_is_as_it_was() -> None:
    for text in ("=1+1", "-2", "＝x", "'=x", "l’été", "'l", ""):
        assert unguarded(safe_cell(text)) == (text if text != "'=x" else "=x"), text


# ── Whoever began it is told ─────────────────────────────────────────────────


def begun(content: bytes, by: User | None) -> Import:
    said: dict[str, Any] = {**SAID, "columns": MATCHED, "encodings": {"avis.csv": "utf-8"}, "challenge": "-"}
    at = timezone.now()
    found = importing.begin(format="spreadsheet", files=[("avis.csv", io.BytesIO(content))], by=by, at=at)
    Import.objects.filter(pk=found.pk).update(said=said)
    importing.work(found.pk)
    return found


def ended(found: Import) -> None:
    importing.start(found=found, revision=0, by=None)
    importing.work(found.pk)
    for _twice in range(2):
        announce(import_ended, import_id=found.pk, revision=0)


def test_whoever_sent_the_files_is_told_that_it_is_made_and_what_was_left_out(in_saran: Municipality) -> None:
    by = UserFactory(role=Role.FACILITATOR)
    found = begun(table(HEAD, ROWS), by)
    assert notified("IMPORT_ENDED") == []
    ended(found)
    assert notified("IMPORT_ENDED") == [by]
    words = all_notices(by)[0].words
    assert words.sentence == "L’import de «\xa0avis.csv\xa0» est terminé. 2 lignes ont été laissées de côté."
    assert words.target == f"{PAGE}{found.pk}/"
    found.refresh_from_db()
    importing_undone(found)
    assert all_notices(by)[0].words.is_over


def importing_undone(found: Import) -> None:
    from consultations.imports.services.undoing import undo

    undo(found=found, by=UserFactory(role=Role.FACILITATOR), at=timezone.now())


def test_or_that_it_stopped_and_nothing_was_imported(in_saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    by = UserFactory(role=Role.FACILITATOR)
    found = begun(table(HEAD, ROWS), by)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise FileNotRead("Ce fichier est abîmé.")

    monkeypatch.setattr(importing, "run", broken)
    ended(found)
    assert notified("IMPORT_ENDED") == [by]
    assert all_notices(by)[0].words.sentence == "L’import de «\xa0avis.csv\xa0» s’est arrêté\xa0: rien n’a été importé."
    assert not Proposal.objects.exists()


def test_nobody_is_told_of_what_nobody_began(in_saran: Municipality) -> None:
    ended(begun(table(HEAD, ROWS), None))
    assert notified("IMPORT_ENDED") == []
