"""Where the city reads first: an argument waits, its author knows until when, and one press lets it out."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.enums import Moderation
from consultations.framing.models import Consultation
from consultations.participation.counts import recount
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, press
from tests.browser.test_moderation_story import clean
from tests.browser.test_resident_story import both_ways
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.browser

TEXT = "Un banc à mi-côte, et ma voisine descendrait de nouveau au marché toute seule."


@pytest.fixture
def reads_first(live: Live) -> Iterator[Municipality]:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        Consultation.objects.update(moderation=Moderation.BEFORE, moderation_delay=24)
    yield saran
    with schema_context(saran.schema_name):
        Consultation.objects.update(moderation=Moderation.AFTER)


@both_ways
def test_what_is_argued_waits_is_read_and_is_published(
    reads_first: Municipality,
    live: Live,
    open_page: Callable[..., Page],
    visit: Callable[..., Any],
    javascript: bool,
) -> None:
    site, text = live.city("saran"), f"{TEXT} ({javascript})"
    with schema_context(reads_first.schema_name):
        place = ProposalFactory().get_absolute_url()
        person, judge = UserFactory(), UserFactory(role=Role.FACILITATOR)
        recount()
    author, reader = (open_page(PHONE, javascript=javascript) for _person in range(2))
    desk = open_page(DESKTOP, javascript=javascript)
    come_in(author, site, visit(reads_first, person))
    come_in(desk, site, visit(reads_first, judge))

    author.goto(site + place)
    press(author, "Donner un argument")
    author.locator(".chip").get_by_text("pour", exact=True).click()
    author.get_by_label("Votre argument").fill(text)
    press(author, "Publier mon argument")
    expect(author.get_by_role("heading", name="que personne d’autre ne voit")).to_be_visible()
    expect(author.get_by_text(text)).to_be_visible()
    clean(author)
    reader.goto(site + place)
    expect(reader.get_by_text(text)).to_have_count(0)

    desk.goto(f"{site}/gestion/moderation/")
    follow(desk.get_by_role("link", name=re.compile(re.escape(text[:40]))).first)
    expect(desk.get_by_text(text).first).to_be_visible()
    clean(desk)
    desk.locator("label[for=way-KEEP]").click()
    follow(desk.locator(".for-KEEP .ground").first)

    reader.reload()
    expect(reader.get_by_text(text)).to_be_visible()
    author.reload()
    expect(author.get_by_role("heading", name="que personne d’autre ne voit")).to_have_count(0)
