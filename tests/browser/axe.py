"""What axe finds wrong in a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
# What another size or scheme of the same page can change.
SIGHT = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}


def findings(page: Page, look: str, rules: dict[str, object] = RULES) -> list[str]:
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"{look}: {page.locator('h1').count()} h1")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for violation in page.evaluate("(rules) => axe.run(rules)", rules)["violations"]:
        places = [f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"]]
        found.append("\n  ".join([f"{look}: {violation['id']}: {violation['help']}", *places]))
    return found
