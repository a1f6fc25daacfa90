"""What a ruler finds wrong in a page on a telephone: what large words cut off or push out, what is too small for a thumb."""

from playwright.sync_api import Page

LEAST, THUMB = 24, 44  # px: WCAG 2.2, 2.5.8; and 2.5.5, for what stands alone on pages of residents

# A scrolling table may be wider; words for screen readers only take no room.
_CUT = """() => [...document.querySelectorAll('main :is(h1, h2, h3, p, dd, li, label, button)')]
  .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
  .filter((each) => !each.closest('.visually-hidden, .fleet-scroll, .table-responsive'))
  .filter((each) => getComputedStyle(each).clipPath === 'none')
  .map((each) => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 40)}`)"""

_OUT = """(width) => [...document.querySelectorAll('main *, header *, footer *')]
  .filter((each) => each.getBoundingClientRect().right > width + 0.5 && !each.closest('.fleet-scroll, .table-responsive'))
  .map((each) => `${each.tagName} ${each.getAttribute('class')}`).slice(0, 5)"""

# A stretched link is as large as what it stretches over; a box that is ticked, as its label. A link in a sentence is
# as high as its line: it only has the least.
_TARGETS = """([least, thumb]) => {
  const found = [];
  for (const each of document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden])')) {
    if (each.closest('.visually-hidden, .skip, [hidden]') || !each.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(each), over = getComputedStyle(each, '::after');
    const stretched = over.position === 'absolute' && style.position === 'static' && each.offsetParent;
    const label = ['checkbox', 'radio'].includes(each.type) && each.labels[0];
    const boxes = [each, stretched, label].filter(Boolean).map((box) => box.getBoundingClientRect());
    const [width, height] = ['width', 'height'].map((side) => Math.max(...boxes.map((box) => box[side])));
    const said = each.textContent.trim();
    const alone = each.parentElement.textContent.trim().length <= said.length + 2 && !each.closest('.prose');
    const inSentence = style.display === 'inline' && !alone;
    const asked = inSentence ? least : thumb;
    if (width && (height < asked - 0.5 || (!inSentence && width < least)))
      found.push(`${Math.round(width)} × ${Math.round(height)}: ${said.slice(0, 40) || each.name} (${each.className})`);
  }
  return found;
}"""


def with_large_text(page: Page) -> list[str]:
    """What does not fit once all words are twice as large (WCAG 1.4.4); the page is left as it was."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    size = page.viewport_size
    assert size is not None
    wide = page.evaluate("document.documentElement.scrollWidth")
    out = page.evaluate(_OUT, size["width"])
    found = [f"text at 200 %: {wide} px wide at {size['width']}, {out}"] if wide > size["width"] else []
    found += [f"text at 200 %: cut off, {each}" for each in page.evaluate(_CUT)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def small_targets(page: Page, thumb: int) -> list[str]:
    return [f"too small to press: {each}" for each in page.evaluate(_TARGETS, [LEAST, thumb])]


def cut_tables(page: Page) -> list[str]:
    """Whoever works at a desk sees all columns."""
    wider = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.ariaLabel)"
    return [f"columns are cut off: {each}" for each in page.locator(".fleet-scroll").evaluate_all(wider)]
