"""Cut Bootstrap down to what our pages name: `make styles`, after using one of its classes for the first time.

bootstrap.min.css beside this file is the whole of it, unchanged and never served. What is served,
platform/common/static/common/vendor/bootstrap.css, keeps the rules whose every class stands
somewhere in our templates, Python or scripts (17 kB on the wire become 6), inside its own cascade
layer: ours win without !important, and pages need no @import. A test compares the two.
"""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHOLE = Path(__file__).parent / "bootstrap.min.css"
SERVED = ROOT / "platform/common/static/common/vendor/bootstrap.css"
PLACES = ("platform", "tenants", "onboarding", "billing", "consultations")
KINDS = (".html", ".py", ".js", ".svg")

_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
# A comma inside :not() parts no selectors.
_COMMA = re.compile(r",(?![^(]*\))")


def served() -> str:
    """The style sheet as it must be for the pages of today."""
    css = WHOLE.read_text().removeprefix('@charset "UTF-8";')
    css = re.sub(r"\s*/\*# sourceMappingURL=.*?\*/\s*$", "", css)
    return f'@charset "UTF-8";@layer bootstrap{{{_kept(css, words_in_use())}}}\n'


def words_in_use() -> set[str]:
    """Every word of our sources: a class that is built from parts must be written out somewhere.

    E-mails are no pages: what they say of their looks stands in them.
    """
    files = (file for place in PLACES for file in (ROOT / place).rglob("*") if file.suffix in KINDS)
    return {word for file in files if "email" not in file.parts for word in re.findall(r"[\w-]+", file.read_text())}


def _kept(css: str, used: set[str]) -> str:
    kept = []
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            inner = _kept(body, used)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        elif selectors := [one for one in _COMMA.split(head) if used.issuperset(_CLASS.findall(one))]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The top-level rules of a minified style sheet, as what stands before the braces and within them."""
    depth = start = opened = 0
    for place, sign in enumerate(css):
        if sign == "{":
            depth += 1
            opened = place if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if not depth:
                yield css[start:opened], css[opened + 1 : place]
                start = place + 1


if __name__ == "__main__":
    SERVED.write_text(served())
    print(f"{SERVED.relative_to(ROOT)}: {SERVED.stat().st_size} bytes")
