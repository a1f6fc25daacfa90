"""What people do in several stories."""

import re

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live


def press(page: Page, name: str) -> None:
    """Press the button or follow the link whose words begin so."""
    words = re.compile(rf"^\s*{re.escape(name)}")
    page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)).first.click()


def come_in(page: Page, site: str, client: Client) -> None:
    """Be the person that this client is signed in as."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])


def give_address_and_code(page: Page, live: Live, email: str) -> None:
    """From the sign-in page, through the mailbox."""
    page.get_by_label("Votre adresse électronique").fill(email)
    press(page, "Recevoir un code")
    code = re.search(r"^\s*(\d{6})\s*$", live.inbox.take(email), re.MULTILINE)
    assert code
    page.get_by_label("Le code").fill(code[1])
    press(page, "Entrer")


def introduce_oneself(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue")
    page.get_by_label("Votre nom public").fill(name)
    press(page, "Continuer")
