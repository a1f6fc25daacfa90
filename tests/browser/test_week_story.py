"""A colleague is given a line of the week, puts another off, and a service says that its own is done."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Phase
from consultations.portal.models import WorkItem
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in
from tests.browser.test_moderation_story import clean
from tests.browser.test_resident_story import both_ways
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def ends_soon(live: Live) -> Iterator[Municipality]:
    """Saran, where people may propose for five more days."""
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        phase = Phase.objects.get(kind=PhaseKind.PROPOSE, consultation__is_current=True)
        Phase.objects.filter(pk=phase.pk).update(
            opens_at=timezone.now() - timedelta(days=10), closes_at=timezone.now() + timedelta(days=5)
        )
    yield saran
    with schema_context(saran.schema_name):
        phase.save()
        WorkItem.objects.all().delete()


@both_ways
def test_a_line_is_given_to_a_colleague_and_another_to_a_service(
    ends_soon: Municipality,
    live: Live,
    open_page: Callable[..., Page],
    visit: Callable[..., Any],
    javascript: bool,
) -> None:
    saran, site = ends_soon, live.city("saran")
    with schema_context(saran.schema_name):
        ProposalFactory(author__is_active=False)
        boss = UserFactory(role=Role.FACILITATOR)
        colleague = UserFactory(role=Role.FACILITATOR, public_name=f"Odile Perrin {javascript}")
        service = UserFactory(role=Role.SERVICE, public_name=f"Communication {javascript}")
    desk, theirs, service_desk = (
        open_page(DESKTOP, javascript=javascript),
        open_page(PHONE, javascript=javascript),
        open_page(PHONE, javascript=javascript),
    )
    for page, user in ((desk, boss), (theirs, colleague), (service_desk, service)):
        come_in(page, site, visit(saran, user))

    desk.goto(site + "/gestion/")
    clean(desk)
    alone = desk.locator(".work-item", has_text="sans auteur")
    alone.locator("summary", has_text="Personne encore").focus()
    desk.keyboard.press("Enter")
    clean(desk)
    alone.get_by_role("button", name=f"Confier à {colleague.public_name}").press("Enter")
    expect(desk.get_by_text("qui en reçoit la nouvelle")).to_be_visible()
    ends = desk.locator(".work-item", has_text="se termine le")
    ends.locator("summary", has_text="Personne encore").click()
    ends.get_by_role("button", name=f"Confier à {service.public_name}").click()
    expect(desk.locator(".work-item", has_text="se termine le")).to_contain_text(service.public_name)

    theirs.goto(site + "/gestion/")
    clean(theirs)
    theirs.get_by_role("link", name="Voir ma ligne").click()
    expect(theirs.locator(".work-item")).to_have_count(1)
    theirs.locator("summary", has_text="Plus tard").click()
    theirs.get_by_role("button", name="Demain").click()
    expect(theirs.get_by_text("remis à plus tard", exact=False).first).to_be_visible()

    service_desk.goto(site + "/gestion/")
    clean(service_desk)
    expect(service_desk.get_by_text("vous pouvez participer jusqu’au")).to_be_visible()
    service_desk.get_by_role("button", name="C’est fait").click()
    expect(service_desk.get_by_text("Rien ne vous est confié")).to_be_visible()

    desk.reload()
    desk.locator("summary", has_text="Fait cette semaine").click()
    desk.get_by_role("button", name="Annuler").click()
    expect(desk.locator(".work-item", has_text="se termine le")).to_be_visible()
