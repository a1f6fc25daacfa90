"""Public pages on paper: what one reads, with its counts, and nothing that one could only press."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.browser.conftest import Live

pytestmark = pytest.mark.browser

ONLY_TO_PRESS = re.compile(
    r"^\W*(Signaler|Signaler cette proposition|Réagir|Partager|Copier le lien|Se connecter|Donner un argument"
    r"|Utile|Proposer une solution|Choisir un défi|Rechercher|Filtrer|Ce qui aide maintenant)\W*$",
    re.MULTILINE,
)
PAGES = [
    "/",
    "/propositions/",
    "/defis/ecologie/",
    "/mode-d-emploi/",
    "/charte/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/accessibilite/",
    "/moderation/",
    "/consultations/territoires-resilients/chiffres/",
    "/consultations/le-parc-de-letang/votes/1/resultat/",
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    yield context.new_page()
    context.close()


def printed(page: Page, address: str) -> list[str]:
    """The words of each sheet of A4."""
    page.goto(address)
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4"))).pages]


@pytest.mark.parametrize("path", PAGES)
def test_no_sheet_is_blank_and_no_button_is_printed(page: Page, live: Live, path: str) -> None:
    sheets = printed(page, live.city("saran") + path)
    assert [len(sheet.strip()) for sheet in sheets if not sheet.strip()] == [], list(map(len, sheets))
    assert not ONLY_TO_PRESS.findall("\n".join(sheets))


def test_the_landing_page_too(page: Page, live: Live) -> None:
    sheets = printed(page, live.public + "/")
    assert all(sheet.strip() for sheet in sheets)


def test_a_proposal_is_printed_with_its_reactions_and_all_its_arguments(page: Page, live: Live) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        proposal = Proposal.objects.published().filter(merged_into=None).order_by("-for_count", "pk")[0]
        texts = [proposal.arguments.filter(stance=stance).latest("pk").text for stance in ("FOR", "AGAINST")]
    sheets = printed(page, live.city("saran") + proposal.get_absolute_url())
    whole = " ".join(" ".join(sheets).split())
    for label, count in (
        ("J’aime", proposal.like_count),
        ("Avis partagé", proposal.mixed_count),
        ("Je n’aime pas", proposal.dislike_count),
    ):
        assert f"{label} {count} " in whole
    for text in texts:
        assert " ".join(text.split())[:30] in whole
    assert all(sheet.strip() for sheet in sheets)
    assert not ONLY_TO_PRESS.findall("\n".join(sheets))


def test_what_is_folded_on_the_screen_is_open_on_paper(page: Page, live: Live) -> None:
    sheets = printed(page, live.city("saran") + "/mode-d-emploi/")
    answer = page.locator("details p").first.inner_text() or page.locator("details p").first.text_content()
    assert answer
    assert " ".join(answer.split())[:30] in " ".join(" ".join(sheets).split())


def test_a_sheet_says_where_its_page_is_and_bears_the_code_that_somebody_opened(page: Page, live: Live) -> None:
    address = live.city("saran") + "/defis/ecologie/"
    assert re.search(r"Lien de cette page\s+http", "\n".join(printed(page, address)))
    page.locator(".share summary").click()
    page.emulate_media(media="print")
    expect(page.locator(".share__code img")).to_be_visible()
    expect(page.locator(".share__code p")).to_be_hidden()
