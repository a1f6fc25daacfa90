"""In English, with JavaScript and without: somebody reads, proposes, signs in and argues; back in French, all is French."""

import re
from collections.abc import Callable

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from tenants.models import Municipality
from tests.browser.conftest import Live
from tests.browser.people import follow, go, press
from tests.browser.test_resident_story import both_ways
from tests.meetings.factories import a_meeting
from tests.support.english import french_left

pytestmark = pytest.mark.browser

SOLUTION = "Put twelve benches under the lime trees, between the station and the school, with the city’s gardeners."
PROBLEM = "Older people find nowhere to sit down; in summer the way to the market becomes too long for them."
BENEFIT = "Everybody could come on foot, rest on the way, and speak with neighbours while they do."
TITLE = "Benches in the shade on the way to school"
ARGUMENT = "My mother is eighty: with a bench half-way she would go to the market by herself."


def reads_no_french(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "en"
    assert not french_left(page.content())


@both_ways
def test_somebody_takes_part_in_english(live: Live, open_page: Callable[..., Page], javascript: bool) -> None:
    page, email = open_page(javascript=javascript), f"english-{javascript}@example.org".lower()
    page.goto(live.city("saran"))
    follow(page.get_by_role("link", name="English"))
    reads_no_french(page)
    follow(page.locator("#defis").get_by_role("link").first)
    reads_no_french(page)
    go(page, "Propose a solution")
    for question, answer in {"solution": SOLUTION, "problem": PROBLEM, "benefit": BENEFIT}.items():
        reads_no_french(page)
        page.get_by_label(re.compile(rf"^What.*{question}")).fill(answer)
        go(page, "Continue")
    page.get_by_label("What title sums it up").fill(TITLE)
    go(page, "Read it through")
    reads_no_french(page)
    go(page, "Publish my proposal")
    reads_no_french(page)
    page.get_by_label("Your e-mail address").fill(email)
    go(page, "Send me a code")
    reads_no_french(page)
    mail = live.inbox.take(email)
    assert f"{live.city('saran')}/en/connexion/lien/" in mail
    code = re.search(r"^\s*(\d{6})\s*$", mail, re.MULTILINE)
    assert code
    page.get_by_label("The code").fill(code[1])
    follow(page.locator("main").get_by_role("button", name="Sign in"))
    reads_no_french(page)
    page.get_by_label("Your public name").fill(f"Sam {javascript}")
    go(page, "Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("Your proposal is published.")).to_be_visible()
    reads_no_french(page)
    own = page.url

    page.goto(f"{live.city('saran')}/en/propositions/")
    reads_no_french(page)
    follow(page.locator(".proposal-card h3 a").first)
    reads_no_french(page)
    press(page, "Give an argument")
    page.get_by_label("Your argument").fill(ARGUMENT)
    page.locator(".chip").get_by_text("for", exact=True).click()
    press(page, "Publish my argument")
    expect(page.get_by_text("Your argument is published.")).to_be_visible()
    reads_no_french(page)

    page.goto(own)
    follow(page.get_by_role("link", name="Français"))
    expect(page.get_by_role("heading", name="C’est votre proposition")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "fr"
    assert "/en/" not in page.url
    follow(page.get_by_role("link", name="English"))
    assert page.url.split("#")[0] == own.split("#")[0].split("?")[0]
    reads_no_french(page)


def test_what_was_typed_goes_along_into_another_language(live: Live, open_page: Callable[..., Page]) -> None:
    """Also out of a page that was refused, whose own address answers nobody."""
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        meeting = a_meeting()
    page = open_page()
    page.goto(f"{live.city('saran')}/rendez-vous/{meeting.pk}/")
    page.get_by_label("Votre nom").fill("Ada Lovelace")
    page.get_by_label("Votre adresse électronique").fill("ada@")
    follow(page.get_by_role("link", name="English"))
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    expect(page.get_by_label("Your e-mail address")).to_have_value("ada@")
    follow(page.locator("form").filter(has=page.get_by_label("Your name")).get_by_role("button"))
    assert "/inscription/" in page.url
    follow(page.get_by_role("link", name="Français"))
    expect(page.get_by_label("Votre nom")).to_have_value("Ada Lovelace")
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.get_by_label("Votre nom")).to_have_value("")
