"""The desk's pages of syntheses: two at once, what is posted by hand, and a report of a hundred proposals."""

from time import process_time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from consultations.analysis.models import Synthesis, SynthesisVersion
from consultations.analysis.selectors.synthesis_report import report_pdf
from consultations.analysis.services.synthesis import begin_synthesis, publish_synthesis
from consultations.framing.models import Challenge
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, any_challenge


@pytest.fixture
def challenge(in_saran: object) -> Challenge:
    made = any_challenge()
    for number in range(6):
        ArgumentFactory(proposal=ProposalFactory(challenge=made, like_count=50 - number, title=f"Idée {number}"))
    begin_synthesis(challenge=made, actor=None, at=timezone.now())
    return made


@pytest.fixture
def desk(saran: Municipality, challenge: Challenge, visit: Any) -> Client:
    client: Client = visit(saran, UserFactory(role=Role.FACILITATOR, public_name="Camille"), stays=True)
    return client


def page(challenge: Challenge) -> str:
    return f"/gestion/consultations/{challenge.consultation.slug}/syntheses/{challenge.slug}/"


def test_of_two_at_once_the_second_reads_both_and_decides(desk: Client, challenge: Challenge) -> None:
    where = page(challenge)
    desk.post(f"{where}enregistrer/", {"revision": 0, "intro": "Le texte de la première.", "do": ""})
    late = desk.post(f"{where}enregistrer/", {"revision": 0, "intro": "Le texte du second.", "do": ""})
    said = late.content.decode()
    assert late.status_code == 409
    assert "pendant que vous écriviez" in said
    assert "Le texte du second." in said
    assert Synthesis.objects.get().intro == "Le texte de la première."
    assert 'name="revision" value="1"' in said
    desk.post(f"{where}enregistrer/", {"revision": 1, "intro": "Le texte du second.", "do": ""})
    assert Synthesis.objects.get().intro == "Le texte du second."


def test_a_text_that_is_too_long_is_refused_beside_its_field(desk: Client, challenge: Challenge) -> None:
    answer = desk.post(f"{page(challenge)}enregistrer/", {"revision": 0, "intro": "mot " * 600, "do": "review"})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "field-errors" in said
    assert "mot mot mot" in said
    assert Synthesis.objects.get().revision == 0


def test_what_is_of_another_challenge_is_chosen_nowhere(desk: Client, challenge: Challenge) -> None:
    other = ProposalFactory(challenge=Challenge.objects.exclude(pk=challenge.pk)[0], title="Secrette")
    slot = Synthesis.objects.get().parts[0]["slots"][0]
    argument = ArgumentFactory(proposal=other)
    sent = {"revision": 0, f"place-{slot['key']}": other.pk, f"pour-{slot['key']}": argument.pk, "do": "hide:x"}
    answer = desk.post(f"{page(challenge)}enregistrer/", sent, follow=True)
    assert "Secrette" not in answer.content.decode()
    assert Synthesis.objects.get().parts[0]["slots"][0] == slot


def test_pressed_twice_it_is_published_once(desk: Client, challenge: Challenge) -> None:
    for _press in range(2):
        answer = desk.post(f"{page(challenge)}publier/", {"revision": 0, "after": 0}, follow=True)
        assert "La version 1 est publiée" in answer.content.decode()
    assert SynthesisVersion.objects.count() == 1


def test_a_report_of_a_hundred_proposals_takes_less_than_five_seconds(challenge: Challenge) -> None:
    made = [ProposalFactory(challenge=challenge, like_count=80, title=f"Une idée pour {n}") for n in range(100)]
    arguments = [ArgumentFactory(proposal=each) for each in made]
    publish_synthesis(challenge=challenge, revision=0, after=0, actor=None, at=timezone.now())
    version = SynthesisVersion.objects.get()
    like = version.parts[0]["slots"][0]
    pairs = zip(made, arguments, strict=True)
    version.parts[0]["slots"] = [
        {**like, "proposal": each.pk, "version": 1, "pro": argument.pk, "con": None} for each, argument in pairs
    ]
    began = process_time()
    report = report_pdf(challenge, version)
    assert report.startswith(b"%PDF")
    assert process_time() - began < 5
