"""A consultation that leaves a city and comes into another is the same there: read again, its file says the same."""

import json
from collections import Counter
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from consultations.framing.models import Consultation
from consultations.opendata.services.building import write_whole
from consultations.outcomes.models import Answer, AnswerVersion, Project
from consultations.participation.importing import BadLine, import_consultation
from consultations.participation.models import Argument, Proposal, ProposalVersion, Reply
from tenants.models import Municipality
from tests.opendata.factories import something_of_everything, the_consultation
from tests.outcomes.factories import AnswerVersionFactory
from tests.participation.factories import ArgumentFactory, VersionedProposalFactory


def written(consultation: Consultation) -> list[dict[str, Any]]:
    file = BytesIO()
    count = write_whole(consultation, file)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert len(lines) == count
    return lines


def a_full_one() -> list[dict[str, Any]]:
    made = something_of_everything()
    answer = Answer.objects.get(proposal=made["accepted"])
    answer.current = AnswerVersionFactory(answer=answer, number=2, change="Le calendrier.")  # type: ignore[assignment]
    answer.save()
    ArgumentFactory(
        proposal=made["accepted"], stance="AGAINST", source_title="Une étude", source_url="https://x.example/e"
    )
    VersionedProposalFactory(
        author=None, imported_author="Jeanne", imported_tally={"like": 4, "mixed": 1, "dislike": 0}
    )
    return written(the_consultation())


def raw(lines: list[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(each).encode() for each in lines]


def told(lines: list[dict[str, Any]]) -> list[str]:
    """Each line with names that say in which order they were met: the keys of two cities differ, and what they name is
    the same."""
    met: dict[str, str] = {}

    def plain(name: str, value: Any) -> Any:
        if name in ("ref", "challenge", "proposal", "argument", "author"):
            return met.setdefault(value, f"n{len(met)}")
        return [plain("proposal", each) for each in value] if name == "proposals" else value

    return sorted(
        json.dumps({name: plain(name, value) for name, value in each.items()}, sort_keys=True, ensure_ascii=False)
        for each in lines
    )


def test_it_is_the_same_in_another_city(saran: Municipality, brest: Municipality) -> None:
    with schema_context(saran.schema_name):
        lines = a_full_one()
    kinds = Counter(each["type"] for each in lines)
    assert kinds.keys() == {"consultation", "challenge", "proposal", "argument", "reply", "answer", "project"}
    with schema_context(brest.schema_name):
        before = Proposal.objects.count()
        report = import_consultation(raw(lines), strict=True)
        assert report.created == kinds
        assert not report.errors
        assert not report.notes
        found = Consultation.objects.get(slug=report.consultation)
        proposals = Proposal.objects.filter(challenge__consultation=found)
        assert proposals.count() == kinds["proposal"] == Proposal.objects.count() - before
        assert ProposalVersion.objects.filter(proposal__in=proposals).count() == kinds["proposal"] + 1
        assert Argument.objects.filter(proposal__in=proposals).count() == kinds["argument"]
        assert Reply.objects.filter(argument__proposal__in=proposals).count() == kinds["reply"]
        assert AnswerVersion.objects.filter(answer__proposal__in=proposals).count() == kinds["answer"] == 2
        assert Project.objects.filter(consultation=found).count() == kinds["project"]
        assert not proposals.filter(author__isnull=False).exists()
        names = set(proposals.values_list("imported_author", flat=True))
        assert all(name.startswith("Participant ") for name in names)
        again = written(found)
    assert told(again) == told(lines)


def test_read_twice_it_is_there_once(saran: Municipality, brest: Municipality) -> None:
    with schema_context(saran.schema_name):
        lines = a_full_one()
    with schema_context(brest.schema_name):
        first = import_consultation(raw(lines), strict=True)
        second = import_consultation(raw(lines), strict=True)
        assert not second.created.total()
        assert second.existing == first.created
        assert AnswerVersion.objects.filter(answer__proposal__import_ref__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("proposal", {"versions": "deux"}, "versions"),
        ("proposal", {"versions": [{"title": "Sans texte", "submitted_at": "2024-03-01T10:00"}]}, "body"),
        ("proposal", {"versions": [{"title": "T", "body": "B", "submitted_at": "2024-03-01T10:00"}]}, "reworked_at"),
        ("argument", {"verdict": "MAYBE"}, "verdict"),
        ("argument", {"kind": 3}, "kind"),
        ("reply", {"argument": "inconnu"}, "argument"),
        ("answer", {"decision": "peut-être"}, "decision"),
        ("answer", {"expected_on": "demain"}, "expected_on"),
        ("answer", {"proposal": "inconnue"}, "inconnue"),
        ("project", {"proposals": ["inconnue"]}, "inconnue"),
        ("project", {"milestones": [{"title": "Sans jour"}]}, "planned_on"),
        ("project", {"state": "ARRIVED"}, "state"),
        ("project", {"budget_planned": -1}, "budget_planned"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_there(
    saran: Municipality, brest: Municipality, kind: str, change: dict[str, Any], said: str
) -> None:
    with schema_context(saran.schema_name):
        lines = written_once()
    lines = [dict(each) for each in lines]
    place = next(place for place, each in enumerate(lines) if each["type"] == kind and "reworked_at" not in each)
    lines[place] |= change
    with schema_context(brest.schema_name), pytest.raises(BadLine, match=said) as refused:
        import_consultation(raw(lines), strict=True)
    assert refused.value.number == place + 1


def written_once() -> list[dict[str, Any]]:
    something_of_everything()
    return written(the_consultation())


def test_by_two_commands(saran: Municipality, brest: Municipality, tmp_path: Path) -> None:
    with schema_context(saran.schema_name):
        something_of_everything()
        slug = the_consultation().slug
    file, said = tmp_path / "c.jsonl", StringIO()
    call_command("export_consultation", str(file), city="saran", consultation=slug, stdout=said)
    assert said.getvalue().split() == [str(file.read_bytes().count(b"\n")), "lines"]
    with pytest.raises(CommandError, match="already"):
        call_command("export_consultation", str(file), city="saran", consultation=slug)
    with pytest.raises(CommandError, match=slug):
        call_command("export_consultation", str(tmp_path / "d.jsonl"), city="saran", consultation="rien")
    call_command("import_consultation", str(file), city="brest", strict=True, stdout=StringIO(), stderr=StringIO())
    with schema_context(brest.schema_name):
        assert Project.objects.filter(import_ref__isnull=False).exists()
