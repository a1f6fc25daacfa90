"""On a phone: the reactions stay in reach while one reads, hide nothing that has the focus, and a page is sent on."""

from collections.abc import Callable, Iterator

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Page, expect

from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.browser.conftest import PHONE, Live
from tests.browser.people import called, press

pytestmark = pytest.mark.browser

# What has the focus, and whether the bar at the foot of the screen lies over any of it.
FOCUSED = """() => {
  const bar = document.querySelector(".reach"), held = document.activeElement;
  const own = held.getBoundingClientRect(), its = bar.getBoundingClientRect();
  const shown = getComputedStyle(bar).visibility === "visible" && !bar.contains(held);
  return [held.id || held.outerHTML.slice(0, 90), shown && own.top < its.bottom && own.bottom > its.top + 1];
}"""
SHEET = "navigator.share = async (what) => { window.sent = what; }"


@pytest.fixture
def proposal(live: Live) -> Proposal:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        return Proposal.objects.published().filter(merged_into=None).order_by("-for_count", "pk")[0]


@pytest.fixture
def phone(browser: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(proposal: Proposal, *, script: str = "") -> Page:
        contexts.append(browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="fr-FR"))
        contexts[-1].grant_permissions(["clipboard-read", "clipboard-write"], origin=live.city("saran"))
        if script:
            contexts[-1].add_init_script(script)
        page = contexts[-1].new_page()
        page.goto(live.city("saran") + proposal.get_absolute_url())
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_bar_stays_in_reach_and_goes_where_one_reacts(phone: Callable[..., Page], proposal: Proposal) -> None:
    page = phone(proposal)
    bar = page.locator(".reach")
    react = bar.get_by_role("link", name="Réagir")
    expect(react).to_be_in_viewport()
    page.locator("#arguments-title").evaluate("title => title.scrollIntoView()")
    expect(react).to_be_in_viewport()
    react.click()
    expect(page.get_by_role("button", name="J’aime").first).to_be_in_viewport()
    expect(bar).to_have_css("visibility", "hidden")
    # At the end of the page it has its own place: what comes before it is not under it.
    page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator(".proposal-page > aside")
    ends, begins = last.bounding_box(), bar.bounding_box()
    assert ends
    assert begins
    assert ends["y"] + ends["height"] <= begins["y"]


def test_nothing_that_has_the_focus_is_under_the_bar(phone: Callable[..., Page], proposal: Proposal) -> None:
    """Not even what was under it, in the screen already, before it got the focus."""
    page = phone(proposal)
    page.locator("#share-link").evaluate(
        """field => {
          document.querySelector("#partager a[href^=mailto]").focus({ preventScroll: true });
          window.scrollBy(0, field.getBoundingClientRect().bottom - window.innerHeight + 8);
        }"""
    )
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == ["share-link", False]


def test_the_link_is_copied_and_that_is_said(phone: Callable[..., Page], proposal: Proposal, live: Live) -> None:
    page = phone(proposal, script="delete Navigator.prototype.share")
    press(page, "Copier le lien")
    expect(page.locator("#partager").get_by_role("status")).to_have_text("Le lien est copié.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(proposal.get_absolute_url())
    expect(called(page, "Partager avec")).to_be_hidden()


def test_a_phone_shares_in_its_own_way(phone: Callable[..., Page], proposal: Proposal) -> None:
    page = phone(proposal, script=SHEET)
    page.locator(".reach").get_by_role("link", name="Partager").click()
    sent = page.evaluate("() => window.sent")
    assert sent["title"] == proposal.title
    assert sent["url"].endswith(proposal.get_absolute_url())
    expect(called(page, "Partager avec")).to_be_visible()
