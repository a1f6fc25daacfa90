"""The menu leads to the settings, and from there to one's team: on a telephone, with the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.models import User
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import PHONE, Live
from tests.browser.measures import LEAST, small_targets, with_large_text
from tests.browser.people import come_in
from tests.browser.test_moderation_story import clean
from tests.browser.test_resident_story import both_ways

pytestmark = pytest.mark.browser
SAID = "Chargée de mission participation"


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """As somebody without a mouse goes there; what has the focus is in sight."""
    for _step in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and " ".join((focused.text_content() or "").split()).startswith(words):
            expect(focused).to_be_in_viewport()
            return
    raise AssertionError(f"{words}: not reached with the keyboard")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


@both_ways
def test_an_administrator_says_the_function_of_a_colleague(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        boss = UserFactory(administrator=True, public_name=f"Élise Morin {javascript}")
    page = open_page(PHONE, javascript=javascript)
    come_in(page, site, visit(saran, boss))
    page.goto(f"{site}/gestion/")
    menu = page.get_by_role("navigation", name="Bureau de l’équipe")
    expect(menu).to_be_hidden()
    tab_to(page, "Menu")
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("list", name="Plateforme")).to_contain_text("Réglages")
    expect(menu.locator("[aria-current=page]")).to_have_text("Cette semaine")
    clean(page)
    if javascript:
        assert with_large_text(page) + small_targets(page, LEAST) == []
    tab_to(page, "Réglages")
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Réglages")
    clean(page)
    tab_to(page, "Équipe")
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre équipe")

    tab_to(page, f"Modifier, {boss.email}", most=200)
    page.keyboard.press("Enter")
    page.locator(f"#id_{boss.pk}_function").focus()
    page.keyboard.type(SAID)
    enter(page)
    expect(page.get_by_text("La fonction est enregistrée")).to_be_visible()
    expect(page.locator(".work-item", has_text=boss.email).locator("dl")).to_contain_text(SAID)
    clean(page)
    with schema_context(saran.schema_name):
        assert User.objects.get(pk=boss.pk).function == SAID
    page.goto(f"{site}/compte/")
    tab_to(page, "Modifier votre fonction")
    enter(page)
    clean(page)
    expect(page.get_by_label("Fonction")).to_have_value(SAID)
    page.get_by_label("Fonction").fill("x" * 61)
    page.get_by_label("Fonction").focus()
    enter(page)
    expect(page.get_by_role("alert")).to_contain_text("60 signes au plus")
    clean(page)
