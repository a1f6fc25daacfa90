"""The team composes a synthesis and publishes it; a resident opens what a sentence rests on."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean

pytestmark = pytest.mark.browser

PATH = "/consultations/territoires-resilients/syntheses/"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_synthesis_is_composed_published_and_checked(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    challenge = "solidarite" if javascript else "travail"
    with schema_context(saran.schema_name):
        staff = UserFactory(role=Role.FACILITATOR, public_name="Camille Renaud" if javascript else "Camille Petit")
    desk, reader = open_page(DESKTOP, javascript=javascript), open_page(PHONE, javascript=javascript)
    come_in(desk, site, visit(saran, staff))
    desk.goto(f"{site}/gestion{PATH}{challenge}/")
    go(desk, "Remplir les places")
    first = desk.locator(".slot").first
    words = first.locator(".slot__text").inner_text()
    desk.get_by_label("Votre introduction").fill("Deux idées reviennent partout.")
    go(desk, "Descendre la place 1")
    expect(desk.locator(".slot__text").nth(1)).to_have_text(words)
    expect(desk.get_by_label("Votre introduction")).to_have_value("Deux idées reviennent partout.")
    last = desk.locator(".slot").last
    hidden = last.locator(".slot__text").inner_text()
    with desk.expect_navigation():
        last.get_by_role("button", name="Masquer").click()
    expect(desk.locator(".slot.is-hidden .slot__text")).to_have_text(hidden)
    clean(desk)
    go(desk, "Relire avant de publier")
    expect(desk.locator(".city-text")).to_contain_text("Deux idées reviennent partout.")
    go(desk, "La publier")
    expect(desk.get_by_text("La version 1 est publiée")).to_be_visible()

    # A resident opens a sentence by the keyboard: what it rests on is there.
    reader.goto(f"{site}{PATH}{challenge}/")
    sentence = reader.locator("details.sourced", has_text=words)
    sentence.locator("summary").focus()
    reader.keyboard.press("Enter")
    expect(sentence.locator(".sourced__open")).to_be_visible()
    expect(sentence.get_by_role("link", name="Lire la proposition")).to_be_visible()
    expect(reader.locator("details.sourced", has_text=hidden)).to_have_count(0)
    clean(reader)

    # What moderation hides is gone at the next reading, and the page says so.
    with schema_context(saran.schema_name):
        quoted = Proposal.objects.get(title=words.strip("« »\u00a0\u202f"))
        quoted.status = Status.HIDDEN
        quoted.save()
    reader.reload()
    expect(reader.get_by_text("version 1, une phrase retirée")).to_be_visible()
    expect(reader.locator("details.sourced", has_text=words)).to_have_count(0)
    with schema_context(saran.schema_name):
        quoted.status = Status.PUBLISHED
        quoted.save()
