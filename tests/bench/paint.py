"""How long a telephone on a slow line waits for the largest thing of a page: Lighthouse's mobile profile."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from tests.bench.load import served
from tests.bench.pages import REAL, prepared
from tests.browser.conftest import OPTIONS, chromium

TIMES, GOAL = 5, 1.5
# 1.6 Mbit a second, 150 ms there and back, a processor four times slower than this one, a screen of 412 by 823.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
SCREEN: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
_WATCH = """
window.painted = [];
new PerformanceObserver(list => painted.push(...list.getEntries().map(each => ({
  at: each.startTime, what: each.element ? each.element.tagName + '.' + each.element.className : '', url: each.url
})))).observe({type: 'largest-contentful-paint', buffered: true});
"""
_READ = """() => ({
  largest: painted.at(-1),
  first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  answer: performance.getEntriesByType('navigation')[0].responseStart,
  page: performance.getEntriesByType('navigation')[0].responseEnd,
  parts: performance.getEntriesByType('resource').map(each => ({
    name: each.name.split('/').at(-1), from: each.startTime, until: each.responseEnd, size: each.transferSize,
    blocks: each.renderBlockingStatus === 'blocking'
  }))
})"""


@dataclass(frozen=True)
class Painted:
    largest: float
    what: str
    first: float
    answer: float
    page: float
    parts: list[dict[str, Any]]


def run() -> None:
    if not REAL.exists():
        print("  skipped: the real consultation of 2015 is not beside this project")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    city, paths, _cookie = prepared()
    with served() as ours, sync_playwright() as playwright:
        options = [f"--{each}" for each in OPTIONS]
        browser = playwright.chromium.launch(executable_path=chromium(), args=options)
        for name, path in {"home": "/", **paths}.items():
            say(name, [painted(browser, f"http://{city.host}:{ours.port}{path}") for _each in range(TIMES + 1)][1:])
        browser.close()


def painted(browser: Browser, address: str) -> Painted:
    """Once, by somebody who has never been there."""
    context = browser.new_context(**SCREEN)
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    while not page.evaluate("performance.getEntriesByName('first-contentful-paint').length && painted.length"):
        page.wait_for_timeout(100)
    page.wait_for_timeout(700)  # something larger may come yet
    found = page.evaluate(_READ)
    context.close()
    return Painted(
        found["largest"]["at"], found["largest"]["what"], found["first"], found["answer"], found["page"], found["parts"]
    )


def say(name: str, rounds: list[Painted]) -> None:
    one = sorted(rounds, key=lambda each: each.largest)[len(rounds) // 2]
    print(
        f"  {name:<9} largest {median(each.largest for each in rounds) / 1000:.2f} s (goal {GOAL}), {one.what};"
        f" first {median(each.first for each in rounds) / 1000:.2f}; the page from"
        f" {median(each.answer for each in rounds) / 1000:.2f} to {median(each.page for each in rounds) / 1000:.2f}"
    )
    for part in sorted(one.parts, key=lambda part: part["until"]):
        if part["from"] < one.largest:
            blocks = ", which painting waits for" if part["blocks"] else ""
            print(
                f"    {part['from']:5.0f} → {part['until']:5.0f} ms {part['size'] / 1000:5.1f} kB {part['name']}{blocks}"
            )
