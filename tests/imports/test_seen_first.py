"""What is seen before an import: the first proposals as they will stand, what it joins, what everybody would read."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from common.worklist import Asked, lines_of
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of, listed
from consultations.framing.templatetags.consultations import state_words
from consultations.imports.enums import ImportState
from consultations.imports.selectors import progress_key
from consultations.imports.services import importing
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.imports.files import table
from tests.imports.test_import_desk import PAGE, desk, imported, say, sent, start, upload, works

__all__ = ["desk"]
COLUMNS = ["Numéro", "Titre", "Avis", "Auteur", "Date", "Thème"]
MATCHED = {
    "column_ref": "Numéro", "column_title": "Titre", "column_body": "Avis", "column_author": "Auteur",
    "column_submitted_at": "Date", "column_challenge": "Thème",
}  # fmt: skip


def line(number: int, **more: str) -> dict[str, str]:
    texts = {"Titre": f"Idée {number}", "Avis": "Un banc\nà l’ombre", "Auteur": "Zoé", "Thème": "Parcs"}
    return {"Numéro": f"n{number}@x.example", "Date": "2019-03-02", **texts, **more}


def seen(desk: Client, rows: list[dict[str, str]], **said: Any) -> tuple[Any, str]:
    file = sent("avis.csv", table(COLUMNS, rows))
    found = upload(desk, format="spreadsheet", first=file, second="")
    works()
    assert say(desk, found, **MATCHED, **said).status_code == 302
    works()
    found.refresh_from_db()
    return found, read(desk, found)


def read(desk: Client, found: Any) -> str:
    page = desk.get(f"{PAGE}{found.pk}/").content.decode()
    return page.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_first_proposals_are_shown_as_they_will_stand(desk: Client) -> None:
    rows = [line(0, Avis=""), *(line(number) for number in range(1, 13)), line(20, Date="")]
    found, page = seen(desk, rows)
    assert [each["title"] for each in found.result["sample"]] == [f"Idée {number}" for number in range(1, 11)]
    assert found.result["sample"][0] == {
        "title": "Idée 1", "text": "Un banc à l’ombre", "author": "Zoé", "day": "2019-03-02", "challenge": "Parcs",
        "is_hidden": False,
    }  # fmt: skip
    assert "Idée 10" in page
    assert "Idée 11" not in page
    assert "« Date » est vide." in page


def test_days_of_lines_that_are_left_out_are_none_of_the_consultation(desk: Client) -> None:
    rows = [line(1), line(2, Date="2027-03-04"), line(3, Date="2018-01-01", Avis=""), line(4, Date="2019-04-05")]
    found, page = seen(desk, rows)
    assert (found.result["first"], found.result["last"]) == ("2019-03-02", "2019-04-05")
    assert "2 mars 2019 – 5 avril 2019" in page
    start(desk, found)
    works()
    found.refresh_from_db()
    assert (found.result["first"], found.result["last"]) == ("2019-03-02", "2019-04-05")


def test_a_day_that_nobody_has_said_yet_is_none(desk: Client) -> None:
    file = sent("avis.csv", table(["Titre", "Avis"], [{"Titre": "Une idée", "Avis": "Un banc à l’ombre"}]))
    found = upload(desk, format="spreadsheet", first=file, second="")
    works()
    found.refresh_from_db()
    assert "1990" not in read(desk, found)
    assert found.result["sample"][0]["day"] == ""


def test_two_lines_with_one_reference_are_told_without_what_is_made_of_it(desk: Client) -> None:
    _found, page = seen(desk, [line(1), line(1, Titre="Une autre")])
    assert "La ligne 2 a la même référence." in page


def test_a_file_whose_first_lines_are_read_waits_for_no_turn(desk: Client) -> None:
    found = upload(desk, format="spreadsheet", first=sent("avis.csv", table(COLUMNS, [line(1)])), second="")
    assert "attend son tour" in read(desk, found)
    cache.set(progress_key(found.pk), 0)
    assert "Ses premières lignes sont en cours de lecture" in read(desk, found)


def test_what_is_archived_before_its_end_is_of_the_year_in_which_it_was(desk: Client) -> None:
    found, _page = seen(desk, [line(1)], opens_at="2019-01-01T08:00", closes_at="2090-05-01T20:00")
    start(desk, found)
    works()
    [made] = [each for each in listed(Consultation.objects.all(), at=timezone.now()) if each.consultation.import_ref]
    assert state_words(made) == f"Archivée\N{NO-BREAK SPACE}: une consultation de {timezone.localtime().year}"


def test_an_address_is_told_of_and_none_is_kept_as_a_reference(desk: Client) -> None:
    found, page = seen(desk, [line(1, Avis="Écrivez à josette@secret.example"), line(2)])
    assert "« Avis » contient une adresse électronique" in page
    assert found.result["note_count"] == 1
    start(desk, found)
    works()
    refs = list(Proposal.objects.values_list("import_ref", flat=True))
    assert len(set(refs)) == 2
    assert not [each for each in refs if "example" in str(each)]


def test_another_year_under_the_same_title_is_no_part_of_the_first(desk: Client) -> None:
    found, _page = seen(desk, [line(1)])
    start(desk, found)
    works()
    _again, page = seen(desk, [line(2)])
    assert "Déjà importée sous ce titre" in page
    other = {"opens_at": "2020-03-01T08:00", "closes_at": "2020-05-01T20:00"}
    again, page = seen(desk, [line(3, Date="2020-03-02")], **other)
    assert "du 1er mars 2019 au 1er mai 2019" in page
    assert start(desk, again).status_code == 422
    assert Proposal.objects.count() == 1


def test_what_cannot_be_kept_is_said_at_once(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found = upload(desk)
    findings = importing._findings
    monkeypatch.setattr(importing, "_findings", lambda job: {**findings(job), "untaken": ["\0"]})
    works()
    found.refresh_from_db()
    assert found.state == ImportState.LOOKED
    assert "problem" in found.result


def test_a_file_that_cannot_be_read_says_so_and_which_columns_are_meant(desk: Client) -> None:
    found = upload(desk, second=sent("c.csv", b"id;body\n1;oui\n"))
    works()
    page = read(desk, found)
    assert "N’a pas pu être lu" in page
    listed = desk.get(PAGE).content.decode()
    assert "N’a pas pu être lu" in listed
    assert "Lu, pas importé" not in listed
    assert "root_commentable_url" in page


def test_columns_of_comments_are_no_challenges(desk: Client) -> None:
    found = upload(desk)
    works()
    page = read(desk, found)
    assert '<option value="title' in page
    assert '<option value="depth"' not in page


def test_what_comes_from_elsewhere_asks_nobody_for_answers(desk: Client, in_saran: Municipality) -> None:
    imported(desk)
    at = timezone.now()
    consultation = Consultation.objects.prefetch_related("phases").get(import_ref__isnull=False)
    asked = Asked(consultation, calendar_of(consultation, at=at), in_saran, at)
    assert [each.kind for each in lines_of(asked)] == []
    assert "réponse sur" not in desk.get(consultation.get_absolute_url()).content.decode()
