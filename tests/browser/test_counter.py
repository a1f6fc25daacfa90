"""The page counts what is typed as the server does, and no longer says what was mended."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from common.text import visible_length

pytestmark = pytest.mark.browser

SCRIPT = Path("platform/common/static/common/js/site.js")
FIELD = """
<!doctype html><html lang="fr"><body><form method="post">
<textarea id="text" aria-invalid="true" aria-describedby="text_error text_counter" class="is-invalid"
  data-counter="21-30"></textarea>
<p id="text_counter" data-over="de trop">de 21 à 30 signes</p>
<ul id="text_error" class="field-errors"{mark}><li>Il en manque.</li></ul>
<input id="title" aria-invalid="true" minlength="8" data-counter="8-120"><ul id="title_error"{mark}><li>Trop court.</li></ul>
</form></body></html>
"""

TYPE = "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    yield context.new_page()
    context.close()


def show(page: Page, *, mark: str = " data-until-fits") -> None:
    page.set_content(FIELD.format(mark=mark))
    page.add_script_tag(content=SCRIPT.read_text())


@pytest.mark.parametrize(
    "text",
    [
        "Un banc près de l’eau",
        "  Un  banc\n\n\n\n près \n de l’eau \n",
        "Un\u00a0banc\u202f!\u00a0\u00a0 Oui",
        "Un ba\u00adnc\u200b près\u2060 de l’eau",
        "e\u0301te\u0301 \u1100\u1161\u11a8 q\u0303",
        "👩‍🌾 et ❤️ et 🏴\U000e0067\U000e0062\U000e007f",
        "Un\x0bbanc\x0cprès\x85de\u2028l’eau\u2029ici",
        "Un\x0b\x0b\x0b\x0bbanc \x85 \x0c ici",
        "\u202eUn banc\u202c \x07\x9f\ufeff",
        "\u3164\u2800\u115f",
    ],
)
def test_the_page_and_the_server_count_alike(page: Page, text: str) -> None:
    show(page)
    page.locator("#text").evaluate(TYPE, text)
    counted = visible_length(text)
    expect(page.locator("#text_counter")).to_have_text(
        re.compile(rf"^{counted} · ") if counted else "de 21 à 30 signes"
    )


def test_an_error_of_length_goes_once_it_is_mended(page: Page) -> None:
    show(page)
    field, error = page.locator("#text"), page.locator("#text_error")
    for text in ("Un banc près de l’ea", "x" * 31, "Un banc près de l’ea \u00ad"):
        field.fill(text)
        expect(error).to_be_visible()
    field.fill("Un banc près de l’eau")  # 21 with its spaces
    expect(error).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "text_counter")
    expect(field).not_to_have_class(re.compile("is-invalid"))
    page.locator("#title").fill("Des bancs")
    expect(page.locator("#title_error")).to_have_count(0)


def test_an_error_of_another_kind_stays(page: Page) -> None:
    show(page, mark="")
    page.locator("#text").fill("Un banc près de l’eau")
    expect(page.locator("#text_error")).to_be_visible()


def test_over_the_limit_words_say_by_how_much(page: Page) -> None:
    show(page)
    page.locator("#text").evaluate(TYPE, "x" * 42)
    expect(page.locator("#text_counter")).to_have_text("42 · de 21 à 30 signes · 12 de trop")
