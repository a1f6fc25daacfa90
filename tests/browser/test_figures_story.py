"""The team enters the population, has everybody read the figures; a resident reads a chart by keyboard, in its table."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.analysis.models import Dashboard, Population
from consultations.analysis.services.figures import count_figures
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean

pytestmark = pytest.mark.browser

PAGE = "/consultations/territoires-resilients/chiffres/"
AGES = {"moins de 18": 100, "de 18 à 24": 100, "de 25 à 39": 200, "de 40 à 59": 300, "de 60 à 74": 200, "75 ans": 100}


def test_who_is_missing_is_read_by_everybody(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        Population.objects.all().delete()
        Dashboard.objects.all().delete()
        count_figures(at=timezone.now())
        team = UserFactory(role=Role.FACILITATOR, public_name="Nadia")
    desk = open_page(DESKTOP)
    come_in(desk, site, visit(saran, team))
    desk.goto(f"{site}/gestion/population/")
    desk.get_by_label("Source").fill("Insee, recensement")
    desk.get_by_label("Année de ces chiffres").fill("2023")
    desk.get_by_label("Habitants en tout").fill("1 100")
    for label, count in AGES.items():
        desk.get_by_label(label).first.fill(str(count))
    go(desk, "Enregistrer")
    expect(desk.locator(".field-errors").first).to_contain_text("il en manque 100")
    desk.get_by_label("Habitants en tout").fill("1 000")
    go(desk, "Enregistrer")
    desk.goto(f"{site}/gestion/consultations/territoires-resilients/chiffres/")
    clean(desk)
    expect(desk.get_by_role("heading", name="Qui manque")).to_be_visible()
    desk.get_by_label("Tout le monde lit ces chiffres").check()
    go(desk, "Enregistrer")

    reader = open_page(PHONE)
    reader.goto(f"{site}{PAGE}")
    clean(reader)
    chart = reader.get_by_role("img", name="Propositions, arguments et réactions ensemble")
    expect(chart).to_be_visible()
    summary = reader.locator("summary", has_text="Lire les chiffres, par semaine")
    reach(reader, summary)
    reader.keyboard.press("Enter")
    table = reader.get_by_role("table", name="Ce qui a été fait, semaine par semaine")
    expect(table).to_be_visible()
    rows = table.get_by_role("row")
    assert rows.count() > 2
    expect(rows.nth(1).get_by_role("rowheader")).not_to_be_empty()
    reader.keyboard.press("Tab")
    assert reader.evaluate("document.activeElement.contains(document.querySelector('.figures__weeks'))")
    missing = reader.get_by_role("table", name="Par âge").first
    expect(missing.get_by_role("row", name="Moins de 18")).to_contain_text("%")
    reader.get_by_label("Période").select_option(index=1)
    go(reader, "Voir")
    assert "periode=" in reader.url


def reach(page: Page, wanted: Any) -> None:
    """By the keyboard alone."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError("not reached by the keyboard")
