"""The file for the council: accessible, complete, and silent on what is not public."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from common.typeset import NOT_DRAWN
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.enums import Decision
from consultations.outcomes.selectors.council import answers_head, answers_rows, council_pdf
from consultations.participation.enums import Status
from tenants.models import Municipality
from tests.outcomes.factories import published_answer
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
        "1 proposition attend encore sa réponse",
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


def test_a_consultation_without_anything_has_its_file_too(consultation: Consultation) -> None:
    assert "Il n’y avait aucune proposition à traiter" in text_of(pdf(consultation))


def test_its_queries_do_not_grow_with_the_answers(
    consultation: Consultation, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        published_answer()
    with django_assert_max_num_queries(15):
        council_pdf(consultation, at=timezone.now())
