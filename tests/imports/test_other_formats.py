"""Spreadsheets, Cap Collectif and Consul."""

from typing import Any

import pytest

from consultations.framing.models import Challenge
from consultations.imports.reading import Job, formats
from consultations.imports.rows import FileNotRead
from consultations.imports.services.reading import look, run
from consultations.participation.import_report import Report
from consultations.participation.models import Argument, Proposal, Reply
from tenants.models import Municipality
from tests.imports.files import ASKED, book, job, table

HEAD = ["Titre", "Texte", "Auteur", "Date", "Thème", "E-mail", "Masquée"]
SAID = {name: ASKED[name] for name in ("title", "opens_at", "closes_at")}
COLUMNS = {
    "title": "Titre", "body": "Texte", "author": "Auteur", "submitted_at": "Date", "challenge": "Thème", "hidden": "Masquée",
}  # fmt: skip


def line(**changes: Any) -> dict[str, Any]:
    return {
        "Titre": "Des bancs", "Texte": "Un banc par rue.", "Auteur": "Mésange", "Date": "2019-03-04", "Thème": "Marcher",
        "E-mail": "mesange@exemple.fr", "Masquée": "non", **changes,
    }  # fmt: skip


def imported(made: Job, key: str) -> Report:
    return run(made, formats()[key])


def test_a_spreadsheet_by_its_columns(in_saran: Municipality) -> None:
    rows = [
        line(),
        line(Texte="Autre", Thème="Rouler", Masquée="oui"),
        line(Texte=""),
        line(Texte="x", Masquée="peut-être"),
    ]
    made = job(table(HEAD, rows, encoding="cp1252"), **SAID, columns=COLUMNS)
    report = imported(made, "spreadsheet")
    assert dict(report.created) == {"consultation": 1, "challenge": 2, "proposal": 2}
    assert [(each["line"], each["reason"].split("»")[0]) for each in report.errors] == [
        (4, "«\xa0Texte\xa0"),
        (5, "«\xa0Masquée\xa0"),
    ]
    assert [(each.author_name, each.is_hidden) for each in Proposal.objects.order_by("pk")] == [
        ("Mésange", False),
        ("Mésange", True),
    ]
    assert made.found.untaken == ["E-mail"]
    assert not Proposal.objects.filter(imported_author__contains="@").exists()
    again = imported(job(table(HEAD, rows), **SAID, columns=COLUMNS), "spreadsheet")
    assert (again.created.total(), again.existing["proposal"]) == (0, 2)


def test_what_was_hidden_here_is_not_there_again_because_a_column_is_named(in_saran: Municipality) -> None:
    """The same lines, said otherwise, moved, and with other spaces: each is known by its text."""
    rows = [line(), line(Texte="Une insulte."), line(Auteur="Pinson")]
    first = {name: COLUMNS[name] for name in ("title", "body")}
    imported(job(table(HEAD, rows), **SAID, columns=first), "spreadsheet")
    assert Proposal.objects.count() == 3
    Proposal.objects.filter(solution="Une insulte.").update(status="HIDDEN")
    moved = [line(Texte="Une  INSULTE. "), *rows[::2]]
    again = imported(job(table(HEAD, moved), **SAID, columns=COLUMNS), "spreadsheet")
    assert (again.created["proposal"], again.existing["proposal"]) == (0, 3)


def test_columns_are_asked_for_and_days_of_two_readings(in_saran: Municipality) -> None:
    made = job(book([["Texte", "Date"], ["A", "03/04/2019"], ["B", 43558], ["C", "25/04/2019"]]), names=["a.xlsx"])
    report = look(made, formats()["spreadsheet"])
    assert dict(made.found.questions) == {"columns": 1, "title": 1, "dates": 1, "order": 1, "serial": 1}
    assert made.said.columns == {"body": "Texte", "submitted_at": "Date"}
    assert [each["line"] for each in report.errors] == [2, 3]
    said = {**SAID, "columns": made.said.columns, "order": "day", "serial": "yes"}
    report = imported(job(made.files[0].open().read(), names=["a.xlsx"], **said), "spreadsheet")
    assert report.errors == []
    assert sorted(f"{each.submitted_at:%d/%m}" for each in Proposal.objects.all()) == ["03/04", "03/04", "25/04"]


def test_what_is_wrong_with_each_of_many_lines_does_not_fill_the_memory(
    in_saran: Municipality, monkeypatch: Any
) -> None:
    monkeypatch.setattr("consultations.participation.import_report.KEPT", 3)
    made = job(table(HEAD, [line(Date="hier")] * 9), **SAID, columns=COLUMNS)
    report = look(made, formats()["spreadsheet"])
    assert (len(report.errors), report.count_of("errors")) == (3, 9)


def test_a_column_of_texts_is_no_column_of_challenges(in_saran: Municipality) -> None:
    rows = [line(Thème=f"Thème {place}") for place in range(61)]
    with pytest.raises(FileNotRead) as refused:
        imported(job(table(HEAD, rows), **SAID, columns=COLUMNS), "spreadsheet")
    assert "Thème" in str(refused.value.message)
    assert not Challenge.objects.filter(import_ref__isnull=False).exists()


