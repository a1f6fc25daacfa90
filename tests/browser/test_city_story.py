"""A city signs up and comes in; operators come in by their second factor, or by a link from the shell."""

import re
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.services import appoint
from tenants.models import Municipality
from tenants.verification import requests
from tests.browser.conftest import DESKTOP, Live
from tests.browser.people import follow, give_address_and_code, go, set_up_the_app
from tests.processes import ROOT, environment

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_city_signs_up_and_enters(live: Live, open_page: Callable[..., Page], javascript: bool) -> None:
    name, slug = ("Ingré", "ingre") if javascript else ("Ormes", "ormes")
    # Without JavaScript, from a mailbox that says nothing of the town.
    email = f"dgs@ville-{slug}.fr" if javascript else f"mairie.{slug}@wanadoo.fr"
    page = open_page(DESKTOP, javascript=javascript)
    sign_up(page, live, name=name, slug=slug, email=email, javascript=javascript)

    link = re.search(rf"{re.escape(live.public)}/inscription/confirmer/\S+", live.inbox.take(email))
    assert link
    page.goto(link[0])
    expect(page.get_by_text(f"{slug}.territoires.localhost").first).to_be_visible()
    go(page, "Démarrer ma plateforme")
    expect(page.get_by_role("list", name="Les six étapes")).to_be_visible()
    # Nobody reloads: the page follows by itself.
    expect(page.get_by_role("heading", level=1)).to_have_text(f"La plateforme d’{name} est prête", timeout=60_000)

    go(page, "Entrer dans ma plateforme")
    expect(page).to_have_url(re.compile(rf"^{re.escape(live.city(slug))}/connexion/entrer/"))
    go(page, "Entrer")
    expect(page).to_have_url(live.city(slug) + "/gestion/")
    expect(page.get_by_text("Avant d’ouvrir", exact=True)).to_be_visible()
    # What the sign-up said is there: the colour, five challenges of six.
    expect(page.locator('link[href="/couleurs/c0392b.css"]')).to_have_count(1)
    expect(page.get_by_text("Comment travailler près de chez soi")).to_have_count(0)

    to_open(page, live.city(slug))
    fill_the_consultation_in(page)
    expect(page.get_by_text("Votre consultation est enregistrée.")).to_be_visible()
    meet_the_other_conditions(page, live.city(slug))
    # An operator has looked at the one; the other waits, and the page says so.
    if javascript:
        verify(slug)
        page.reload()
    verified = page.locator(".worklist--checks li.is-done", has_text="représentez la collectivité")
    expect(verified).to_have_count(1 if javascript else 0)

    visitor = open_page(javascript=javascript)
    assert status(visitor, live.city(slug) + "/propositions/") == 404
    if javascript:
        # Verified: everything holds. Opening asks for the second factor, and goes on where it was.
        go(page, "Ouvrir à tout le monde")
        set_up_the_app(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est bien vous")
        go(page, "Le faire maintenant")
        expect(page.get_by_text("Votre plateforme est ouverte")).to_be_in_viewport()
        expect(page.locator("#messages")).to_be_focused()
        assert status(visitor, live.city(slug) + "/propositions/") == 200
        assert visitor.goto(live.city(slug) + "/mentions-legales/")
        expect(visitor.locator("mark")).to_have_count(0)
    else:
        expect(page.get_by_role("button", name="Ouvrir à tout le monde")).to_have_count(0)
        # The team is behind the second factor, which needs no JavaScript.
        go(page, "Équipe")
        set_up_the_app(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre équipe")


def verify(slug: str) -> None:
    operator = appoint(email="verifications@example.org", role=Role.OPERATOR, actor=None)
    city = Municipality.objects.get(slug=slug)
    requests.accept(municipality=city, operator=operator, at=timezone.now())


def sign_up(page: Page, live: Live, *, name: str, slug: str, email: str, javascript: bool) -> None:
    # 1. From the landing page.
    page.goto(live.public)
    page.get_by_role("searchbox").fill(name[:-1] if javascript else f"{name} 45")
    if not javascript:
        with page.expect_navigation():
            page.get_by_role("searchbox").press("Enter")
    follow(page.locator(".town-results li", has_text="Loiret").get_by_role("link", name=name, exact=True))
    go(page, f"C’est bien {name}")
    # 2. Refused: something is missing, what was typed is still there.
    page.get_by_label("Votre nom").fill("Camille Martin")
    go(page, "Continuer")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Votre nom")).to_have_value("Camille Martin")
    page.get_by_label("Votre fonction").fill("Directrice générale des services")
    page.get_by_label("Votre adresse électronique professionnelle").fill(email)
    page.get_by_role("checkbox").check()
    go(page, "Continuer")
    # 3. One challenge less, another one first; the preview follows.
    page.get_by_label("Travail", exact=True).uncheck()
    if javascript:
        expect(page.locator('[data-preview-of="travail"]')).to_be_hidden()
    page.get_by_role("button", name="Citoyenneté : plus haut").click()
    expect(page.locator(".challenge-choice li").nth(1)).to_contain_text("Citoyenneté")
    expect(page.get_by_label("Travail", exact=True)).not_to_be_checked()
    follow(page.locator("form").get_by_role("button", name="Continuer").last)
    # 4. An address that is taken, then one that is proposed or one's own.
    expect(page.get_by_label("Adresse de votre plateforme")).to_have_value(slug)
    page.get_by_label("Adresse de votre plateforme").fill("saran")
    page.locator("#id_colour").fill("#c0392b")
    follow(page.locator("form").get_by_role("button", name="Continuer").last)
    expect(page.get_by_role("button", name="saran-45")).to_be_visible()
    page.get_by_label("Adresse de votre plateforme").fill(slug)
    follow(page.locator("form").get_by_role("button", name="Continuer").last)
    # 5. Read through, and off.
    expect(page.get_by_text("30 jours, sans carte")).to_be_visible()
    expect(page.get_by_text("Écologie, Citoyenneté, Solidarité, Santé, Société")).to_be_visible()
    go(page, "Recevoir mon lien")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez vos courriels")
    expect(page.get_by_text(email)).to_be_visible()


def fill_the_consultation_in(page: Page) -> None:
    go(page, "Compléter")
    page.get_by_label("Qui décide").fill("Le conseil municipal")
    page.get_by_label("Ce que deviendront les réponses").fill("Une réponse à chaque proposition, dans les trois mois.")
    page.get_by_label("Qui peut répondre").fill("Toute personne qui vit ou travaille ici.")
    page.get_by_label("Les personnes chargées de l’administration et de l’animation").check()
    page.get_by_label("Adresse de contact").fill("participation@ingre.example")
    year = time.gmtime().tm_year + 1
    page.locator("#id_opens_at").fill(f"{year}-03-01T08:00")
    page.locator("#id_closes_at").fill(f"{year}-04-15T20:00")
    go(page, "Enregistrer")


def meet_the_other_conditions(page: Page, city: str) -> None:
    """Each from the page that lists them, by the link that mends it."""
    to_open(page, city)
    edit(page, "Dire ce qu’il faut lire")
    go(page, "Il n’y a pas de document")
    expect(page.get_by_text("Vous avez dit qu’il n’y a rien d’autre à lire")).to_be_visible()

    to_open(page, city)
    edit(page, "Valider au moins un défi")
    follow(page.get_by_role("link", name="Comment se soigner"))
    go(page, "Valider pour")
    expect(page.get_by_text("Ce défi est validé.", exact=True)).to_be_visible()

    to_open(page, city)
    edit(page, "Compléter les mentions légales et « Vos données »")
    page.get_by_label("Adresse postale").fill("1 place de la Mairie, 45140 Ingré")
    page.get_by_label("Téléphone").fill("02 38 00 00 00")
    page.get_by_label("Direction de la publication").fill("Camille Martin, maire")
    page.get_by_label("Déléguée ou délégué").fill("Le centre de gestion")
    page.get_by_label("Comment joindre cette personne").fill("dpd@example.org")
    go(page, "Enregistrer")
    expect(page.get_by_text("Vos mentions sont à jour.")).to_be_visible()
    expect(page.get_by_text("complète", exact=True)).to_have_count(4)
    to_open(page, city)


def to_open(page: Page, city: str) -> None:
    page.goto(city + "/gestion/")
    follow(page.get_by_role("main").get_by_role("link", name="Prêt à ouvrir ?").first)


def edit(page: Page, condition: str) -> None:
    follow(page.locator(".worklist--checks li", has_text=condition).get_by_role("link", name="Compléter"))


def status(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer
    return answer.status


def test_an_operator_needs_a_second_factor(live: Live, open_page: Callable[..., Page]) -> None:
    email = "operations@example.org"
    with schema_context("public"):
        appoint(email=email, role=Role.OPERATOR, actor=None)
    page = open_page(DESKTOP)
    page.goto(live.public + "/ops/")
    give_address_and_code(page, live, email)
    # No way further without setting one up.
    recovery = set_up_the_app(page)[0]
    assert "Une application d’authentification a été ajoutée" in live.inbox.take(email)
    expect(page.get_by_role("row", name="Saran")).to_be_visible()

    later = open_page(DESKTOP)
    later.goto(live.public + "/ops/")
    give_address_and_code(later, live, email)
    expect(later.get_by_role("heading", level=1)).to_have_text("Double vérification")
    later.get_by_label("Les six chiffres").fill("000000")
    go(later, "Entrer")
    expect(later.locator(".field-errors")).to_be_visible()
    later.get_by_label("Les six chiffres").fill(recovery)
    go(later, "Entrer")
    expect(later).to_have_url(live.public + "/ops/")


@pytest.mark.parametrize(
    ("arguments", "lands_on"),
    [
        (["--city", "saran", "--email", "maire@saran.example"], "/gestion/"),
        (["--ops", "--email", "astreinte@example.org"], "/compte/securite/?next=/ops/"),
    ],
    ids=["city", "operators"],
)
def test_a_link_from_the_shell_lets_in_once(
    live: Live, open_page: Callable[..., Page], arguments: list[str], lands_on: str
) -> None:
    link = subprocess.run(
        [sys.executable, "manage.py", "login_link", *arguments],
        cwd=ROOT,
        env=environment(PUBLIC_BASE_URL=live.public),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    page = open_page(DESKTOP)
    page.goto(link)
    go(page, "Entrer")
    expect(page).to_have_url(re.compile(rf":{live.port}{re.escape(lands_on)}$"))
    another = open_page(DESKTOP)
    answer = another.goto(link)
    assert answer
    assert answer.status == 410
