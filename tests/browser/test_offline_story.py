"""Ten sheets by keyboard, one erased by its receipt; and a network that is cut in the middle."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Page, expect

from accounts.enums import Role
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.processes import eventually

pytestmark = pytest.mark.browser
MOST_KEYS = 12  # and ten seconds, which are printed: a machine may be busy with something else


def sheet(page: Page, words: str, challenge: int = 2) -> None:
    """Typed, from the challenge on. Its words come without keys: what is counted is all the rest."""
    page.keyboard.press(str(challenge))
    page.keyboard.press("Tab")  # from the number of the sheet
    page.keyboard.insert_text(f"{words} : planter des arbres devant l’école.")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("Il n’y a pas d’ombre.")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("On marcherait au frais.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[name=challenge]:checked")).to_be_focused()


COUNTS_KEYS = "() => { window.keys = 0; addEventListener('keydown', () => { window.keys += 1 }, true) }"


def count(city: Municipality, words: str) -> int:
    with schema_context(city.schema_name):
        return Proposal.objects.filter(solution__startswith=words).count()


def test_ten_sheets_by_keyboard_and_one_erased_by_its_receipt(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        clerk = UserFactory(role=Role.FACILITATOR)
    desk = open_page(DESKTOP)
    come_in(desk, site, visit(saran, clerk))
    desk.goto(f"{site}/gestion/saisie/")
    clean(desk)
    desk.locator("[name=challenge]").first.focus()
    desk.evaluate(COUNTS_KEYS)
    counted: list[int] = []
    for number in range(1, 11):
        begun = time.monotonic()
        sheet(desk, f"Feuille {number} au clavier")
        counted.append(desk.evaluate("window.keys") - sum(counted))
        with capsys.disabled():
            print(f"\n  sheet {number}: {counted[-1]} keys, {time.monotonic() - begun:.1f} s", end="")  # noqa: T201
    assert max(counted) <= MOST_KEYS
    assert min(counted) > 3, "nothing was counted"
    assert eventually(lambda: count(saran, "Feuille") == 10)
    expect(desk.locator("[data-last] li")).to_have_count(10)
    clean(desk)
    code = desk.locator("[data-slip-code]").inner_text()

    person = open_page(PHONE)
    person.goto(f"{site}/recu/")
    person.get_by_label("Votre reçu").fill(code.lower())
    go(person, "Suivre ma contribution")
    expect(person.get_by_text("Feuille 10 au clavier").first).to_be_visible()
    clean(person)
    go(person, "L’effacer")
    clean(person)
    go(person, "L’effacer pour toujours")
    assert count(saran, "Feuille 10 au") == 0
    person.get_by_label("Votre reçu").fill(code)
    go(person, "Suivre ma contribution")
    expect(person.get_by_text("Rien n’est encore saisi sous ce reçu").first).to_be_visible()


def test_a_cut_of_the_network_loses_nothing_and_doubles_nothing(
    live: Live, browser: Browser, visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        clerk = UserFactory(role=Role.MODERATOR)
        slug = Consultation.objects.get(is_current=True).slug
    # Requests that fail are meant here: nobody watches what the console says of them.
    context = browser.new_context(locale="fr-FR")
    try:
        page = context.new_page()
        come_in(page, site, visit(saran, clerk))
        address = f"{site}/gestion/consultations/{slug}/saisie/"
        page.goto(address)
        page.locator("[name=challenge]").first.focus()
        sheet(page, "Avant la coupure")
        assert eventually(lambda: count(saran, "Avant la coupure") == 1)
        context.set_offline(True)
        for number in (1, 2):
            sheet(page, f"Coupure {number}")
        expect(page.locator("[data-waiting]")).to_contain_text("en attente")
        assert count(saran, "Coupure") == 0
        expect(page.locator("[data-slip-waits]")).to_be_visible()
        context.set_offline(False)
        assert eventually(lambda: count(saran, "Coupure") == 2)
        expect(page.locator("[data-waiting]")).to_be_hidden()
        # Out meanwhile: what is typed waits, and leaves once somebody is in again and opens the page.
        context.clear_cookies()
        sheet(page, "Session finie")
        expect(page.locator("[data-waiting]")).to_contain_text("Rien n’est perdu")
        come_in(page, site, visit(saran, clerk))
        page.goto(address)
        assert eventually(lambda: count(saran, "Session finie") == 1)
        expect(page.locator("[data-waiting]")).to_be_hidden()
    finally:
        context.close()
