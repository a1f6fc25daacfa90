"""The file for the council: accessible, complete, and silent on what is not public."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone
from pypdf import PdfReader

from common.sheets import write_book
from common.typeset import NOT_DRAWN
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.enums import Decision
from consultations.outcomes.selectors.council import answers_head, answers_rows, council_pdf, council_sheets
from consultations.participation.enums import Status
from tenants.models import Municipality
from tests.outcomes.factories import OpinionFactory, published_answer
from tests.outcomes.project_factories import accepted, project_from
from tests.participation.factories import ProposalFactory, merge


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return every_consultation().get(is_current=True)


def pdf(consultation: Consultation) -> PdfReader:
    return PdfReader(BytesIO(council_pdf(consultation, at=timezone.now())))


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def rows(consultation: Consultation) -> list[dict[str, Any]]:
    return [dict(zip(answers_head(), row, strict=True)) for row in answers_rows(consultation)]


def test_it_is_an_accessible_document(consultation: Consultation) -> None:
    published_answer()
    found = pdf(consultation)
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr-FR" or root["/Lang"] == "fr"
    assert found.metadata is not None
    assert found.metadata.title == f"Dossier pour le conseil\u00a0: {consultation.title}"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in metadata
    tags = " ".join(_tags(root["/StructTreeRoot"]))
    for tag in ("/H1", "/H2", "/Table", "/TH", "/TD"):
        assert tag in tags.split()


def _tags(element: Any) -> list[str]:
    found, to_see = [], [element]
    while to_see:
        each = to_see.pop()
        each = each.get_object() if hasattr(each, "get_object") else each
        if isinstance(each, list):
            to_see += each
        elif isinstance(each, dict):
            if "/S" in each:
                found.append(str(each["/S"]))
            if "/K" in each:
                to_see.append(each["/K"])
    return found


def test_it_has_the_draft_the_summary_and_each_answer(consultation: Consultation) -> None:
    published_answer(proposal__title="Une fontaine place du marché")
    published_answer(decision=Decision.ELSEWHERE, competent="Orléans Métropole", proposal__title="Un tramway")
    waiting = ProposalFactory(title="Des bancs à l’ombre")
    text = text_of(pdf(consultation))
    for words in (
        "Projet de délibération",
        "article L. 131-1",
        "[à compléter]",
        "a publié 2 réponses, avec leurs raisons et une signature",
        "une proposition attend encore sa réponse",
        "Une fontaine place du marché",
        "Nous posons deux fontaines avant l’été 2027.",
        "Hélène Vasseur adjointe à la transition",
        "Orléans Métropole",
        waiting.title,
        "pas encore de réponse",
    ):
        assert words in text, words


def test_nothing_is_in_it_that_is_not_public(consultation: Consultation) -> None:
    author = ProposalFactory(author__email="cachee@example.org", author__public_name="Mésange").author
    ProposalFactory(title="Une idée cachée", status=Status.HIDDEN)
    hidden = published_answer(reasons="Un motif masqué.", proposal__author=author)
    hidden.current.is_hidden = True
    hidden.current.save()
    text = text_of(pdf(consultation))
    assert "Mésange" in text
    assert "Des signes" not in text
    for words in ("cachee@", "Une idée cachée", "Un motif masqué"):
        assert words not in text
        assert words not in str(rows(consultation))


def test_a_collective_proposal_stands_once_with_how_many_it_brings_together(consultation: Consultation) -> None:
    collective = merge(3).proposal
    assert [(row["Numéro"], row["Nom public"]) for row in rows(consultation)] == [
        (collective.pk, "collective, de 3 propositions")
    ]


def test_whatever_was_written_is_printed_and_nothing_is_read_as_markup(consultation: Consultation) -> None:
    published_answer(reasons="#panic(1) $x^2$ *gras* \\ 😀 " + "x" * 5_000, proposal__title="# Titre $ * [a")
    published_answer(reasons="שלום", own_words="مرحبا", proposal__title="漢字")
    text = text_of(pdf(consultation))
    assert "#panic(1) $x^2$ *gras* \\" in text
    assert "# Titre $ * [a" in text
    assert NOT_DRAWN in text
    assert "Des signes que ce document ne peut pas montrer" in text
    assert "שלום" in str(rows(consultation))


def test_the_spreadsheet_says_all_of_an_answer(consultation: Consultation) -> None:
    answer = published_answer(
        decision=Decision.STUDIED, own_words="Merci.", expected_on="2027-03-01", proposal__title="=1+1"
    )
    (row,) = rows(consultation)
    assert (row["Numéro"], row["Proposition"]) == (answer.proposal_id, "=1+1")
    assert (row["Réponse"], row["Phrase pour cette seule proposition"]) == ("À l’étude", "Merci.")
    assert row["Signée par"] == "Hélène Vasseur"
    assert row["Adresse"].endswith(f"/propositions/{answer.proposal_id}/")


def test_what_is_accepted_comes_first_then_what_has_most_supports(consultation: Consultation) -> None:
    few = published_answer(decision=Decision.ADOPTED, proposal__like_count=3, proposal__current_like_count=3)
    many = published_answer(decision=Decision.ADOPTED, proposal__like_count=40, proposal__current_like_count=38)
    adapted = published_answer(proposal__like_count=30, proposal__current_like_count=20)
    waiting = ProposalFactory(like_count=90, current_like_count=90)
    found = [(row["Numéro"], row["Soutiens"], row["Dont pour le texte actuel"]) for row in rows(consultation)]
    assert found == [
        (many.proposal_id, 40, 38),
        (few.proposal_id, 3, 3),
        (adapted.proposal_id, 30, 20),
        (waiting.pk, 90, 90),
    ]
    text = text_of(pdf(consultation))
    for words in ("D’abord les propositions retenues", "30 (texte actuel : 20)", "40 (texte actuel : 38)"):
        assert words in text
    assert "D’abord" in text


def test_it_says_of_a_consultation_that_is_open_that_it_is_not_over_and_why_counts_differ(
    consultation: Consultation,
) -> None:
    merge(2)
    published_answer()
    text = text_of(pdf(consultation))
    assert "La consultation n’est pas terminée : les chiffres sont ceux du" in text
    assert "Saran consulte le public" in text
    assert "4 propositions, 1 retenue." in text
    assert "2 d’entre elles sont réunies dans des propositions collectives" in text
    yesterday = timezone.now() - timedelta(days=1)
    consultation.phases.update(opens_at=yesterday - timedelta(days=9), closes_at=yesterday)
    text = text_of(pdf(every_consultation().get(pk=consultation.pk)))
    assert "n’est pas terminée" not in text
    assert "Saran a consulté le public" in text


def test_projects_stand_in_it_with_their_state_and_budget(consultation: Consultation) -> None:
    proposal = accepted()
    project_from(proposal, title="Les Aydes au frais", state="UNDERWAY", budget_planned=86_000, budget_spent=0)
    project_from(proposal, title="Le kiosque", state="ABANDONED", state_reason="La charpente.", budget_planned=5)
    project_from(proposal, title="Secret", prepared=True, budget_planned=1)
    project_from(merge(2).proposal.merged_from.order_by("pk")[0], title="Une haie")
    text = text_of(pdf(consultation))
    assert "86 000 €, pour le seul dont le budget est connu" in text
    assert "Les Aydes au frais (en cours) : [à compléter]" in text
    assert "Abandonné Le kiosque 5 € non précisé La charpente." in text
    assert "Secret" not in text
    projects = {row["Proposition"]: row["Projet"] for row in rows(consultation)}
    assert projects[proposal.title] == "Les Aydes au frais (en cours), Le kiosque (abandonné)"
    assert "Une haie (décidé)" in projects.values()
    (_answers, (name, head, found), _opinions) = council_sheets(consultation)
    sheet = [dict(zip(head, row, strict=True)) for row in found]
    assert (name, sheet[0]["Prévu, en euros"], sheet[0]["Dépensé, en euros"]) == ("Projets", 86_000, 0)


def test_opinions_that_were_given_stand_apart_and_are_said_not_to_be_published(consultation: Consultation) -> None:
    answer = published_answer(proposal__title="Une fontaine")
    assert "Avis des services" not in text_of(pdf(consultation))
    given = {"stance": "RESERVED", "words": "Le réseau est trop petit.", "cost": 3500, "given_at": timezone.now()}
    OpinionFactory(answer=answer, **given)
    OpinionFactory(answer=answer, words="Un brouillon.")
    OpinionFactory(answer=answer, **{**given, "words": "Repris."}, taken_back_at=timezone.now())
    OpinionFactory(answer__proposal__status=Status.HIDDEN, **{**given, "words": "Sur une idée cachée."})
    text = text_of(pdf(consultation))
    assert text.index("Avis des services") < text.index("Le réseau est trop petit.")
    for words in ("Espaces verts", "3 500 €", "Ces avis ne sont pas publiés"):
        assert words in text
    for words in ("Un brouillon", "Repris.", "Sur une idée cachée"):
        assert words not in text


@pytest.mark.dates
def test_its_days_have_no_hours_whenever_it_was_closed(consultation: Consultation) -> None:
    closed = timezone.localtime().replace(month=3, day=5, hour=14, minute=32) - timedelta(days=365)
    consultation.phases.exclude(closes_at=None).update(opens_at=closed - timedelta(days=30), closes_at=closed)
    text = text_of(pdf(every_consultation().get(is_current=True)))
    assert f"au 5 mars {closed.year}" in text
    assert "14 h 32" not in text


def test_in_the_spreadsheet_days_are_dates_and_amounts_are_numbers(consultation: Consultation) -> None:
    answer = published_answer(decision=Decision.STUDIED, expected_on="2027-03-01")
    OpinionFactory(answer=answer, stance="RESERVED", cost=3500, given_at=timezone.now())
    project_from(answer.proposal, budget_planned=86_000)
    file = BytesIO()
    write_book(file, council_sheets(consultation))
    with ZipFile(file) as book:
        cells = {number: _cells(book.read(f"xl/worksheets/sheet{number}.xml")) for number in (1, 2, 3)}
    assert ("n", "46447") in cells[1]  # 1 March 2027
    assert ("n", "86000") in cells[2]
    assert ("n", "3500") in cells[3]


def _cells(sheet: bytes) -> list[tuple[str, str]]:
    """The kind of each cell of its second row, and what it holds."""
    row = sheet.decode().split('<row r="2"')[1].split("</row>")[0]
    return [(kind or "n", value) for kind, value in re.findall(r'<c [^>]*?(?:t="(\w+)")?>(?:<is><t>|<v>)([^<]*)', row)]


def test_a_consultation_without_anything_has_its_file_too(consultation: Consultation) -> None:
    assert "Il n’y avait aucune proposition à traiter" in text_of(pdf(consultation))


def test_its_queries_do_not_grow_with_the_answers(
    consultation: Consultation, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        published_answer()
    with django_assert_max_num_queries(18):
        council_pdf(consultation, at=timezone.now())
