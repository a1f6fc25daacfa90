"""A second consultation is prepared beside the first, in private; it opens, comes to the home page, ends, is archived."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.models import Consultation
from consultations.framing.services.challenges import validate_challenge
from consultations.framing.services.consultations import update_consultation
from consultations.framing.services.documents import say_no_documents
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, go
from tests.browser.test_city_story import status
from tests.browser.test_moderation_story import clean
from tests.framing.factories import SAID

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_second_consultation_lives_beside_the_first(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    title, slug = ("Nos rues", "nos-rues") if javascript else ("Nos places", "nos-places")
    with schema_context(saran.schema_name):
        administrator = UserFactory(role=Role.ADMINISTRATOR)
    desk = open_page(DESKTOP if javascript else PHONE, javascript=javascript)
    visitor = open_page(javascript=javascript)
    come_in(desk, site, visit(saran, administrator))

    def check() -> None:
        if javascript:  # axe is a script
            clean(desk)

    # Begun, beside the one that goes on: the team sees it, and nobody else.
    desk.goto(f"{site}/gestion/consultations/")
    check()
    go(desk, "À partir d’un jeu de défis")
    check()
    desk.get_by_label("Son titre").fill(title)
    go(desk, "Commencer à la préparer")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("avant d’ouvrir")
    expect(desk.locator(".switch__name")).to_have_text(title)
    check()
    desk.goto(f"{site}/consultations/{slug}/")
    expect(desk.get_by_text("Cette consultation est en préparation")).to_be_visible()
    check()
    assert status(visitor, f"{site}/consultations/{slug}/") == 404
    visitor.goto(site)
    expect(visitor.get_by_role("link", name=title)).to_have_count(0)

    # Opened: the home page leads to it, and goes on showing the first.
    with schema_context(saran.schema_name):
        meet_the_conditions(Consultation.objects.get(slug=slug))
    desk.goto(f"{site}/gestion/consultations/{slug}/")
    follow(desk.get_by_role("main").get_by_role("link", name="Prêt à ouvrir ?").first)
    check()
    go(desk, "Ouvrir à tout le monde")
    expect(desk.get_by_text(f"« {title} » est ouverte")).to_be_visible()
    visitor.goto(site)
    expect(visitor.locator("h1")).to_contain_text("Le jour d’après")
    follow(visitor.get_by_role("link", name=title, exact=True))
    expect(visitor.locator(".city__motto")).to_have_text(title)
    follow(visitor.locator("#defis h3 a, #defis .challenge-card a").first)
    expect(visitor.get_by_role("navigation", name="Vous êtes ici")).to_contain_text(title)

    # Put forward: the home page is its, at once; then the first comes back there.
    change(desk, site, title, "La mettre en avant")
    visitor.goto(site)
    expect(visitor.locator(".city__motto")).to_have_text(title)
    change(desk, site, "Le jour d’après", "La mettre en avant")

    # Its end: closed, then in the archives, where everything is still read.
    change(desk, site, title, "La clore avant sa date")
    check()
    go(desk, "La clore maintenant")
    change(desk, site, title, "L’archiver")
    check()
    go(desk, "L’archiver")
    expect(desk.get_by_text(f"« {title} » est dans les archives.")).to_be_visible()
    visitor.goto(f"{site}/consultations/{slug}/")
    expect(visitor.get_by_text("Cette consultation est archivée.").first).to_be_visible()


def meet_the_conditions(consultation: Consultation) -> None:
    """What the desk's forms do, which other stories fill in."""
    at = timezone.now()
    dates = {"opens_at": at, "closes_at": at + timedelta(days=30)}
    update_consultation(consultation=consultation, actor=None, dates=dates, at=timezone.now(), **SAID)
    say_no_documents(consultation=consultation, actor=None)
    for challenge in consultation.challenges.order_by("pk"):
        validate_challenge(challenge=challenge, actor=None, revision=challenge.revision, at=at)


def change(desk: Page, site: str, title: str, what: str) -> None:
    """What stands under "Modifier" beside a consultation of the list."""
    desk.goto(f"{site}/gestion/consultations/")
    row = desk.locator("li.work-item").filter(has=desk.get_by_role("link", name=title, exact=True))
    row.locator("summary").click()
    follow(row.get_by_role("button", name=what).or_(row.get_by_role("link", name=what)))
