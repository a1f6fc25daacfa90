"""The kit follows its consultation: what may still be done, until when, and nothing of what is over."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.enums import Role
from common.templatetags.ui import full_day, last_day
from consultations.framing.models import Consultation, Phase
from consultations.kit.enums import Support, Variant
from consultations.kit.models import SheetRun
from consultations.kit.selectors.files import FILES, file_of
from consultations.kit.selectors.material import facts, material
from consultations.kit.selectors.texts import texts_of
from consultations.kit.services.refusals import NothingToPropose
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

PAGE = "/gestion/consultations/territoires-resilients/mobiliser/"
ENTRY = "/gestion/consultations/territoires-resilients/saisie/"


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def phased(proposing: int, prioritising: int) -> Consultation:
    """Each ends so many days from now."""
    consultation, now = Consultation.objects.get(is_current=True), timezone.now()
    consultation.phases.all().delete()
    for kind, days in (("PROPOSE", proposing), ("PRIORITISE", prioritising)):
        Phase.objects.create(
            consultation=consultation,
            kind=kind,
            opens_at=now + timedelta(days=days - 20),
            closes_at=now + timedelta(days=days),
        )
    return Consultation.objects.get(pk=consultation.pk)


def day(days: int) -> str:
    return full_day(last_day(timezone.now() + timedelta(days=days)))


def test_while_proposing_it_says_until_when_one_may_propose(desk: Client, in_saran: Municipality) -> None:
    consultation = phased(8, 40)
    content, _exact = material(consultation, in_saran, support=Support.POSTER)
    assert content["until"] == f"propositions jusqu’au {day(8)}"
    assert any(day(8) in body for _head, body in facts(consultation))
    assert not any(day(40) in each.body for each in texts_of(consultation, in_saran) if each.name != "presse")
    assert f"{PAGE}formulaire-a4-bureau.pdf" in desk.get(PAGE).content.decode()
    assert "Les propositions étaient possibles" not in desk.get(ENTRY).content.decode()


def test_once_proposing_is_over_nothing_invites_to_it(desk: Client, in_saran: Municipality) -> None:
    consultation = phased(-2, 8)
    content, _exact = material(consultation, in_saran, support=Support.POSTER)
    assert content["until"] == f"jusqu’au {day(8)}"
    said = [content["invite"], *content["says"].values(), *(each.body for each in texts_of(consultation, in_saran))]
    form = ("problem", "solution", "benefit", "form_lead")
    said = [each for each in said if each not in {content["says"][name] for name in form}]
    for wrong in ("Proposer", "proposez", "vos propres idées", "votre propre proposition", "formulaire"):
        assert not [each for each in said if wrong in each], wrong
    page = desk.get(PAGE).content.decode()
    assert f"jusqu’au {day(-2)}" in page
    assert f"{PAGE}affiche-a3-bureau.pdf" in page
    assert f"{PAGE}formulaire-a4-bureau.pdf" not in page
    assert '<option value="f"' not in page
    assert desk.get(f"{PAGE}formulaire-a4-bureau.pdf").headers["Location"] == PAGE
    refused = desk.post(f"{PAGE}feuilles/", {"count": "3", "spot": "", "after": "0"})
    assert refused.status_code == 409
    assert str(NothingToPropose.message) in refused.content.decode()
    assert not SheetRun.objects.exists()
    assert f"jusqu’au {day(-2)}" in desk.get(ENTRY).content.decode(), "said before a pile is typed"


def test_nothing_makes_known_what_is_over(desk: Client) -> None:
    phased(-30, -2)
    page = desk.get(PAGE).content.decode()
    assert "Cette consultation est terminée" in page
    assert ".pdf" not in page
    for address in ("affiche-a3-bureau.pdf", "images/carre.png", "textes/"):
        assert desk.get(PAGE + address).headers["Location"] == PAGE, address


def test_the_paper_form_asks_for_nothing_that_entry_does_not_take(desk: Client, in_saran: Municipality) -> None:
    made = file_of(FILES["formulaire-a4"], phased(8, 40), in_saran, variant=Variant.OFFICE)
    text = " ".join(PdfReader(BytesIO(made)).pages[0].extract_text().split())
    assert "Pour suivre votre proposition" in text
    assert "Adresse électronique" not in text
    assert "J’accepte" not in text


def test_an_introduction_ends_with_a_sentence(in_saran: Municipality) -> None:
    consultation = phased(8, 40)
    consultation.introduction = "Chacun habite ici depuis plus ou moins longtemps. " * 20
    content, _exact = material(consultation, in_saran, support=Support.LETTER)
    assert content["introduction"].endswith("longtemps.")
