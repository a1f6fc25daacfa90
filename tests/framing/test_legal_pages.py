"""The four legal pages are made from the city's data; what is missing is marked in them, and listed, never invented."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.meanwhile import ChangedMeanwhile
from consultations.framing.checks import host_is_named
from consultations.framing.legal import FACTS, PAGES, Known, placeholders_left
from consultations.framing.models import Consultation, LegalIdentity
from consultations.framing.selectors import legal_identity
from consultations.framing.services.legal import update_legal_identity
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.factories import LEGAL
from tests.support.pages import error_codes


def marks(visit: Callable[..., Client], city: Municipality) -> dict[str, list[str]]:
    pages = {name: visit(city, stays=True).get(reverse(name)).content.decode() for name in PAGES}
    return {name: re.findall(r"<mark>(.*?)</mark>", page) for name, page in pages.items()}


def listed(city: Municipality) -> list[Any]:
    return placeholders_left(Known(city, legal_identity(), Consultation.objects.first()))


def test_a_city_that_said_everything_has_no_placeholder(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    assert listed(in_saran) == []
    assert marks(visit, in_saran) == {name: [] for name in PAGES}
    notices = visit(in_saran, stays=True).get("/mentions-legales/").content.decode()
    for words in (
        "214\u00a0503\u00a0021",
        "17\u202f316 habitants",
        "1 place de la Mairie",
        "02 38 00 00 00",
        "Camille Martin, maire",
        "127.0.0.1",
    ):
        assert words in notices
    assert "centre de gestion" in visit(in_saran, stays=True).get("/donnees-personnelles/").content.decode()


def test_what_pages_mark_is_exactly_what_the_list_says(
    in_saran: Municipality, visit: Callable[..., Client], settings: LazySettings
) -> None:
    settings.LEGAL_HOST_PHONE = ""
    LegalIdentity.objects.all().delete()
    Consultation.objects.update(decision_maker="", who_may_answer="", commitment="", contact_email="")
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(authority_code="", siren="")
        in_saran.refresh_from_db()
    left = listed(in_saran)
    assert {each.name for each in left} == set(FACTS)
    shown = marks(visit, in_saran)
    for page in PAGES:
        assert set(shown[page]) == {each.label for each in left if page in each.pages}
    # Only the service can say which host it uses and which authority this is.
    assert {each.name for each in left if not each.url_name} == {"host", "identifier"}


@pytest.mark.parametrize("name", ["postal_address", "phone", "director", "data_officer", "data_officer_contact"])
def test_each_field_mends_its_placeholder(in_saran: Municipality, visit: Callable[..., Client], name: str) -> None:
    LegalIdentity.objects.update(**{name: ""})
    (left,) = listed(in_saran)
    assert left.name == name
    assert left.url_name == "desk_legal"
    client = visit(in_saran, UserFactory(administrator=True), stays=True)
    page = client.get("/gestion/mentions/").content.decode()
    assert left.label.capitalize()[:20] in page
    client.post("/gestion/mentions/", {**LEGAL, "revision": legal_identity().revision})
    assert listed(in_saran) == []


def test_what_is_typed_is_shown_as_text(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    LegalIdentity.objects.update(director="<script>alert(1)</script>")
    assert "<script>alert" not in visit(in_saran, stays=True).get("/mentions-legales/").content.decode()


def test_a_bad_telephone_is_refused_and_nothing_is_lost(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    client = visit(in_saran, UserFactory(administrator=True), stays=True)
    given = {**LEGAL, "phone": "appelez-nous", "director": "Une autre personne", "revision": 1}
    answer = client.post("/gestion/mentions/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert error_codes(answer, "phone") == ["invalid"]
    assert "Une autre personne" in page
    assert legal_identity().director == LEGAL["director"]


@pytest.mark.parametrize("name", ["postal_address", "phone", "director", "data_officer", "data_officer_contact"])
def test_what_the_public_reads_is_not_emptied_once_the_platform_is_open(
    in_saran: Municipality, visit: Callable[..., Client], name: str
) -> None:
    client = visit(in_saran, UserFactory(administrator=True), stays=True)
    given = {**LEGAL, name: "", "help_place": "", "revision": legal_identity().revision}
    answer = client.post("/gestion/mentions/", given)
    assert (answer.status_code, error_codes(answer, name)) == (422, ["required"])
    assert getattr(legal_identity(), name) == LEGAL[name]


def test_of_two_editors_the_second_sees_what_the_first_wrote(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    seen = legal_identity().revision
    client = visit(in_saran, UserFactory(administrator=True), stays=True)
    client.post("/gestion/mentions/", {**LEGAL, "director": "Première personne", "revision": seen})
    answer = client.post("/gestion/mentions/", {**LEGAL, "director": "Seconde personne", "revision": seen})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Première personne" in page
    assert "Seconde personne" in page
    assert legal_identity().director == "Première personne"
    again = {**LEGAL, "director": "Seconde personne", "revision": seen + 1}
    assert f'name="revision" value="{seen + 1}"' in page
    assert client.post("/gestion/mentions/", again).status_code == 302
    assert legal_identity().director == "Seconde personne"


def test_the_same_form_sent_twice_is_one_change(in_saran: Municipality) -> None:
    seen = legal_identity().revision
    for _time in range(2):
        update_legal_identity(
            actor=None, revision=seen, at=timezone.now(), **{**LEGAL, "director": "Une autre personne"}
        )
    assert legal_identity().revision == seen + 1
    assert AuditEntry.objects.filter(action="legal_identity_updated").count() == 2  # the fixture's, and this one
    with pytest.raises(ChangedMeanwhile, match="saved_meanwhile"):
        update_legal_identity(actor=None, revision=seen, at=timezone.now(), director="Encore une autre")


def test_without_an_audit_every_page_says_not_compliant(
    in_saran: Municipality, visit: Callable[..., Client], settings: LazySettings
) -> None:
    page = visit(in_saran, stays=True).get("/accessibilite/").content.decode()
    assert page.count("Accessibilité\u00a0: non conforme") == 2  # the statement and the foot of the page
    assert "aucun audit" in page
    settings.ACCESSIBILITY_AUDIT_BY, settings.ACCESSIBILITY_AUDIT_RATE = "Un cabinet", 82
    settings.ACCESSIBILITY_AUDIT_FINDINGS = ["Un contraste trop faible dans un graphique"]
    visitor = visit(in_saran, stays=True)
    with schema_context(in_saran.schema_name):
        assert "Vous pouvez aussi participer" not in page
        LegalIdentity.objects.update(help_place="À l’accueil")  # another content revision: no kept page
    page = visitor.get("/accessibilite/").content.decode()
    assert "Vous pouvez aussi participer sans le site : À l’accueil." in page
    assert "partiellement conforme" in page
    assert "82\u00a0%" in page
    assert "contraste trop faible" in page


def test_a_city_shows_only_its_own_identity(
    in_saran: Municipality, brest: Municipality, visit: Callable[..., Client]
) -> None:
    LegalIdentity.objects.update(director="Personne de Saran")
    assert "Personne de Saran" in visit(in_saran, stays=True).get("/mentions-legales/").content.decode()
    assert "Personne de Saran" not in visit(brest, stays=True).get("/mentions-legales/").content.decode()


def test_the_deploy_check_asks_for_the_host(settings: LazySettings) -> None:
    assert host_is_named(None) == []
    settings.LEGAL_HOST_ADDRESS = ""
    (warning,) = host_is_named(None)
    assert "LEGAL_HOST_ADDRESS" in warning.msg
