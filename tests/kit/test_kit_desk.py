"""The page of the kit at the desk: files, places, texts, pictures."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import AuditEntry
from consultations.framing.models import Consultation
from consultations.kit.models import ScanDay, Spot
from consultations.kit.selectors.files import FILES
from consultations.kit.selectors.pictures import PICTURES
from consultations.kit.selectors.texts import SHORT_MOST, texts_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

PAGE = "/gestion/consultations/territoires-resilients/mobiliser/"


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def test_the_menu_leads_to_the_kit_of_the_consultation_one_is_on(desk: Client) -> None:
    assert desk.get("/gestion/mobiliser/").headers["Location"] == PAGE
    page = desk.get(PAGE).content.decode()
    assert "Affiche, A3" in page
    assert "Personne n’a encore ouvert" in page
    assert f'href="{PAGE}"' in desk.get("/gestion/").content.decode()


def test_a_file_is_downloaded_in_each_variant(desk: Client) -> None:
    for variant in ("bureau", "imprimeur", "econome"):
        answer = desk.get(f"{PAGE}affiche-a3-{variant}.pdf")
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="affiche-a3-{variant}-')
        assert answer.content.startswith(b"%PDF-")
    for wrong in ("affiche-a3-autre", "autre-bureau", "diaporama-imprimeur", "diaporama-bureau", "affiche-a3-projeter"):
        assert desk.get(f"{PAGE}{wrong}.pdf").status_code == 404


def test_what_a_file_looks_like_is_seen_before_it_is_downloaded(desk: Client) -> None:
    page = desk.get(PAGE).content.decode()
    for name in FILES:
        assert f"{PAGE}apercus/{name}.png" in page
        with Image.open(BytesIO(desk.get(f"{PAGE}apercus/{name}.png").content)) as picture:
            assert picture.format == "PNG"
            assert picture.height == pytest.approx(440, abs=12), name
    assert desk.get(f"{PAGE}apercus/autre.png").status_code == 404


def test_a_place_has_its_own_files_and_is_counted_apart(desk: Client) -> None:
    sent = {"support": "a", "name": "Médiathèque"}
    assert desk.post(f"{PAGE}lieux/", sent).status_code == 302
    again = desk.post(f"{PAGE}lieux/", {**sent, "name": " médiathèque "})
    assert again.status_code == 422
    assert "Ce lieu y est déjà" in again.content.decode()
    assert desk.post(f"{PAGE}lieux/", {"support": "fb", "name": "Mairie"}).status_code == 422
    spot = Spot.objects.get()
    page = desk.get(PAGE).content.decode()
    assert f"affiche-a3-bureau.pdf?lieu={spot.pk}" in page
    assert desk.get(f"{PAGE}affiche-a3-bureau.pdf?lieu={spot.pk}").status_code == 200
    assert desk.get(f"{PAGE}depliant-a5-bureau.pdf?lieu={spot.pk}").status_code == 404
    ScanDay.objects.create(consultation_id=spot.consultation_id, support="a", spot=spot.pk, day="2026-11-01", count=7)
    for _twice in range(2):
        assert desk.post(f"{PAGE}lieux/{spot.pk}/retirer/").status_code == 302
    assert "un lieu retiré" in desk.get(PAGE).content.decode()
    actions = AuditEntry.objects.filter(action__startswith="kit_").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["kit_spot_added", "kit_spot_removed"]


def test_the_page_asks_as_much_whatever_is_put_up(desk: Client) -> None:
    consultation = Consultation.objects.get(is_current=True)
    desk.get(PAGE)
    asked = []
    for count in (2, 10):
        Spot.objects.all().delete()
        Spot.objects.bulk_create(Spot(consultation=consultation, support="a", name=f"Lieu {n}") for n in range(count))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get(PAGE)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_texts_end_with_the_address_of_their_support(desk: Client, in_saran: Municipality) -> None:
    consultation = Consultation.objects.get(is_current=True)
    page = desk.get(f"{PAGE}textes/").content.decode()
    for tag in ("x", "fb", "ig", "li", "b", "s", "m"):
        assert f"/v/{tag}{consultation.pk}" in page
    consultation.question = "Comment vivre " * 14
    short = texts_of(consultation, in_saran)[0]
    assert short.length <= SHORT_MOST
    assert f"/v/x{consultation.pk}" in short.body


def test_a_consultation_that_has_been_open_for_weeks_does_not_open(in_saran: Municipality) -> None:
    consultation = Consultation.objects.get(is_current=True)
    for days, said in ((1, "Saran ouvre une consultation"), (30, "Saran vous consulte")):
        consultation.opened_at = timezone.now() - timedelta(days=days)
        with translation.override("fr"):
            texts = texts_of(consultation, in_saran)
        [text] = [each.body for each in texts if f"/v/li{consultation.pk}" in each.body]
        assert text.startswith(said)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_the_size_that_its_network_asks_for(desk: Client, name: str) -> None:
    answer = desk.get(f"{PAGE}images/{name}.png")
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (PICTURES[name].width, PICTURES[name].height)
    assert desk.get(f"{PAGE}images/autre.png").status_code == 404


def test_slides_have_a_page_for_each_challenge(desk: Client) -> None:
    consultation = Consultation.objects.get(is_current=True)
    pages = PdfReader(BytesIO(desk.get(f"{PAGE}diaporama-projeter.pdf").content)).pages
    page = desk.get(PAGE).content.decode()
    row = page.partition("diaporama-projeter.pdf")[2].partition("</ul>")[0]
    assert "Pour projeter" in row
    assert "Pour nos imprimantes" not in row
    questions = [each.extract_text() for each in pages]
    for challenge in consultation.challenges.all():
        first_words = challenge.question.split()[0]
        assert any(first_words in each for each in questions)
    assert len(pages) > consultation.challenges.count()
