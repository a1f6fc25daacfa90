"""The list of contributions at the desk: filtered and taken along, from the keyboard, on a telephone."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.participation.models import Argument, Reply
from consultations.participation.services.sheets import AT_ONCE
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.axe import findings
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, go

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_contributions_are_filtered_and_taken_along_without_a_mouse(
    size: tuple[int, int], open_page: Callable[..., Page], live: Live, visit: Callable[..., Client]
) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
    page = open_page(size)
    come_in(page, live.city("saran"), visit(saran, facilitator))
    page.goto(live.city("saran") + "/gestion/contributions/")
    page.get_by_label("Mots ou nom public").fill("ombre")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    found = page.locator("tbody tr")
    expect(page.get_by_role("link", name="« ombre »")).to_be_visible()
    before = found.count()
    if size == PHONE:
        page.locator(".sift__main > summary").focus()
        if not page.get_by_label("Quoi").is_visible():
            page.keyboard.press("Enter")
    page.get_by_label("Quoi").select_option("PROPOSAL")
    page.get_by_label("Quoi").press("Tab")
    with page.expect_navigation():
        page.get_by_role("button", name="Trouver").press("Enter")
    assert 0 < found.count() < before
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not findings(page, f"contributions at {size[0]}")
    everything = page.get_by_role("button", name="trouvées")
    expect(everything).to_be_visible()
    page.locator(".pick").first.press("Space")
    expect(everything).to_be_hidden()
    with page.expect_download() as chosen:
        page.locator("button.bulk-bar__ticked").press("Enter")
    assert chosen.value.suggested_filename.endswith(".xlsx")
    with page.expect_download() as whole:
        page.get_by_role("button", name="CSV").press("Enter")
    assert whole.value.path().read_text(encoding="utf-8-sig").count("Proposition;") == found.count()
    follow(page.get_by_role("link", name="Tout effacer"))
    expect(page.locator(".sifted")).to_have_count(0)


def test_a_view_is_saved_opened_again_with_other_columns_and_its_long_file_fetched_once_a_worker_has_made_it(
    open_page: Callable[..., Page], live: Live, visit: Callable[..., Client], many: int
) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
    page = open_page(DESKTOP)
    come_in(page, live.city("saran"), visit(saran, facilitator))
    page.goto(live.city("saran") + "/gestion/contributions/")
    page.get_by_label("Quoi").select_option("REPLY")
    go(page, "Trouver")
    follow(page.get_by_role("link", name="Enregistrer cette vue"))
    page.get_by_label("Nom de la vue").fill("Réponses à lire")
    assert not findings(page, "saving a view")
    go(page, "Enregistrer cette vue")
    page.goto(live.city("saran") + "/gestion/contributions/")
    follow(page.get_by_role("link", name="Réponses à lire"))
    page.get_by_text("Colonnes", exact=True).click()
    for column in ("Canal", "Défi"):
        page.get_by_role("checkbox", name=column).check()
    page.get_by_role("checkbox", name="Avis").uncheck()
    go(page, "Trouver")
    heads = page.locator("thead th")
    expect(heads.filter(has_text="Canal")).to_have_count(1)
    expect(heads.filter(has_text="Avis")).to_have_count(0)
    assert not findings(page, "contributions with other columns")
    follow(page.get_by_role("link", name="Gérer les vues"))
    assert not findings(page, "saved views")
    page.go_back()
    go(page, "CSV")
    assert not findings(page, "files that are made")
    with page.expect_download() as file:
        page.get_by_role("link", name="Télécharger le fichier").click()
    lines = file.value.path().read_text(encoding="utf-8-sig")
    assert lines.count(";Réponse;") >= many
    head = lines.splitlines()[0]
    assert "Canal" in head
    assert "J’aime" not in head


@pytest.fixture
def many(live: Live) -> Iterator[int]:
    """So many replies in Saran that their file is made by a worker; gone again for the other stories."""
    number = AT_ONCE + 1
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        argument = Argument.objects.order_by("pk")[0]
        made = Reply.objects.bulk_create(
            Reply(argument=argument, author=argument.author, text=f"Réponse de la file, {each}.")
            for each in range(number)
        )
    yield number
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        Reply.objects.filter(pk__in=[each.pk for each in made]).delete()
