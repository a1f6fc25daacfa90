"""The progress page outlives its server: away for some seconds and back, it goes on by itself."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from onboarding import provisioning
from tests.browser.conftest import DESKTOP, Live
from tests.onboarding.test_provisioning import ask
from tests.processes import free_port, web_server

pytestmark = pytest.mark.browser


def test_the_steps_go_on_after_the_server_was_away(live: Live, browser: Browser, tmp_path: Path) -> None:
    run = ask("ardon", authority_name="Ardon", admin_email="maire@ardon.example")
    port, log = free_port(), tmp_path / "web.log"
    address = f"http://{settings.PUBLIC_HOST}:{port}"
    # Refused connections are meant here: nobody watches what the console says of them.
    page = browser.new_context(locale="fr-FR", viewport={"width": DESKTOP[0], "height": DESKTOP[1]}).new_page()
    try:
        with web_server(port, log, PUBLIC_BASE_URL=address):
            page.goto(f"{address}/inscription/mise-en-service/{run.pk}/")
            expect(page.get_by_role("heading", level=1)).to_contain_text("Ardon")
            expect(page.locator(".ticks .is-now")).to_have_count(1)
            page.evaluate("window.stayed = true")
        asked = page.evaluate("performance.getEntriesByType('resource').length")
        # It goes on asking, twice at least.
        page.wait_for_function("asked => performance.getEntriesByType('resource').length > asked + 1", arg=asked)
        expect(page.locator(".ticks li")).to_have_count(6)
        # Meanwhile the workers, who need no web server, have done it all.
        finished = provisioning.advance(run.pk)
        assert finished is not None
        assert finished.state == "DONE", finished.problem
        with web_server(port, log, PUBLIC_BASE_URL=address):
            expect(page.get_by_role("heading", level=1)).to_have_text("La plateforme d’Ardon est prête")
            expect(page.locator(".ticks .is-now")).to_have_count(0)
            assert page.evaluate("window.stayed"), "without a reload"
    finally:
        page.context.close()
