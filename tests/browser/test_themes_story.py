"""The team corrects a theme, and composes a synthesis by keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean

pytestmark = pytest.mark.browser

HERE = "/gestion/consultations/territoires-resilients"
MOVED = "Une carte des rues à l’ombre, heure par heure"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_theme_is_corrected_and_put_back(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        staff = UserFactory(role=Role.FACILITATOR, public_name="Dominique " + ("Roy" if javascript else "Leroy"))
    desk = open_page(DESKTOP if javascript else PHONE, javascript=javascript)
    come_in(desk, site, visit(saran, staff))
    desk.goto(f"{site}{HERE}/themes/")
    clean(desk)
    desk.get_by_role("link", name="De l’ombre et des arbres").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("De l’ombre et des arbres")
    desk.get_by_label("Nom du thème").fill("L’ombre")
    go(desk, "Renommer")
    expect(desk.get_by_role("heading", level=1)).to_have_text("L’ombre")
    # One of its proposals goes to another theme; with nothing ticked, a sentence.
    go(desk, "Déplacer")
    expect(desk.get_by_role("alert")).to_have_text(re.compile("Cochez au moins une proposition"))
    desk.get_by_role("checkbox", name=MOVED).check()
    desk.get_by_label("Les mettre dans").select_option(label="L’eau de pluie")
    go(desk, "Déplacer")
    expect(desk.locator("tbody")).not_to_contain_text(MOVED)
    clean(desk)
    # What was corrected is undone, the last first.
    desk.goto(f"{site}{HERE}/themes/")
    desk.get_by_role("link", name="L’eau de pluie").click()
    expect(desk.locator("tr", has_text=MOVED)).to_contain_text("à la main")
    with desk.expect_navigation():
        desk.locator("li", has_text=MOVED).get_by_role("button").click()
    desk.get_by_role("link", name="L’ombre", exact=True).click()
    expect(desk.locator("tbody")).to_contain_text(MOVED)
    desk.get_by_label("Nom du thème").fill("De l’ombre et des arbres")
    go(desk, "Renommer")


def test_places_are_chosen_moved_and_hidden_by_keyboard(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        staff = UserFactory(role=Role.FACILITATOR, public_name="Claude Martin")
    desk = open_page(DESKTOP)
    come_in(desk, site, visit(saran, staff))
    desk.goto(f"{site}{HERE}/syntheses/ecologie/")
    places = desk.locator(".slot")
    words = [each.inner_text() for each in desk.locator(".slot__text").all()[:2]]
    # In a text field a key is a letter.
    desk.get_by_label("Titre de la synthèse").press("j")
    expect(places.nth(0)).not_to_be_focused()
    desk.get_by_role("heading", level=1).click()
    desk.keyboard.press("j")
    expect(places.nth(0)).to_be_focused()
    desk.keyboard.press("j")
    expect(places.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    desk.keyboard.press("2")
    expect(places.nth(0).get_by_role("radio").nth(1)).to_be_checked()
    desk.keyboard.press("1")
    for key, first in (("Alt+ArrowDown", words[1]), ("Alt+ArrowUp", words[0])):
        with desk.expect_navigation():
            desk.keyboard.press(key)
        expect(desk.locator(".slot__text").first).to_have_text(first)
        expect(desk.locator(".slot:focus .slot__text")).to_have_text(words[0])
    with desk.expect_navigation():
        desk.keyboard.press("m")
    expect(desk.locator(".slot.is-hidden .slot__text")).to_have_text(words[0])
    with desk.expect_navigation():
        desk.keyboard.press("m")
    expect(desk.locator(".slot.is-hidden")).to_have_count(0)
    # Nobody wants them on this device.
    desk.keyboard.press("?")
    desk.get_by_label("Désactiver les touches sur cet appareil").check()
    desk.keyboard.press("j")
    expect(desk.locator(".slot:focus")).to_have_count(0)
    desk.get_by_label("Désactiver les touches sur cet appareil").uncheck()
    clean(desk)
