"""What people do in several stories.

A press that leads to another page is `go` (or `follow`): it waits for that page, which the next step may take for
the one before. A press that is answered in place is `press`: look next for something that was not there before.
"""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
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


def set_up_the_app(page: Page) -> list[str]:
    """From the page that guides to a second factor, through it and back to where one was. Returns the recovery codes."""
    codes = add_the_app(page)
    go(page, "Je les ai gardés")
    return codes


def add_the_app(page: Page) -> list[str]:
    """As far as the recovery codes."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Sécurité de votre compte")
    go(page, "Ajouter une application")
    expect(page.get_by_role("img", name="QR")).to_be_visible()
    secret = page.locator(".secret-key code").inner_text().replace(" ", "")
    page.get_by_label("Le code").fill(code_of_the_moment(secret))
    go(page, "Ajouter l’application")
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
    return page.locator(".recovery-codes code").all_inner_texts()


def code_of_the_moment(secret: str) -> str:
    """What the telephone shows. A code dies within a minute: none is taken in the last ten seconds of its half."""
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def introduce_oneself(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Bienvenue")
    page.get_by_label("Votre nom public").fill(name)
    go(page, "Continuer")
