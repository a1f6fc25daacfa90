"""Chromium before the running platform: gunicorn, a Celery worker, and a mailbox where codes and links arrive.

Saran bears the demonstration's consultation, open; Brest is still being prepared. They are started
once for all the tests here (once in each pytest-xdist worker, each with a copy of the same database).
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from consultations.portal import demo
from consultations.portal.demo.synthesis import compose_a_synthesis
from tenants.models import Municipality
from tests import database
from tests.billing.fake import FakeStripe, serving
from tests.processes import Inbox, free_port, inbox, web_server, worker

# The same engine, for a fifth less of the processor's time: first, where a system has it.
WITHOUT_WINDOWS = "chromium-headless-shell"
NAMES = (WITHOUT_WINDOWS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = ("Google Chrome", "Chromium")
OPTIONS = ("no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update", "disable-sync")
PHONE, DESKTOP = (390, 844), (1280, 900)
PATIENCE = 20_000  # milliseconds: a machine that is busy with something else
expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    places = (Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in ON_MACOS)
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), next((str(path) for path in places if path.exists()), None))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("There is no Chromium on this machine: install it to run the tests that drive a browser.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django, called between two of its steps, need not mind.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=executable, args=[f"--{each}" for each in OPTIONS])
        yield started
        started.close()


@dataclass
class Live:
    """Where the platform listens, its mail, and the Stripe that it calls and that calls it."""

    port: int
    inbox: Inbox
    stripe: FakeStripe

    @property
    def public(self) -> str:
        return f"http://{settings.PUBLIC_HOST}:{self.port}"

    def city(self, slug: str) -> str:
        return f"http://{slug}.{settings.PUBLIC_HOST}:{self.port}"


@pytest.fixture(scope="package")
def live(
    browser: Browser, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    log = tmp_path_factory.mktemp("live") / "servers.log"
    port = free_port()
    # The links in mails lead to this port.
    address = f"http://{settings.PUBLIC_HOST}:{port}"
    webhooks = f"{address}/stripe/webhook/"
    with (
        django_db_blocker.unblock(),
        database.copied(database.made_once("shown", database.BUILT, show)),
        inbox() as received,
        stripe_sending(webhooks) as stripe,
    ):
        current_app.control.purge()
        environment = {"PUBLIC_BASE_URL": address, "EMAIL_URL": received.url, "STRIPE_API_BASE": stripe.address}
        with web_server(port, log, **environment), worker(log, **environment):
            yield Live(port, received, stripe)
    said = log.read_text()
    assert "Traceback" not in said, said


def show() -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        demo.fill(municipality=saran, at=timezone.now())
        compose_a_synthesis()


@contextmanager
def stripe_sending(url: str) -> Iterator[FakeStripe]:
    """The fake, a hundred days behind: what is long unpaid began then. Its events leave as they come."""
    with serving() as fake:
        fake.fake.reset(ahead=-int(timedelta(days=100).total_seconds()))
        fake.sender.url = url
        over = threading.Event()

        def send() -> None:
            while not over.wait(0.1):
                fake.sender.send()

        sending = threading.Thread(target=send, daemon=True)
        sending.start()
        yield fake
        over.set()
        sending.join()


@dataclass
class Watch:
    """What no page may do: fail, complain, or ask anyone but us for anything."""

    problems: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))

    def _asked(self, request: Request) -> None:
        scheme, _, rest = request.url.partition("://")
        host = rest.partition("/")[0].partition(":")[0]
        # Stripe's page to pay on, which is the fake's, and which a link leads to.
        if request.is_navigation_request() and rest.startswith("127.0.0.1:") and "/checkout/" in rest:
            return
        ours = host == settings.PUBLIC_HOST or host.endswith(f".{settings.PUBLIC_HOST}")
        if not ours and not scheme.startswith(("data:", "about:")):
            self.problems.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        # A page may be a refusal (404, 422); what it is made of may not.
        page = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= (500 if page else 400):
            self.problems.append(f"{response.status}: {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        refusal = message.text.startswith(("Failed to load resource", "Response Status Error Code 4"))  # seen above
        if message.type in ("error", "warning") and not refusal:
            self.problems.append(f"console: {message.text}")


def new_context(browser: Browser, watch: Watch, **options: Any) -> BrowserContext:
    # What a press may copy in a browser with windows, it may in one without.
    options = {"permissions": ["clipboard-write"], **options}
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    watch.over(context)
    return context


@pytest.fixture
def open_page(browser: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """`open_page(size, javascript=...)`: the page of a new visitor."""
    watch = Watch()
    contexts: list[BrowserContext] = []

    def make(size: tuple[int, int] = PHONE, *, javascript: bool = True) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        contexts.append(new_context(browser, watch, viewport=viewport, java_script_enabled=javascript))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)
