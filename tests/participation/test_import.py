"""Importing a consultation held elsewhere: whole, once, saying what it refuses."""

import json
from datetime import timedelta
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.models import Challenge, Consultation
from consultations.participation.counts import recount
from consultations.participation.importing import BadLine, import_consultation
from consultations.participation.models import Argument, Proposal, Reaction, Source
from tenants.models import Municipality

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "republique-numerique.jsonl"

NO_MOMENT = "submitted_at is no single moment here, or is outside the years 1990 to 2099"
AT = "2024-03-01T10:00:00+01:00"
LINES: list[dict[str, Any]] = [
    {"type": "consultation", "title": "Nos rues", "opens_at": AT, "closes_at": "2024-04-01T10:00:00+02:00"},
    {"type": "challenge", "ref": "c1", "title": "Comment marcher sans peur ?"},
    {
        "type": "proposal", "ref": "p1", "challenge": "c1", "title": "Des bancs", "body": "Un banc tous les cent mètres.",
        "rationale": "On se fatigue.", "author": "promeneuse", "submitted_at": AT, "hidden": False,
        "tally": {"for": 240, "mixed": 12, "against": 8},
    },
    {"type": "argument", "ref": "a1", "proposal": "p1", "stance": "for", "body": "Oui, ma voisine le demande.", "author": "x", "submitted_at": AT, "votes": 3, "hidden": False},
    {"type": "argument", "ref": "a2", "proposal": "p1", "stance": "against", "body": "Les bancs attirent le bruit.", "author": "y", "submitted_at": AT, "votes": 0, "hidden": True},
    {"type": "source", "ref": "s1", "proposal": "p1", "title": "Étude", "url": "https://example.org/e", "author": "x", "submitted_at": AT},
]  # fmt: skip


def lines(*changes: tuple[int, dict[str, Any]]) -> list[str]:
    entries = [dict(entry) for entry in LINES]
    for index, change in changes:
        entries[index].update(change)
    return [json.dumps(entry) for entry in entries]


def test_everything_is_imported_and_counted(in_saran: Municipality) -> None:
    report = import_consultation(lines())
    assert dict(report.created) == {"consultation": 1, "challenge": 1, "proposal": 1, "argument": 2, "source": 1}
    proposal = Proposal.objects.get()
    assert (proposal.author_name, proposal.problem) == ("promeneuse", "On se fatigue.")
    assert (proposal.for_count, proposal.against_count) == (1, 0)  # a hidden one is not counted
    assert Challenge.objects.get(import_ref="c1").argument_count == 1
    assert recount() == 0


def test_tallies_are_kept_apart_from_reactions(in_saran: Municipality) -> None:
    import_consultation(lines())
    proposal = Proposal.objects.get()
    assert proposal.imported_tally == {"like": 240, "mixed": 12, "dislike": 8}
    assert proposal.reaction_count == 0
    assert not Reaction.objects.exists()


def test_a_second_run_changes_nothing(in_saran: Municipality) -> None:
    import_consultation(lines())
    before = list(Proposal.objects.values()) + list(Argument.objects.values())
    report = import_consultation(lines((2, {"title": "Un autre titre"})))
    assert report.created.total() == 0
    assert report.existing.total() == 6
    assert list(Proposal.objects.values()) + list(Argument.objects.values()) == before


