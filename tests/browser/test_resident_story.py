"""On a phone, with JavaScript and without: someone proposes, someone else reacts and argues."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live
from tests.browser.people import follow, give_address_and_code, go, introduce_oneself, press

pytestmark = pytest.mark.browser

TITLE = "Des bancs à l’ombre sur le chemin de l’école"
SOLUTION = "Poser douze bancs sous les tilleuls, entre la gare et l’école, avec les services techniques."
PROBLEM = "Les personnes âgées ne trouvent nulle part où s’asseoir ; en été le trajet devient trop long."
BENEFIT = "Chacun pourra venir à pied, se reposer, et parler avec ses voisins en chemin."
BEFORE_SIGNING_IN = "Ma mère a quatre-vingts ans : avec un banc à mi-chemin, elle irait seule au marché."
AGAINST = "Des bancs près de la gare feront du bruit le soir ; il faudrait en parler aux riverains."


def both_ways(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])(test)


@both_ways
def test_a_proposal_is_written_signed_argued(live: Live, open_page: Callable[..., Page], javascript: bool) -> None:
    someone = "avec" if javascript else "sans"
    author = open_page(javascript=javascript)
    write_a_proposal(author, live, autosaves=javascript)
    give_address_and_code(author, live, f"auteur-{someone}@example.org")
    introduce_oneself(author, f"Auteur {someone}")
    expect(author.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(author.get_by_text("Votre proposition est publiée.")).to_be_in_viewport()
    expect(author.get_by_role("heading", name="C’est votre proposition")).to_be_visible()
    expect(author.get_by_text(f"Auteur {someone}").first).to_be_visible()
    address = author.url

    reader = open_page(javascript=javascript)
    reader.goto(address)
    expect(reader.get_by_text(SOLUTION)).to_be_visible()
    argue_before_signing_in(reader)
    give_address_and_code(reader, live, f"lectrice-{someone}@example.org")
    introduce_oneself(reader, f"Lectrice {someone}")
    expect(in_column(reader, "Pour", BEFORE_SIGNING_IN)).to_be_visible()
    expect(reader.get_by_text("Votre argument est publié.")).to_be_in_viewport()  # where the argument stands

    react(reader, in_place=javascript)
    argue_against(reader)
    expect(in_column(reader, "Contre", AGAINST)).to_be_visible()
    expect(reader.get_by_text("Votre argument est publié.")).to_be_visible()

    author.reload()
    expect(author.get_by_role("heading", name="2 arguments")).to_be_visible()


def write_a_proposal(page: Page, live: Live, *, autosaves: bool) -> None:
    page.goto(live.city("saran"))
    press(page, "Choisir un défi")
    follow(page.locator("#defis").get_by_role("link").first)
    go(page, "Proposer une solution")
    page.get_by_label("Quelle est votre solution").fill("Des bancs")
    if autosaves:
        expect(page.get_by_text("Brouillon gardé à l’instant")).to_be_visible()
        expect(page).to_have_url(re.compile("/brouillons/"))
        # The counter and the server count alike.
        expect(page.locator(".counter")).to_have_text(re.compile("^9 · "))
    go(page, "Continuer")
    # Too short: a sentence at the field, and what was typed.
    expect(page.locator(".field-errors")).to_contain_text("Ajoutez 21 signes")
    expect(page.get_by_label("Quelle est votre solution")).to_have_value("Des bancs")
    for question, answer in {"solution": SOLUTION, "problème": PROBLEM, "bénéfice": BENEFIT}.items():
        page.get_by_label(re.compile(rf"^Que.*{question}")).fill(answer)
        go(page, "Continuer")
    page.get_by_label("Quel titre la résume").fill(TITLE)
    go(page, "Relire")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    for text in (SOLUTION, PROBLEM, BENEFIT):
        expect(page.get_by_text(text)).to_be_visible()
    go(page, "Publier ma proposition")
    expect(page.get_by_text("Ce que vous venez de faire est gardé.")).to_be_visible()


def argue_before_signing_in(page: Page) -> None:
    press(page, "Donner un argument")
    page.get_by_label("Votre argument").fill(BEFORE_SIGNING_IN)
    press(page, "Publier mon argument")
    # The stance is missing: nothing typed is lost.
    expect(page.locator(".field-errors").first).to_be_visible()
    expect(page.get_by_label("Votre argument")).to_have_value(BEFORE_SIGNING_IN)
    page.locator(".chip").get_by_text("pour", exact=True).click()
    press(page, "Publier mon argument")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


def react(page: Page, *, in_place: bool) -> None:
    page.evaluate("window.stayed = true")
    press(page, "Je n’aime pas")
    expect(page.get_by_text("C’est compté")).to_be_visible()
    if in_place:  # whoever has argued already is not asked again, but may
        press(page, "Dire pourquoi")
    expect(page.get_by_role("heading", name="Dites pourquoi, en une phrase ou deux")).to_be_visible()
    expect(page.get_by_role("button", name="Je n’aime pas")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("Boolean(window.stayed)") is in_place


def argue_against(page: Page) -> None:
    # The reaction has chosen the stance.
    expect(page.get_by_role("radio", name="contre", exact=True)).to_be_checked()
    page.get_by_label("Votre argument").fill(AGAINST)
    press(page, "Publier mon argument")


def in_column(page: Page, name: str, text: str) -> Locator:
    return page.get_by_role("region", name=re.compile(rf"^\W*{name}")).get_by_text(text)
