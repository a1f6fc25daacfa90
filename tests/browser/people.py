"""What people do in several stories.

A press that leads to another page is `go` (or `follow`): it waits for that page, which the next step may take for
the one before. A press that is answered in place is `press`: look next for something that was not there before.
"""

import re

from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live


def press(page: Page, name: str) -> None:
    """Press the button or the link whose words begin so."""
    called(page, name).click()


def go(page: Page, name: str) -> None:
    """The same, where it leads to another page: until that is there."""
    follow(called(page, name))


def follow(what: Locator) -> None:
    with what.page.expect_navigation():
        what.click()


def called(page: Page, name: str) -> Locator:
    words = re.compile(rf"^\s*{re.escape(name)}")
    return page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)).first


def come_in(page: Page, site: str, client: Client) -> None:
    """Be the person that this client is signed in as."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])


def give_address_and_code(page: Page, live: Live, email: str) -> None:
    """From the sign-in page, through the mailbox."""
    page.get_by_label("Votre adresse électronique").fill(email)
    go(page, "Recevoir un code")
    code = re.search(r"^\s*(\d{6})\s*$", live.inbox.take(email), re.MULTILINE)
    assert code
    page.get_by_label("Le code").fill(code[1])
    go(page, "Entrer")


def introduce_oneself(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue")
    page.get_by_label("Votre nom public").fill(name)
    go(page, "Continuer")