@pytest.mark.parametrize(
    ("index", "change", "reason"),
    [
        (1, {"title": ""}, "title is empty"),
        (1, {"ref": None}, "no ref"),
        (1, {"type": "poem"}, "unknown type 'poem'"),
        (2, {"challenge": "c9"}, "unknown challenge 'c9'"),
        (2, {"body": 12}, "body is missing"),
        (2, {"title": "x" * 301}, "title has 301 characters, 300 at most"),
        (2, {"submitted_at": "hier"}, "submitted_at is not an ISO 8601 moment"),
        (2, {"submitted_at": "2024-13-45T00:00:00Z"}, "submitted_at is not an ISO 8601 moment"),
        (2, {"submitted_at": "0001-01-01T00:00:00Z"}, NO_MOMENT),
        (2, {"submitted_at": "9999-12-31T23:59:59-12:00"}, NO_MOMENT),
        (2, {"submitted_at": "2024-03-31T02:30:00"}, NO_MOMENT),  # clocks are put forward
        (2, {"submitted_at": "2024-10-27T02:30:00"}, NO_MOMENT),  # and back
        (2, {"tally": {"for": -1}}, "tally is not a set of counts"),
        (3, {"proposal": "p9"}, "unknown proposal 'p9'"),
        (3, {"stance": "maybe"}, "unknown stance 'maybe'"),
        (3, {"votes": "3"}, "votes is not a count"),
        (5, {"url": "javascript:alert(1)"}, "url is not a web address"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_stops_nothing(
    in_saran: Municipality, index: int, change: dict[str, Any], reason: str
) -> None:
    report = import_consultation(lines((index, change)))
    assert {"line": index + 1, "reason": reason} in report.errors
    assert Consultation.objects.filter(title="Nos rues").exists()


@pytest.mark.parametrize("line", ["{", "[]", '"x"', "\x00", "{}"])
def test_broken_lines_are_told(in_saran: Municipality, line: str) -> None:
    report = import_consultation([*lines(), line])
    assert [error["line"] for error in report.errors] == [7]
    assert Argument.objects.count() == 2


def test_with_strict_one_bad_line_undoes_everything(in_saran: Municipality) -> None:
    with pytest.raises(BadLine, match="line 4: unknown stance"):
        import_consultation(lines((3, {"stance": "maybe"})), strict=True)
    assert not Consultation.objects.filter(title="Nos rues").exists()


@pytest.mark.parametrize(
    "first", [["pas du JSON"], [json.dumps(LINES[1])], [json.dumps({**LINES[0], "closes_at": AT})]]
)
def test_a_file_that_does_not_begin_with_its_consultation_is_refused(in_saran: Municipality, first: list[str]) -> None:
    with pytest.raises(BadLine, match="line 1"):
        import_consultation(first)


def test_an_empty_file_imports_nothing(in_saran: Municipality) -> None:
    assert import_consultation([]).lines == 0


def test_the_command_reports_in_json(real_db: str, tmp_path: Path) -> None:
    file = tmp_path / "rues.jsonl"
    file.write_text("\n".join([*lines(), "{"]))
    out = StringIO()
    call_command("import_consultation", str(file), "--city", "saran", "--json", stdout=out, stderr=StringIO())
    result = json.loads(out.getvalue())
    assert result["created"]["argument"] == 2
    assert result["errors"] == [{"line": 7, "reason": "not JSON"}]


@pytest.mark.parametrize("arguments", [["nulle-part.jsonl", "--city", "saran"], ["x", "--city", "atlantis"]])
def test_the_command_refuses_clearly(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_consultation", *arguments)


@pytest.fixture
def real_consultation(saran: Municipality) -> Municipality:
    if not REAL.exists():
        pytest.skip("the real consultation of 2015 is not beside this project")
    with schema_context(saran.schema_name), REAL.open(encoding="utf-8") as file:
        import_consultation(file)
    return saran


def test_the_real_consultation_is_imported_whole_and_shown_in_ten_queries(
    real_consultation: Municipality, person: Any
) -> None:
    with schema_context(real_consultation.schema_name):
        assert (Proposal.objects.count(), Argument.objects.count(), Source.objects.count()) == (696, 3994, 326)
        consultation = Consultation.objects.get(is_current=False)
        assert consultation.challenges.count() == 18
        longest = Proposal.objects.order_by("-for_count", "pk")[0]
    visitor, someone = (Client(HTTP_HOST=real_consultation.host) for _unused in range(2))
    with schema_context(real_consultation.schema_name):
        someone.force_login(person())
    visitor.get("/mode-d-emploi/")  # this process reads the city itself once
    for is_open, client in product((False, True), (visitor, someone)):
        if is_open:
            with schema_context(real_consultation.schema_name):
                hold_now(consultation)
        caches["pages"].clear()
        paths = (
            consultation.get_absolute_url(),
            consultation.proposals_url() + "?q=logiciel+libre&page=2",
            longest.get_absolute_url(),
            longest.get_absolute_url() + "arguments/pour/",
        )
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(path)
            assert response.status_code == 200
            assert len(response.content) < 400_000
            asked = [query["sql"] for query in captured if not query["sql"].startswith("SELECT set_config")]
            assert len(asked) <= 10, "\n".join(asked)
            # While proposals may be brought together, the page of one looks for others that are close.
            assert any("near.share" in sql for sql in asked) == (is_open and path == longest.get_absolute_url())


def hold_now(consultation: Consultation) -> None:
    """As the present one of its city, open."""
    consultation.phases.update(closes_at=timezone.now() + timedelta(days=1))
    Consultation.objects.filter(is_current=True).update(is_current=False)
    consultation.is_current = True
    consultation.save()
