"""An opening is set for later, taken back, set again, and takes place; and people without an account see it before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from common.outbox import messages_of, publish
from consultations.framing.models import Consultation
from consultations.framing.services.planning import open_as_planned
from consultations.framing.services.preparing import prepare_from_set
from consultations.library.selectors import latest_set
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, Live
from tests.browser.measures import with_large_text
from tests.browser.people import come_in, follow, go
from tests.browser.test_city_story import status
from tests.browser.test_moderation_story import clean
from tests.browser.test_several_story import meet_the_conditions
from tests.processes import eventually

pytestmark = pytest.mark.browser
TITLE, SLUG = "Nos halles", "nos-halles"


def test_an_opening_is_shown_before_planned_withdrawn_and_takes_place(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        administrator = UserFactory(role=Role.ADMINISTRATOR)
        prepare_from_set(
            challenge_set=latest_set("territoires-resilients"),
            municipality=saran,
            actor=administrator,
            title=TITLE,
            at=timezone.now(),
        )
        meet_the_conditions(Consultation.objects.get(slug=SLUG))
    desk, elected = open_page(DESKTOP), open_page()
    come_in(desk, site, visit(saran, administrator))
    desk.goto(f"{site}/gestion/consultations/{SLUG}/ouverture/")
    clean(desk)

    # The team reads it, in large words too.
    desk.goto(f"{site}/consultations/{SLUG}/")
    assert not with_large_text(desk)
    desk.goto(f"{site}/gestion/consultations/{SLUG}/ouverture/")
    assert not with_large_text(desk)

    # Shown to people who have no account.
    go(desk, "La montrer avant l’ouverture")
    clean(desk)
    go(desk, "Faire un lien d’aperçu")
    clean(desk)
    link = desk.get_by_label("Lien d’aperçu").input_value()
    elected.goto(link)
    assert link.split("/")[4] not in elected.url
    expect(elected.get_by_text("Aperçu : cette consultation n’est pas encore ouverte.")).to_be_visible()
    clean(elected)
    assert not with_large_text(elected)
    seen = elected.url
    follow(elected.locator("#defis h3 a").first)
    expect(elected.get_by_role("heading", name="Les habitants proposeront leurs solutions ici")).to_be_visible()
    clean(elected)

    # Set, taken back, set again.
    there = f"{site}/gestion/consultations/{SLUG}/ouverture/"
    set_the_day(desk, there)
    expect(desk.get_by_text("S’il manque alors une condition")).to_be_visible()
    clean(desk)
    go(desk, "Déprogrammer l’ouverture")
    expect(desk.get_by_text("Elle ne s’ouvrira plus toute seule.")).to_be_visible()
    set_the_day(desk, there)

    # Its time comes: a worker opens it.
    with schema_context(saran.schema_name):
        message = messages_of(open_as_planned).latest("created_at")
        publish(str(message.pk), message.task)
    assert eventually(lambda: status(elected, f"{site}/consultations/{SLUG}/") == 200)
    elected.goto(seen)
    expect(elected).to_have_url(f"{site}/consultations/{SLUG}/")


def test_a_preview_that_is_withdrawn_shows_nothing_any_more(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
        Consultation.objects.create(slug="nos-ponts", title="Nos ponts", question="Que faire de nos ponts ?")
    desk, elected = open_page(DESKTOP, javascript=False), open_page(javascript=False)
    come_in(desk, site, visit(saran, facilitator))
    desk.goto(f"{site}/gestion/consultations/nos-ponts/apercu/")
    go(desk, "Faire un lien d’aperçu")
    link = desk.get_by_label("Lien d’aperçu").input_value()
    elected.goto(link)
    expect(elected.get_by_role("heading", level=1)).to_have_text("Que faire de nos ponts ?")
    go(desk, "Retirer le lien")
    assert status(elected, elected.url) == 410
    assert status(elected, link) == 410
    expect(elected.get_by_role("heading", level=1)).to_have_text("Il n’y a pas d’aperçu ici")


def set_the_day(desk: Page, there: str) -> None:
    desk.goto(there)
    desk.locator("main details > summary").first.click()
    day = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    desk.get_by_label("Jour et heure de l’ouverture").fill(day)
    follow(desk.get_by_role("button", name="Programmer l’ouverture"))
    expect(desk.get_by_text("Elle s’ouvrira toute seule le").first).to_be_visible()
