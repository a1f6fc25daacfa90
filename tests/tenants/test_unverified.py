"""A city that nobody has verified yet: strangers see neither whose it says it is nor its look; its team sees it all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from accounts.enums import Role
from consultations.framing.models import Consultation
from tenants.models import Municipality

LEGAL = ["/mentions-legales/", "/donnees-personnelles/", "/charte/", "/accessibilite/"]


@pytest.fixture
def unverified(saran: Municipality) -> Municipality:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None, opened_at=None, colour="#aa2211")
    return Municipality.objects.get(pk=saran.pk)


@pytest.mark.parametrize("path", ["/", "/propositions/", "/mode-d-emploi/", "/defis/ecologie/proposer/", *LEGAL])
@pytest.mark.parametrize("who", ["visitor", Role.PARTICIPANT])
def test_strangers_read_one_neutral_page(
    visit: Callable[..., Client], unverified: Municipality, person: Any, who: str, path: str
) -> None:
    client = visit(unverified, None if who == "visitor" else person())
    answer = client.get(path)
    page = answer.content.decode()
    assert "Une plateforme est en préparation à cette adresse." in page
    assert answer.status_code == (200 if path == "/" else 404)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page
    assert "Saran" not in page
    assert "aa2211" not in page
    assert client.post(path, {"text": "x"}).status_code in (200, 404)


def test_its_door_has_no_face_either(visit: Callable[..., Client], unverified: Municipality) -> None:
    client = visit(unverified)
    door = client.get("/connexion/")
    page = door.content.decode()
    assert door.status_code == 200
    with schema_context(unverified.schema_name):
        title = Consultation.objects.get(is_current=True).title
    for told in ("Saran", title, "aa2211", "/logo/", "mentions-legales", "demande votre avis", "mode-d-emploi"):
        assert told not in page, told
    assert "/connexion/" in client.get("/gestion/").headers["Location"]


@pytest.mark.parametrize("path", LEGAL)
def test_its_team_reads_the_legal_pages_as_drafts(
    visit: Callable[..., Client], unverified: Municipality, person: Any, path: str
) -> None:
    page = visit(unverified, person(administrator=True)).get(path).content.decode()
    assert "Un brouillon" in page
    assert "Saran" in page


@pytest.mark.parametrize("path", LEGAL)
def test_before_opening_nobody_reads_a_legal_page_with_an_empty_slot(
    visit: Callable[..., Client], unverified: Municipality, person: Any, settings: Any, path: str
) -> None:
    settings.LEGAL_HOST_PHONE = ""
    Municipality.objects.filter(pk=unverified.pk).update(verified_at="2026-11-01T08:00Z")
    page = visit(unverified).get(path).content.decode()
    assert "<mark>" not in page
    assert "demande votre avis" not in page
    team = visit(unverified, person(administrator=True)).get(path)
    assert ("<mark>" in team.content.decode()) is team.context["is_draft"]


def test_a_kept_page_is_not_served_once_its_city_is_no_longer_verified(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    before = Municipality.objects.get(pk=saran.pk).cache_state
    assert visit(saran).get("/").headers["X-Cache"] in ("hit", "miss")
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    assert Municipality.objects.get(pk=saran.pk).cache_state != before
    assert "Saran" not in visit(saran).get("/").content.decode()
