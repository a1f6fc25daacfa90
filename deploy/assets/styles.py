"""Cut Bootstrap down to what our pages name: `make styles`, after using one of its classes for the first time.

bootstrap.min.css beside this file is the whole of it, unchanged and never served. What is served,
platform/common/static/common/vendor/bootstrap.css, keeps the rules whose every class stands
somewhere in our templates, Python or scripts, and of their variables and animations those that a kept
rule names (23 kB on the wire become 5), inside its own cascade layer: ours win without !important,
and pages need no @import. A test compares the two.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHOLE = Path(__file__).parent / "bootstrap.min.css"
SERVED = ROOT / "platform/common/static/common/vendor/bootstrap.css"
PLACES = ("platform", "tenants", "onboarding", "billing", "consultations")
OURS = ROOT / "platform/common/static/common/css"
KINDS = (".html", ".py", ".js", ".svg")

# What may be a class: in a template, what stands in a class or a block of classes, or is quoted in a tag; in Python and
# in scripts, what is quoted and has a dash.
_CLASSES = re.compile(r'class="((?:{{.*?}}|{%.*?%}|[^"])*)"|{% block \w*class %}(.*?){% endblock')
_TAG = re.compile(r"{%.*?%}")
_QUOTED = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'|`([^`]*)`')
# Light and dark are ours, by prefers-color-scheme: nothing says data-bs-theme.
_THEME = "[data-bs-theme="
_VARIABLE = re.compile(r"((--bs-[\w-]+):[^;{}]*;?)")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
# A comma inside :not() parts no selectors.
_COMMA = re.compile(r",(?![^(]*\))")


def served() -> str:
    """The style sheet as it must be for the pages of today."""
    css = WHOLE.read_text().removeprefix('@charset "UTF-8";')
    css = re.sub(r"\s*/\*# sourceMappingURL=.*?\*/\s*$", "", css)
    banner, css = css.split("*/", 1)
    return f'@charset "UTF-8";{banner}*/@layer bootstrap{{{_named(_kept(css, words_in_use()))}}}\n'


def words_in_use() -> set[str]:
    """Every class of our sources, and more: one that is built from parts must be written out somewhere.

    E-mails are no pages: what they say of their looks stands in them.
    """
    files = (file for place in PLACES for file in (ROOT / place).rglob("*") if file.suffix in KINDS)
    return {word for file in files if "email" not in file.parts for word in _words(file)}


def _words(file: Path) -> Iterator[str]:
    """A word alone in Python or in a script is no class of Bootstrap, but too often the name of one."""
    text = file.read_text()
    if file.suffix in (".html", ".svg"):
        found_in = [*_CLASSES.findall(text), *_QUOTED.findall(" ".join(_TAG.findall(text)))]
        yield from re.findall(r"[\w-]+", " ".join("".join(found) for found in found_in))
    else:
        found_in = _QUOTED.findall(text)
        yield from (word for word in re.findall(r"[\w-]+", " ".join("".join(f) for f in found_in)) if "-" in word)


def _named(css: str) -> str:
    """Without the variables and animations that no rule names, in `css` or in our own style sheets."""
    ours = "".join(file.read_text() for file in OURS.glob("*.css"))
    while True:
        named = set(re.findall(r"var\((--bs-[\w-]+)", css + ours))
        moving = set(re.findall(r"[\w-]+", " ".join(re.findall(r"animation:([^;}]*)", css))))
        rules = (
            f"{head}{{{body}}}"
            for head, body in _rules(css)
            if not head.startswith("@keyframes") or head.split()[1] in moving
        )
        parts = _VARIABLE.split("".join(rules))  # what stands around, a declaration, its name, and so on
        shorter = "".join(
            around + (declaration if name in named else "")
            for around, declaration, name in zip_longest(parts[::3], parts[1::3], parts[2::3], fillvalue="")
        )
        if shorter == css:
            return css
        css = shorter


def _kept(css: str, used: set[str]) -> str:
    kept = []
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            inner = _kept(body, used)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        elif selectors := [one for one in _COMMA.split(head) if _THEME not in one and used >= {*_CLASS.findall(one)}]:
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
