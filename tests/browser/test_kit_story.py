"""A poster: downloaded at the desk for a place, scanned by somebody, counted; sheets made by a real worker."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from accounts.enums import Role
from consultations.kit.models import Spot
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.processes import eventually, worker

pytestmark = pytest.mark.browser
# A browser that says « headless » is a robot, and is not counted.
SOMEBODY = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_poster_from_its_place_to_its_count(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site, place = Municipality.objects.get(slug="saran"), live.city("saran"), f"Marché {javascript}"
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
    desk = open_page(DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, facilitator))
    desk.goto(f"{site}/gestion/mobiliser/")
    clean(desk)
    page = desk.url
    desk.get_by_label("Ce qui est affiché ou distribué").select_option(label="Affiche A3")
    desk.get_by_label("Où").fill(place)
    go(desk, "Ajouter ce lieu")
    clean(desk)
    row = desk.locator("tr", has=desk.get_by_role("rowheader", name=f"Affiche, A3 · {place}"))
    with desk.expect_download() as downloaded:
        row.get_by_role("link", name="Pour nos imprimantes").click()
    assert PdfReader(downloaded.value.path()).pages[0].extract_text()

    with schema_context(saran.schema_name):
        spot = Spot.objects.get(name=place)
    phone = open_page(PHONE, javascript=javascript)
    phone.set_extra_http_headers(SOMEBODY)
    phone.goto(f"{site}/v/a{spot.consultation_id}-{spot.pk}")
    expect(phone).to_have_url(f"{site}/")
    desk.goto(page)
    counted = desk.locator("tr", has=desk.get_by_role("rowheader", name=f"Affiche A3 · {place}", exact=True))
    expect(counted.locator("td").first).to_have_text("1")

    go(desk, "Textes et images")
    clean(desk)
    assert f"/v/fb{spot.consultation_id}" in desk.locator("#texte-facebook").input_value()
    expect(desk.get_by_role("button", name="Copier").first).to_be_visible(visible=javascript)

    desk.goto(f"{page}feuilles/")
    clean(desk)
    desk.get_by_label("Nombre de feuilles").fill("2")
    go(desk, "Préparer ces feuilles")
    with worker(queue="celery", threads=1, EMAIL_URL=live.inbox.url, PUBLIC_BASE_URL=live.public):

        def is_made() -> bool:
            desk.goto(f"{page}feuilles/")
            return desk.locator("#runs progress").count() == 0

        assert eventually(is_made)
    clean(desk)
    with desk.expect_download() as downloaded:
        desk.locator("#runs a").first.click()
    assert len(PdfReader(downloaded.value.path()).pages) == 2
