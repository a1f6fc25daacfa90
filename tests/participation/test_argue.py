"""Saying why: for, against or to improve; nothing typed is ever lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from consultations.framing.models import Challenge, Consultation
from consultations.participation import services
from consultations.participation.enums import Stage
from consultations.participation.models import Argument, Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory
from tests.participation.test_react import close_phase

TEXT = "Ma mère a 84 ans et pas de balcon : un banc à l’ombre change sa journée."
NOW = timezone.now


def form(**changes: str) -> dict[str, str]:
    return {"text": TEXT, "stance": "FOR", "part": "SOLUTION", "kind": "", "source_url": "", **changes}


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        return ProposalFactory()


@pytest.fixture
def argue(visit: Callable[..., Client], saran: Municipality, person: Any, proposal: Proposal) -> Callable[..., Any]:
    client = visit(saran, person())

    def post(**changes: str) -> Any:
        return client.post(proposal.get_absolute_url() + "argumenter/", form(**changes))

    return post


def test_an_argument_is_published_and_counted_everywhere(in_saran: Municipality) -> None:
    proposal, author = ProposalFactory(), UserFactory()
    argument = services.argue(proposal=proposal, author=author, stance="AGAINST", text=TEXT, at=NOW())
    proposal.refresh_from_db()
    assert (proposal.for_count, proposal.against_count, proposal.argument_count) == (0, 1, 1)
    assert proposal.stage == Stage.ARGUMENTS
    assert Challenge.objects.get(pk=proposal.challenge_id).argument_count == 1
    assert Consultation.objects.get().argument_count == 1
    assert AuditEntry.objects.get(action="argument_given").subject_id == str(argument.pk)


def test_the_same_words_sent_twice_are_said_once(argue: Callable[..., Any], saran: Municipality) -> None:
    first, second = argue(), argue()
    assert first.headers["Location"] == second.headers["Location"]
    with schema_context(saran.schema_name):
        assert Argument.objects.count() == 1
        assert Proposal.objects.get().for_count == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": "Trop court."},
        {"text": "a b " * 400},
        {"text": "\u200b" * 60},
        {"text": " \n" * 60},
        {"stance": ""},
        {"stance": "MAYBE"},
        {"source_url": "javascript:alert(1)"},
        {"source_url": "pas une adresse"},
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_text(
    argue: Callable[..., Any], saran: Municipality, changes: dict[str, str]
) -> None:
    response = argue(**changes)
    assert response.status_code == 422
    assert "form-errors" in response.content.decode()
    if "text" not in changes:
        assert "Ma mère a 84 ans" in response.content.decode()
    with schema_context(saran.schema_name):
        assert not Argument.objects.exists()


def test_markup_is_shown_as_it_was_typed(
    argue: Callable[..., Any], visit: Any, saran: Municipality, proposal: Proposal
) -> None:
    argue(text='<script>alert("x")</script> & <b>gras</b>, dit-elle souvent ici.')
    page = visit(saran).get(proposal.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_control_characters_are_taken_out(argue: Callable[..., Any], saran: Municipality) -> None:
    argue(text="Un banc\x00 à l’ombre\x08 \u202echangerait\ufeff vraiment sa journée.\r\n\r\n\r\n\r\nOui.")
    with schema_context(saran.schema_name):
        assert Argument.objects.get().text == "Un banc à l’ombre changerait vraiment sa journée.\n\nOui."


def test_a_phase_that_closed_meanwhile_keeps_the_text_in_the_page(
    visit: Callable[..., Client], saran: Municipality, person: Any, proposal: Proposal
) -> None:
    client = visit(saran, person())
    with schema_context(saran.schema_name):
        close_phase()
    response = client.post(proposal.get_absolute_url() + "argumenter/", form())
    assert response.status_code == 409
    assert "Ma mère a 84 ans" in response.content.decode()


def test_a_visitors_argument_is_published_after_signing_in(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(saran)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    with schema_context(saran.schema_name):
        assert not Argument.objects.exists()
        visitor.force_login(UserFactory())
    response = visitor.get("/reprendre/")
    with schema_context(saran.schema_name):
        assert Argument.objects.get().text == TEXT
    assert "#argument-" in response.headers["Location"]


def test_an_image_where_text_goes_is_only_a_missing_text(argue: Callable[..., Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    image = SimpleUploadedFile("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png")
    assert argue(text=image).status_code == 422
