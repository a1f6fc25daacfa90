"""A colleague is invited, comes in, and is taken out of the team while they work; the administrator uses the keyboard."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import TeamInvitation, User
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import called, come_in, follow, go, set_up_the_app
from tests.browser.test_moderation_story import clean

pytestmark = pytest.mark.browser
EMAIL = "nadia.ferhat@saran.example"
NAMES = "La Gare\nLes Aulnes du Nord"


def press_enter(page: Page, name: str) -> None:
    """With the keyboard alone: what has the focus is seen, and Enter presses it."""
    button = called(page, name)
    button.focus()
    expect(button).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_colleague_is_invited_comes_in_and_is_withdrawn_while_working(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        boss = able_administrator(public_name="Élise Morin")
    desk, colleague = open_page(DESKTOP), open_page(PHONE)
    come_in(desk, site, visit(saran, boss))

    desk.goto(f"{site}/gestion/equipe/")
    desk.get_by_label("Son adresse électronique").first.focus()
    desk.keyboard.type(EMAIL)
    desk.keyboard.press("Tab")  # the chosen role: Animation
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=EMAIL)).to_be_visible()
    clean(desk)

    link = re.search(r"http://\S+/equipe/invitation/\S+", live.inbox.take(EMAIL))
    assert link
    colleague.goto(link[0])
    expect(colleague.get_by_role("heading", level=1)).to_have_text("Rejoindre l’équipe")
    expect(colleague.get_by_text("Préparer la consultation")).to_be_visible()
    assert "invitation" not in colleague.url  # the token is not in the address
    clean(colleague)
    press_enter(colleague, "Rejoindre l’équipe")
    expect(colleague).to_have_url(f"{site}/gestion/")
    colleague.goto(f"{site}/gestion/quartiers/")
    set_up_the_app(colleague)
    expect(colleague).to_have_url(f"{site}/gestion/quartiers/")
    colleague.get_by_label("Vos quartiers").fill(NAMES)

    desk.reload()
    expect(desk.get_by_role("heading", name=EMAIL)).to_be_visible()
    with schema_context(saran.schema_name):
        pk = User.objects.get(email=EMAIL, role=Role.FACILITATOR).pk
        assert not TeamInvitation.objects.filter(email=EMAIL, accepted_at=None).exists()
    desk.locator(f'details:has(form[action$="/{pk}/retirer/"]) > summary').press("Enter")
    removing = desk.locator(f'form[action$="/{pk}/retirer/"] button')
    removing.focus()
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=EMAIL)).to_have_count(0)

    follow(called(colleague, "Enregistrer"))
    expect(colleague.get_by_role("alert")).to_contain_text("Rien n’a été enregistré")
    expect(colleague.get_by_role("alert")).to_contain_text("vous ne faites plus partie de l’équipe")
    expect(colleague.get_by_label("Ce que vous avez écrit")).to_have_value(NAMES)
    clean(colleague)
    colleague.goto(f"{site}/gestion/")
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("Cette page n’existe pas")


def test_what_is_withdrawn_says_nothing_to_whoever_opens_it(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        boss = UserFactory(role=Role.ADMINISTRATOR)
    desk, invited = open_page(PHONE), open_page(PHONE)
    come_in(desk, site, visit(saran, boss))
    desk.goto(f"{site}/gestion/equipe/")
    desk.get_by_label("Son adresse électronique").first.fill("encore@saran.example")
    go(desk, "Envoyer l’invitation")
    link = re.search(r"http://\S+/equipe/invitation/\S+", live.inbox.take("encore@saran.example"))
    assert link
    clean(desk)
    waiting = desk.get_by_role("listitem").filter(has_text="encore@saran.example")
    follow(waiting.get_by_role("button", name="Retirer l’invitation"))
    invited.goto(link[0])
    expect(invited.get_by_role("heading", level=1)).to_have_text("Aucune invitation ici")
    clean(invited)
