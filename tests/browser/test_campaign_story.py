"""A campaign: written at the desk, looked at as one of those who get it, sent by a real worker, stopped by its link."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.animation.services.waking import QUEUE
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import agreeing
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.processes import eventually, worker

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_campaign_from_its_group_to_its_results(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    name = f"Alouette {javascript}"
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
        reader = agreeing(public_name=name)

    desk = open_page(DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, facilitator))
    desk.goto(f"{site}/gestion/campagnes/")
    clean(desk)
    go(desk, "Préparer une campagne")
    desk.get_by_label("À qui").select_option(value="everybody:")
    desk.get_by_label("Objet").fill(f"Rencontre publique {javascript}")
    desk.get_by_label("Message").fill("{bonjour}\n\nVenez samedi à dix heures, {prenom}.\n\n{lien}")
    go(desk, "Enregistrer, et voir qui la reçoit")
    expect(desk.get_by_text("n’est remplacé par rien").first).to_be_visible()
    desk.get_by_label("Message").fill("{bonjour}\n\nVenez samedi à dix heures, à la bibliothèque.\n\n{lien}")
    go(desk, "Enregistrer, et voir qui la reçoit")
    clean(desk)
    page = desk.url
    go(desk, "voir la liste")
    expect(desk.get_by_text(name)).to_be_visible()
    clean(desk)
    desk.goto(page)
    go(desk, "Voir l’aperçu")
    clean(desk)
    desk.goto(page)
    go(desk, "Envoyer à")
    expect(desk.get_by_text("Elle part.")).to_be_visible()
    with worker(queue=QUEUE, threads=2, EMAIL_URL=live.inbox.url, PUBLIC_BASE_URL=live.public):
        text = live.inbox.take(reader.email)
        assert f"Bonjour {name}," in text

        def is_over() -> bool:
            desk.goto(page)
            return desk.get_by_text("Envoyée").first.is_visible()

        assert eventually(is_over)
    clean(desk)

    link = re.search(r"https?://\S+/desabonnement/messages/\S+", text)
    assert link
    phone = open_page(PHONE, javascript=javascript)
    phone.goto(link[0])
    clean(phone)
    go(phone, "Arrêter ces messages")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Plus de ces messages")
    clean(phone)

    def is_counted() -> bool:
        desk.goto(page)
        return (
            desk.locator("dt", has_text="Désinscriptions par le lien du message")
            .locator("xpath=../dd")
            .inner_text()
            .strip()
            == "1"
        )

    assert eventually(is_counted)
