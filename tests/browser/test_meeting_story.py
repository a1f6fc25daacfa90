"""A meeting, from its announcement to its report: signed up for by somebody without an account, by the link of a mail."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.models import Consultation
from consultations.meetings.models import Meeting
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_meeting_from_its_announcement_to_its_report(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    title, email = f"Un atelier {javascript}", f"ada.{javascript}@example.org".lower()
    with schema_context(saran.schema_name):
        facilitator, slug = UserFactory(role=Role.FACILITATOR), Consultation.objects.get(is_current=True).slug
        proposal = ProposalFactory(title=f"Dite à l’atelier {javascript}")

    desk = open_page(DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, facilitator))
    desk.goto(f"{site}/gestion/consultations/{slug}/rendez-vous/")
    go(desk, "Préparer un rendez-vous")
    day = timezone.localtime() + timedelta(days=8)
    desk.get_by_label("Titre").fill(title)
    desk.get_by_label("Début").fill(f"{day:%Y-%m-%d}T18:00")
    desk.get_by_label("Fin").fill(f"{day:%Y-%m-%d}T17:00")
    desk.get_by_label("Lieu").fill("Salle des fêtes")
    desk.get_by_label("Places").fill("1")
    go(desk, "Enregistrer")
    expect(desk.get_by_text("La fin précède le début").first).to_be_visible()
    desk.get_by_label("Fin").fill(f"{day:%Y-%m-%d}T20:00")
    go(desk, "Enregistrer")
    clean(desk)
    go(desk, "Publier")
    clean(desk)
    at_desk = desk.url

    phone = open_page(PHONE, javascript=javascript)
    phone.goto(f"{site}/")
    go(phone, title)
    clean(phone)
    page = phone.url
    phone.get_by_label("Votre nom").fill("Ada Lovelace")
    phone.get_by_label("Votre adresse électronique").fill(email)
    go(phone, "Garder ma place")
    clean(phone)
    link = re.search(r"https?://\S+/rendez-vous/inscription/\S+", live.inbox.take(email))
    assert link
    margins = [phone.get_by_role("heading", level=1).bounding_box()]
    phone.goto(link[0])
    clean(phone)
    margins.append(phone.get_by_role("heading", level=1).bounding_box())
    assert all(each and each["x"] >= 16 for each in margins)
    go(phone, "Confirmer")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Votre place est gardée")
    assert "Salle des fêtes" in live.inbox.take(email)

    with schema_context(saran.schema_name):
        now = timezone.now()
        Meeting.objects.filter(title=title).update(begins_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    desk.goto(at_desk)
    go(desk, "La liste et l’émargement")
    clean(desk)
    go(desk, "Est là")
    expect(desk.get_by_text("est là", exact=True)).to_be_visible()
    desk.goto(at_desk)
    desk.get_by_label("Numéro ou adresse").fill(f"{site}{proposal.get_absolute_url()}")
    go(desk, "Rattacher une proposition")
    go(desk, "Écrire le compte rendu")
    desk.get_by_label("Compte rendu").fill("Une personne est venue, et son idée est saisie ci-dessous.")
    desk.get_by_label("Personnes venues sans s’être inscrites").fill("6")
    go(desk, "Publier le compte rendu")
    clean(desk)

    phone.goto(page)
    expect(phone.get_by_text("7 personnes sont venues")).to_be_visible()
    expect(phone.get_by_text("son idée est saisie")).to_be_visible()
    clean(phone)
    go(phone, proposal.title)
    expect(phone.get_by_text("Faite lors d’un rendez-vous")).to_be_visible()
    assert "son compte rendu est en ligne" in live.inbox.take(email)
