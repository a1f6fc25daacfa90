"""Files of Decidim, old and new: matched by address, as deep as they are, nothing of people taken but their name."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from consultations.framing.models import Challenge, Consultation
from consultations.imports.reading import Job, formats
from consultations.imports.rows import FileNotRead
from consultations.imports.services.reading import look, run
from consultations.participation.import_report import Report
from consultations.participation.models import Argument, Proposal, Reply
from tenants.models import Municipality
from tests.imports.files import ASKED, COMMENTS, HOST, NEW, OLD, comment, job, new_proposal, old_proposal, page, table


def imported(made: Job) -> Report:
    return run(made, formats()["decidim"])


def test_old_columns_with_their_comments(in_saran: Municipality) -> None:
    """Lines that end in two ways, cells of several lines; a comment is an argument, what answers it a reply."""
    proposals = table(OLD, [old_proposal(1), old_proposal(2, body="=1+1")]).replace(b"\r\nles", b"\nles")
    comments = [
        comment(10, alignment=1), comment(11, alignment=-1), comment(12),
        comment(13, depth=1, parent=10), comment(14, depth=2, parent=13), comment(15, depth=3, parent=14),
    ]  # fmt: skip
    report = imported(job(proposals, table(COMMENTS, comments, delimiter=","), **ASKED))
    assert report.errors == []
    assert dict(report.created) == {"consultation": 1, "challenge": 1, "proposal": 2, "argument": 3, "reply": 3}
    first = Proposal.objects.get(import_ref=page(1))
    assert (first.solution, first.author_name, first.author_id) == (
        "Un banc tous\nles cent mètres.",
        "Promeneuse",
        None,
    )
    assert first.imported_tally == {"like": 12, "mixed": 0, "dislike": 0}
    assert list(first.arguments.order_by("pk").values_list("stance", flat=True)) == ["FOR", "AGAINST", "IMPROVE"]
    assert set(Reply.objects.values_list("argument__text", flat=True)) == {"Remarque 10"}
    assert Consultation.objects.get(import_ref__isnull=False).title == "Nos rues"


def test_a_remark_names_the_column_that_was_written_in(in_saran: Municipality) -> None:
    row = new_proposal(1, **{"title/fr": "", "title/ca": "Carril a@b.example"})
    [note] = imported(job(table(NEW, [row]), **ASKED, challenge="taxonomies/name/fr")).notes
    assert "title/ca" in note["reason"]


def test_new_columns_and_what_was_withdrawn(in_saran: Municipality) -> None:
    rows = [
        new_proposal(1),
        new_proposal(2, withdrawn="true"),
        new_proposal(3, **{"title/fr": "", "title/ca": "Carril"}),
    ]
    made = job(table(NEW, rows), **ASKED, challenge="taxonomies/name/fr")
    assert imported(made).errors == []
    assert [(each.author_name, each.is_hidden) for each in Proposal.objects.order_by("pk")][:2] == [
        ("Ana, Bob", False),
        ("Ana, Bob", True),
    ]
    assert Proposal.objects.get(import_ref=page(3)).title == "Carril"
    assert Challenge.objects.get(import_ref__isnull=False).question == "Rouler"
    assert made.found.skipped["withdrawn"] == 1
    assert "latitude" in made.found.untaken


def test_numbers_of_two_installations_are_two_proposals(in_saran: Municipality) -> None:
    """And a comment is of the one whose address it has; one that no file has is said, by its line."""
    other = "https://ailleurs.exemple.fr"
    files = [table(OLD, [old_proposal(1)]), table(OLD, [old_proposal(1, other, title="D’ailleurs")])]
    comments = [
        comment(10, root_commentable_url=page(1, other)),
        comment(10, root_commentable_url=page(1) + "?order=old#comment_10"),
        comment(11, root_commentable_url=page(1, "https://tiers.exemple.fr")),
        comment(12, depth=1, parent=99),
    ]
    report = imported(job(*files, table(COMMENTS, comments), **ASKED))
    assert dict(Argument.objects.values_list("proposal__title", "text")) == {
        "D’ailleurs": "Remarque 10",
        "Des bancs 1": "Remarque 10",
    }
    assert [(each["file"], each["line"]) for each in report.errors] == [("fichier-3.csv", 4), ("fichier-3.csv", 5)]


def test_run_again_it_adds_nothing_and_then_what_is_new(in_saran: Municipality) -> None:
    first = table(OLD, [old_proposal(1)])
    imported(job(first, table(COMMENTS, [comment(10)]), **ASKED))
    before = list(Proposal.objects.values())
    again = imported(job(first, table(COMMENTS, [comment(10)]), **ASKED))
    assert (again.created.total(), again.existing.total(), again.errors) == (0, 4, [])
    more = imported(job(table(OLD, [old_proposal(1, title="Autre"), old_proposal(2)]), **ASKED))
    assert dict(more.created) == {"proposal": 1}
    assert list(Proposal.objects.filter(import_ref=page(1)).values()) == before


def test_what_nobody_said_is_asked_for_and_nothing_is_written(in_saran: Municipality) -> None:
    made = job(table(OLD, [old_proposal(1)]), table(COMMENTS, [comment(10), comment(11, alignment=1)]))
    report = look(made, formats()["decidim"])
    assert dict(made.found.questions) == {"title": 1, "dates": 1, "neutral": 1}
    assert (made.found.first, made.found.last) == ("2019-03-04", "2019-03-06")
    assert dict(report.created) == {"consultation": 1, "challenge": 1, "proposal": 1, "argument": 2}
    assert not Consultation.objects.filter(import_ref__isnull=False).exists()
    assert not Proposal.objects.exists()


def test_what_took_no_side_may_be_left_out_with_what_answers_it(in_saran: Municipality) -> None:
    comments = [comment(10), comment(11, depth=1, parent=10), comment(12, alignment=1)]
    made = job(table(OLD, [old_proposal(1)]), table(COMMENTS, comments), **ASKED | {"neutral": "skip"})
    assert imported(made).errors == []
    assert (Argument.objects.count(), Reply.objects.count(), made.found.skipped["neutral"]) == (1, 0, 2)


def test_its_guard_is_taken_off_and_a_group_speaks_under_its_own_name(in_saran: Municipality) -> None:
    rows = [old_proposal(1, title="'=A qui la rue ?", body="'- des bancs"), old_proposal(2, title="'l’été", body="x")]
    comments = [comment(10, **{"user_group/name": "Les Cyclistes"})]
    assert imported(job(table(OLD, rows), table(COMMENTS, comments), **ASKED)).errors == []
    texts = list(Proposal.objects.order_by("pk").values_list("title", "solution"))
    assert texts == [("=A qui la rue ?", "- des bancs"), ("'l’été", "x")]
    assert Argument.objects.get().imported_author == "Les Cyclistes"


@pytest.mark.parametrize("content", [table(["reference", "nom"], [{"reference": 1, "nom": "x"}]), table(COMMENTS, [])])
def test_another_kind_of_file_is_said(in_saran: Municipality, content: bytes) -> None:
    with pytest.raises(FileNotRead):
        imported(job(content, **ASKED))


def test_the_command_asks_before_it_writes(saran: Municipality, tmp_path: Path) -> None:
    files = [tmp_path / "propositions.csv", tmp_path / "commentaires.csv"]
    files[0].write_bytes(table(OLD, [old_proposal(1)]))
    files[1].write_bytes(table(COMMENTS, [comment(10)]))

    def command(**options: Any) -> dict[str, Any]:
        out = StringIO()
        call_command("import_consultation", *map(str, files), city="saran", format="decidim", json=True, stdout=out, stderr=StringIO(), **options)  # fmt: skip
        return dict(json.loads(out.getvalue()))

    with pytest.raises(CommandError, match="--neutral"):
        command(title="Nos rues")
    asked = {**ASKED, "opens_at": "2019-03-01T08:00"}
    assert command(**asked)["created"] == {"consultation": 1, "challenge": 1, "proposal": 1, "argument": 1}
    assert command(**asked)["created"] == {}
    with schema_context(saran.schema_name):
        assert Argument.objects.get().import_ref == f"{page(1)} comment 10"
    assert HOST in page(1)
