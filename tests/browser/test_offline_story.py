"""Ten sheets by keyboard, one erased by its receipt; a network that is cut in the middle; two tabs, and two colleagues."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from accounts.enums import Role
from accounts.models import User
from consultations.framing.models import Consultation
from consultations.offline.models import Entry
from consultations.offline.services.receipts import entry_under
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.processes import eventually

pytestmark = pytest.mark.browser
MOST_KEYS = 12  # and ten seconds, which are printed: a machine may be busy with something else


def sheet(page: Page, words: str, challenge: int = 2) -> None:
    """Typed, and the next one begins."""
    typed(page, words, challenge)
    expect(page.locator("[name=challenge]:checked")).to_be_focused()


def typed(page: Page, words: str, challenge: int = 2) -> None:
    """From the challenge on. Its words come without keys: what is counted is all the rest."""
    page.keyboard.press(str(challenge))
    page.keyboard.press("Tab")  # from the number of the sheet
    page.keyboard.insert_text(f"{words} : planter des arbres devant l’école.")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("Il n’y a pas d’ombre.")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("On marcherait au frais.")
    page.keyboard.press("Control+Enter")


KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('sheets:')).length"
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
    expect(person.get_by_text("Rien n’est sous ce reçu").first).to_be_visible()


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


@pytest.fixture
def entry_page(live: Live, browser: Browser) -> Iterator[tuple[BrowserContext, str]]:
    """A browser whose requests may fail, and the address of offline entry in it."""
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        slug = Consultation.objects.get(is_current=True).slug
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    yield context, f"{site}/gestion/consultations/{slug}/saisie/"
    context.close()


def clerk_of(city: Municipality, role: Role = Role.FACILITATOR) -> User:
    with schema_context(city.schema_name):
        return UserFactory(role=role)


def cut(route: Route) -> None:
    route.abort() if route.request.method == "POST" else route.continue_()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.locator("[name=challenge]").first.focus()
    return page


def code_in(page: Page) -> str:
    return page.locator("[data-slip-code]").inner_text()


def test_two_tabs_at_once_keep_both_their_sheets_each_with_its_receipt(
    live: Live, entry_page: tuple[BrowserContext, str], visit: Callable[..., Any]
) -> None:
    saran, (context, address) = Municipality.objects.get(slug="saran"), entry_page
    one = context.new_page()
    come_in(one, live.city("saran"), visit(saran, clerk_of(saran)))
    tabs = [opened(context, address) for _unused in range(2)]
    for number, tab in enumerate(tabs):
        sheet(tab, f"Onglets {number} en ligne")
    assert eventually(lambda: count(saran, "Onglets") == 2)
    assert code_in(tabs[0]) != code_in(tabs[1])
    # Begun in both before either is saved; and while the network is cut.
    context.set_offline(True)
    for number, tab in enumerate(tabs):
        for turn in range(2):
            sheet(tab, f"Onglets {number} coupés {turn}")
    codes = [code_in(tab) for tab in tabs]
    for tab in tabs:
        expect(tab.locator("[data-waiting]")).to_contain_text("en attente : 4")
        expect(tab.locator("[data-slip-waits]")).to_be_visible()
    # The other tab sends what this one cannot: it is told.
    tabs[0].route(address, cut)
    context.set_offline(False)
    assert eventually(lambda: count(saran, "Onglets") == 6)
    for tab in tabs:
        expect(tab.locator("[data-waiting]")).to_be_hidden()
        expect(tab.locator("[data-slip-waits]")).to_be_hidden()
    # Whichever has sent it, each shows the receipt of its own last sheet.
    assert [code_in(tab) for tab in tabs] == codes
    with schema_context(saran.schema_name):
        made = Entry.objects.filter(proposal__solution__startswith="Onglets").select_related("proposal")
        assert len({each.receipt_id for each in made}) == len(made) == 6
        for number, code in enumerate(codes):
            assert entry_under(code).proposal.solution.startswith(f"Onglets {number} coupés 1")  # type: ignore[union-attr]
    # What an earlier page had kept, all in one, leaves too.
    tabs[0].evaluate(
        """() => {
          const form = document.querySelector("form[data-sheets]");
          const { csrfmiddlewaretoken, ...sheet } = Object.fromEntries(new FormData(form));
          const kept = [{ ...sheet, solution: "Gardée avant : planter des arbres." }];
          localStorage.setItem(`sheets:${form.dataset.store}`, JSON.stringify(kept));
        }"""
    )
    tabs[0].unroute(address)
    tabs[0].reload()
    assert eventually(lambda: count(saran, "Gardée avant") == 1)
    assert eventually(lambda: tabs[0].evaluate(KEPT) == 0)


def test_what_waits_when_somebody_signs_out_leaves_under_their_name_alone(
    live: Live, entry_page: tuple[BrowserContext, str], visit: Callable[..., Any]
) -> None:
    saran, (context, address) = Municipality.objects.get(slug="saran"), entry_page
    one, other = clerk_of(saran), clerk_of(saran, Role.MODERATOR)
    said: list[str] = []

    come_in(context.new_page(), live.city("saran"), visit(saran, one))
    stays = opened(context, address)
    context.route(address, cut)
    sheet(stays, "Déconnexion")
    expect(stays.locator("[data-waiting]")).to_contain_text("en attente : 1")
    leaving = opened(context, address)
    # Asked first: whoever stays has lost nothing.
    leaving.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    leaving.get_by_role("button", name="Se déconnecter").first.click()
    assert "elles attendent dans ce navigateur votre prochaine connexion" in said[0]
    expect(leaving).to_have_url(address)
    leaving.once("dialog", lambda dialog: dialog.accept())
    go(leaving, "Se déconnecter")
    context.unroute(address)
    # The tab that stayed open, with nobody signed in and then with a colleague, sends nothing.
    try_now = "dispatchEvent(new Event('online'))"
    stays.evaluate(try_now)
    expect(stays.locator("[data-waiting]")).to_contain_text("Votre session est terminée. Rien n’est perdu")
    # Nor does what is asked while one types lead away from what is typed.
    with stays.expect_response(f"{address}proches/"):
        stays.locator("[name=solution]").press_sequentially("Tapé après.")
    expect(stays).to_have_url(address)
    expect(stays.locator("[name=solution]")).to_have_value("Tapé après.")
    come_in(leaving, live.city("saran"), visit(saran, other))
    with stays.expect_response(address) as answered:
        stays.evaluate(try_now)
    assert answered.value.status == 403
    expect(stays.locator("[data-waiting]")).to_contain_text("Rien n’est perdu")
    theirs = opened(context, address)
    expect(theirs.locator("[data-waiting]")).to_contain_text("Des feuilles d’un collègue attendent dans ce navigateur")
    sheet(theirs, "Du collègue")
    assert eventually(lambda: count(saran, "Du collègue") == 1)
    assert count(saran, "Déconnexion") == 0
    # Back again, theirs leaves under their name.
    stays.close()
    come_in(theirs, live.city("saran"), visit(saran, one))
    back = opened(context, address)
    assert eventually(lambda: count(saran, "Déconnexion") == 1)
    expect(back.locator("[data-waiting]")).to_be_hidden()
    with schema_context(saran.schema_name):
        assert Entry.objects.get(proposal__solution__startswith="Déconnexion").typed_by_id == one.pk


def test_a_browser_without_room_sends_at_once_and_what_is_old_leaves(
    live: Live, entry_page: tuple[BrowserContext, str], visit: Callable[..., Any]
) -> None:
    saran, (context, address) = Municipality.objects.get(slug="saran"), entry_page
    page = context.new_page()
    come_in(page, live.city("saran"), visit(saran, clerk_of(saran)))
    page = opened(context, address)
    page.locator("[name=challenge]").first.check()
    # Typed six weeks ago, by the same person and by a colleague: theirs alone leaves, the other's is wiped.
    page.evaluate(
        """() => {
          const form = document.querySelector("form[data-sheets]");
          const { csrfmiddlewaretoken, ...sheet } = Object.fromEntries(new FormData(form));
          const since = Date.now() - 42 * 24 * 3600 * 1000;
          const old = (solution) => JSON.stringify({ ...sheet, solution, since });
          localStorage.setItem(`sheets:${form.dataset.store}:${sheet.key}`, old("Ancienne : planter des arbres."));
          localStorage.setItem("sheets:1:999:k", old("D’un collègue : des bancs."));
        }"""
    )
    page.reload()
    assert eventually(lambda: count(saran, "Ancienne") == 1)
    assert eventually(lambda: page.evaluate(KEPT) == 0)
    page.evaluate(
        """() => {
          for (let size = 1 << 22; size; size >>= 1)
            try { for (let place = 0; ; place += 1) localStorage.setItem(`${size}:${place}`, "x".repeat(size)); } catch {}
        }"""
    )
    context.set_offline(True)
    typed(page, "Sans place")
    expect(page.locator("[data-waiting]")).to_contain_text("n’a plus de place")
    expect(page.locator("[name=solution]")).to_have_value(re.compile("Sans place"))
    assert count(saran, "Sans place") == 0
    context.set_offline(False)
    page.locator("[name=solution]").press("Control+Enter")
    assert eventually(lambda: count(saran, "Sans place") == 1)
    expect(page.locator("[name=solution]")).to_have_value("")


def test_the_keyboard_works_in_a_browser_that_keeps_nothing(
    live: Live, entry_page: tuple[BrowserContext, str], visit: Callable[..., Any]
) -> None:
    saran, (context, address) = Municipality.objects.get(slug="saran"), entry_page
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    page = context.new_page()
    come_in(page, live.city("saran"), visit(saran, clerk_of(saran)))
    page = opened(context, address)
    typed(page, "Rien gardé")
    assert eventually(lambda: count(saran, "Rien gardé") == 1)
