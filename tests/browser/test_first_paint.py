"""What a page waits for before anything is painted: few bytes, asked for at once. Times are for `make bench ARGS=paint`."""

from collections.abc import Callable
from typing import Any

import brotli
import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page

from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.browser.conftest import Live

pytestmark = pytest.mark.browser

# Of style sheets and scripts that painting waits for, and of the fonts of the first words: bytes, as they are sent.
BLOCKS_MOST, FONTS_MOST, PAGE_MOST = 24_000, 48_000, 16_000
_ASKED = """() => [performance.getEntriesByType('navigation')[0].encodedBodySize,
  performance.getEntriesByType('resource').map(each => ({
    name: each.name, by: each.initiatorType, size: each.encodedBodySize,
    blocks: each.renderBlockingStatus === 'blocking'
  }))]"""


@pytest.mark.parametrize("path", ["/", "/propositions/", "proposal"])
def test_painting_waits_for_little_and_all_of_it_is_asked_for_at_once(
    open_page: Callable[..., Page], live: Live, path: str
) -> None:
    if path == "proposal":
        with schema_context(Municipality.objects.get(slug="saran").schema_name):
            path = Proposal.objects.published().order_by("-for_count", "pk")[0].get_absolute_url()
    page = open_page()
    page.goto(live.city("saran") + path, wait_until="load")
    size, asked = page.evaluate(_ASKED)
    assert size < PAGE_MOST
    blocking = [each for each in asked if each["blocks"]]
    assert {each["name"].rpartition(".")[2] for each in blocking} <= {"css", "js"}
    assert sum(_packed(page, each["name"]) for each in blocking) < BLOCKS_MOST, blocking
    fonts = [each for each in asked if each["name"].endswith(".woff2")]
    # Named in the page, not found in a style sheet, which would be one more way there and back.
    assert [each["by"] for each in fonts] == ["link", "link"]
    assert sum(each["size"] for each in fonts) < FONTS_MOST, fonts
    assert not [each for each in asked if each["by"] == "css"], "asked for by a style sheet"
    assert _order(page) == sorted(_order(page))


def _packed(page: Page, address: str) -> int:
    """Bytes, as the server sends them where files are collected."""
    words: str = page.evaluate("address => fetch(address).then(answer => answer.text())", address)
    return len(brotli.compress(words.encode()))


def _order(page: Page) -> list[int]:
    """Scripts that painting waits for, fonts, style sheets: in this order. A script after a style sheet waits for it, and
    the page for the script; words that are laid out without their font are laid out twice."""
    found: Any = page.evaluate("""() => [...document.head.querySelectorAll('script:not([defer]), link')].map(each =>
      each.tagName === 'SCRIPT' ? 0 : each.rel === 'preload' ? 1 : each.rel === 'stylesheet' ? 2 : -1
    ).filter(each => each >= 0)""")
    return list(found)
