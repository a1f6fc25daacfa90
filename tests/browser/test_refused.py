"""What the server refuses to a script is said in the words of the server, not as a broken connection."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.models import User
from consultations.participation.counts import recount
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import PHONE, Live
from tests.browser.people import come_in, press
from tests.browser.test_moderation_story import clean
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.browser


def test_somebody_suspended_meanwhile_reads_so_where_they_press(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        place, user = ProposalFactory().get_absolute_url(), UserFactory()
        recount()
    page = open_page(PHONE)
    come_in(page, site, visit(saran, user))
    page.goto(site + place)
    with schema_context(saran.schema_name):
        User.objects.filter(pk=user.pk).update(suspended_until=timezone.now() + timedelta(days=3))
    press(page, "J’aime")
    said = page.locator("[data-not-sent]")
    expect(said).to_contain_text("Votre compte est suspendu")
    expect(said.get_by_text("connexion")).not_to_be_visible()
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.reload()
    expect(page.locator(".reaction")).to_have_count(0)
    expect(page.locator("#reaction")).to_contain_text("Votre compte est suspendu jusqu’au")
    clean(page)
