"""A passkey, with the authenticator that Chromium can play: added by a tired secretary, asked for at the next sign-in."""

from collections.abc import Callable

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.services import appoint
from tenants.models import Municipality
from tests.browser.conftest import DESKTOP, Live
from tests.browser.people import give_address_and_code, go, press

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def test_a_passkey_is_added_and_opens_the_desk_at_the_next_signing_in(
    live: Live, open_page: Callable[..., Page]
) -> None:
    email = "secretariat@saran.example"
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        appoint(email=email, role=Role.ADMINISTRATOR, actor=None)
    page = open_page(DESKTOP)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    team = live.city("saran") + "/gestion/equipe/"

    page.goto(team)
    give_address_and_code(page, live, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sécurité de votre compte")
    go(page, "Ajouter une clé d’accès")
    page.get_by_label("Un nom, pour la reconnaître").fill("L’ordinateur de l’accueil")
    go(page, "Créer la clé d’accès")
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
    expect(page.locator(".recovery-codes code")).to_have_count(10)
    press(page, "Copier")
    go(page, "Je les ai gardés")
    expect(page).to_have_url(team)
    assert "Une clé d’accès a été ajoutée" in live.inbox.take(email)

    page.goto(live.city("saran") + "/compte/securite/")
    expect(page.get_by_role("heading", name="Clé d’accès « L’ordinateur de l’accueil »")).to_be_visible()
    page.goto(live.city("saran") + "/compte/")
    go(page, "Se déconnecter")
    page.goto(team)
    give_address_and_code(page, live, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Double vérification")
    # A code of nothing is refused, the passkey is taken.
    page.get_by_label("Un code de secours").fill("00000000")
    go(page, "Entrer")
    expect(page.locator(".field-errors")).to_be_visible()
    go(page, "Utiliser ma clé d’accès")
    expect(page).to_have_url(team)


def test_whoever_gives_up_is_told_and_may_try_again(live: Live, open_page: Callable[..., Page]) -> None:
    email = "accueil@saran.example"
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        appoint(email=email, role=Role.MODERATOR, actor=None)
    page = open_page(DESKTOP)
    page.add_init_script("navigator.credentials.create = () => Promise.reject(new Error('given up'))")
    page.goto(live.city("saran") + "/connexion/?next=/compte/securite/cle/")
    give_address_and_code(page, live, email)
    problem = page.get_by_role("alert").filter(has_text="vous avez annulé")
    expect(problem).to_be_hidden()
    press(page, "Créer la clé d’accès")
    expect(problem).to_be_visible()


def test_without_javascript_the_page_says_so_and_leads_to_the_app(live: Live, open_page: Callable[..., Page]) -> None:
    email = "sans.script@saran.example"
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        appoint(email=email, role=Role.MODERATOR, actor=None)
    page = open_page(DESKTOP, javascript=False)
    page.goto(live.city("saran") + "/connexion/?next=/compte/securite/cle/")
    give_address_and_code(page, live, email)
    expect(page.get_by_text("Ce navigateur n’a pas de clés d’accès")).to_be_visible()
    expect(page.get_by_role("button", name="Créer la clé d’accès")).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    go(page, "Plutôt une application")
    expect(page.get_by_role("img", name="QR")).to_be_visible()