def test_cap_collectif_has_an_answer_a_question_and_leaves_out_what_was_thrown_away(in_saran: Municipality) -> None:
    columns = ["id", "reference", "title", "createdAt", "trashed", "authorId", "authorZipCode", "QUXVlc3Rpb246MTYw - Que changer ?", "QUXVlc3Rpb246MTYx - Où ?"]  # fmt: skip
    values = ["P1", "2-1", "Mes rues", "2019-03-04 10:00:00", "false", "u1", "45770", "Les bancs", "Centre|Gare"]
    trashed = ["P2", "2-2", "Publicité", "2019-03-04 10:00:00", "true", "u2", "", "Achetez", ""]
    rows = [dict(zip(columns, each, strict=True)) for each in (values, trashed)]
    made = job(table(columns, rows, delimiter=","), **SAID)
    assert imported(made, "cap-collectif").errors == []
    proposal = Proposal.objects.get()
    assert proposal.solution == "Que changer ?\nLes bancs\n\nOù ?\n– Centre\n– Gare"
    assert (made.found.skipped["trashed"], "authorZipCode" in made.found.untaken) == (1, True)


def test_consul_drops_addresses_and_hides_what_was_hidden(in_saran: Municipality) -> None:
    proposals = [
        {"id": 1, "title": "Des bancs", "description": "<p>Un banc.</p>", "created_at": "2019-03-04 10:00:00", "author_name": "a@exemple.fr", "author_email": "a@exemple.fr", "hidden_at": ""},
        {"id": 2, "title": "Autre", "description": "x", "created_at": "2019-03-04 10:00:00", "author_name": "Ana", "author_email": "", "hidden_at": "2019-03-05"},
    ]  # fmt: skip
    comments = [
        {"id": 10, "commentable_id": 1, "body": "Oui", "created_at": "2019-03-06 10:00:00", "ancestry": "", "author_email": "b@exemple.fr"},
        {"id": 11, "commentable_id": 1, "body": "Moi aussi", "created_at": "2019-03-06 10:00:00", "ancestry": "10", "author_email": ""},
        {"id": 12, "commentable_id": 9, "body": "Perdu", "created_at": "2019-03-06 10:00:00", "ancestry": "", "author_email": ""},
    ]  # fmt: skip
    made = job(table(list(proposals[0]), proposals), table(list(comments[0]), comments), **ASKED)
    report = imported(made, "consul")
    assert [each["line"] for each in report.errors] == [4]
    assert [(each.imported_author, each.solution, each.is_hidden) for each in Proposal.objects.order_by("pk")] == [("", "Un banc.", False), ("Ana", "x", True)]  # fmt: skip
    assert (Argument.objects.get().text, Reply.objects.get().text) == ("Oui", "Moi aussi")
    assert "author_email" in made.found.untaken
    with pytest.raises(FileNotRead):
        imported(job(*[table(list(proposals[0]), proposals)] * 2, **ASKED), "consul")


def test_consul_leaves_out_what_answers_a_comment_that_was_left_out_and_hides_what_was_retired(
    in_saran: Municipality,
) -> None:
    proposals = [
        {
            "id": 1,
            "title": "Des bancs",
            "created_at": "2019-03-04 10:00:00",
            "hidden_at": "",
            "retired_at": "2019-04-01",
        }
    ]
    comments = [
        {"id": 10, "commentable_id": 1, "body": "Oui", "created_at": "2019-03-06 10:00:00", "ancestry": ""},
        {"id": 11, "commentable_id": 1, "body": "Moi aussi", "created_at": "2019-03-06 10:00:00", "ancestry": "10"},
    ]
    files = [table(list(proposals[0]), proposals), table(list(comments[0]), comments)]
    made = job(*files, **ASKED | {"neutral": "skip"})
    assert imported(made, "consul").errors == []
    assert made.found.skipped["neutral"] == 2
    assert Proposal.objects.get().is_hidden


def test_supports_are_whole_numbers_and_days_without_an_hour_are_counted(in_saran: Municipality) -> None:
    rows = [
        {"Texte": "A", "Jour": "2019-03-04", "Soutiens": "12"},
        {"Texte": "B", "Jour": "2019-03-04 10:00", "Soutiens": "1,5"},
    ]
    columns = {"body": "Texte", "submitted_at": "Jour", "for": "Soutiens"}
    made = job(table(list(rows[0]), rows), **SAID, columns=columns)
    assert [each["line"] for each in imported(made, "spreadsheet").errors] == [3]
    assert Proposal.objects.get().imported_tally == {"like": 12, "mixed": 0, "dislike": 0}
    assert made.found.days_alone == 1


def test_a_contribution_of_cap_collectif_without_a_reference_is_said(in_saran: Municipality) -> None:
    columns = ["id", "reference", "createdAt", "Q1 - Quoi ?"]
    rows = [dict(zip(columns, ["1", each, "2019-03-04 10:00:00", "x"], strict=True)) for each in ("2-1", " ")]
    report = imported(job(table(columns, rows), **SAID), "cap-collectif")
    assert [each["line"] for each in report.errors] == [3]
