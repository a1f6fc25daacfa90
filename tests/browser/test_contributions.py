"""The list of contributions at the desk: filtered and taken along, from the keyboard, on a telephone."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.axe import findings
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_contributions_are_filtered_and_taken_along_without_a_mouse(
    size: tuple[int, int], open_page: Callable[..., Page], live: Live, visit: Callable[..., Client]
) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
    page = open_page(size)
    come_in(page, live.city("saran"), visit(saran, facilitator))
    page.goto(live.city("saran") + "/gestion/contributions/")
    page.get_by_label("Mots ou nom public").fill("ombre")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    found = page.locator("tbody tr")
    expect(page.get_by_role("link", name="« ombre »")).to_be_visible()
    before = found.count()
    if size == PHONE:
        page.get_by_text("Filtrer : quoi, défi, état").focus()
        if not page.get_by_label("Quoi").is_visible():
            page.keyboard.press("Enter")
    page.get_by_label("Quoi").select_option("PROPOSAL")
    page.get_by_label("Quoi").press("Tab")
    with page.expect_navigation():
        page.get_by_role("button", name="Trouver").press("Enter")
    assert 0 < found.count() < before
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not findings(page, f"contributions at {size[0]}")
    page.locator(".pick").first.press("Space")
    with page.expect_download() as chosen:
        page.get_by_role("button", name="Exporter").press("Enter")
    assert chosen.value.suggested_filename.endswith(".xlsx")
    with page.expect_download() as everything:
        page.get_by_role("button", name="CSV").press("Enter")
    assert everything.value.path().read_text(encoding="utf-8-sig").count("Proposition;") == found.count()
    follow(page.get_by_role("link", name="Tout effacer"))
    expect(page.locator(".sifted")).to_have_count(0)
