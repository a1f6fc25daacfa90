"""Taking a city's complete copy: the page stays where it is, and says what is true."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, Live
from tests.browser.people import come_in, go, press

pytestmark = pytest.mark.browser


def test_what_was_refused_is_no_longer_said_once_the_file_comes(
    open_page: Callable[..., Page], live: Live, visit: Callable[..., Client]
) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        administrator = UserFactory(administrator=True)
    page = open_page(DESKTOP)
    come_in(page, live.city("saran"), visit(saran, administrator))
    page.goto(live.city("saran") + "/gestion/export/")
    go(page, "Télécharger la copie complète")
    expect(page.locator(".field-errors")).to_have_count(2)
    page.get_by_label("Pourquoi").fill("Archives")
    page.get_by_label("Je confirme").check()
    with page.expect_download() as download:
        press(page, "Télécharger la copie complète")
    assert download.value.suggested_filename.startswith("saran-complet-")
    for said in (".form-errors", ".field-errors", ".is-invalid", "[aria-invalid]"):
        expect(page.locator(said)).to_have_count(0)
