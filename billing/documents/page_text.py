"""A page's own text as blocks of words, for the same text on paper."""

import re
from dataclasses import dataclass
from typing import Any

from lxml import html

_BLOCKS = frozenset({"h2", "h3", "p", "li", "tr"})
_STYLES = frozenset({"strong", "mark"})
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class Run:
    text: str
    style: str = ""


@dataclass(frozen=True)
class Block:
    """`kind`: h2, h3, p, li; a row of a table is a paragraph, its cells between commas."""

    kind: str
    runs: tuple[Run, ...]


def blocks_of(page: str) -> list[Block]:
    """Of our own templates: what stands in no heading, paragraph, list or table is left out."""
    root = html.fragment_fromstring(page, create_parent="div")
    found = []
    for element in root.iter(*_BLOCKS):
        if element.tag == "tr" and element.getparent().tag == "thead":
            continue
        runs = _row(element) if element.tag == "tr" else _tidy(_runs(element, ""))
        found.append(Block("p" if element.tag == "tr" else str(element.tag), tuple(runs)))
    return found


def _row(row: Any) -> list[Run]:
    cells = [_tidy(_runs(cell, "strong" if cell.tag == "th" else "")) for cell in row]
    between = [Run("\u00a0: "), *[Run(", ")] * len(cells)]
    return [run for number, cell in enumerate(cells) for run in ([between[number - 1]] if number else []) + cell]


def _runs(element: Any, style: str) -> list[Run]:
    found = [Run(element.text, style)] if element.text else []
    for child in element:
        found += _runs(child, child.tag if child.tag in _STYLES else style) if isinstance(child.tag, str) else []
        found += [Run(child.tail, style)] if child.tail else []
    return found


def _tidy(runs: list[Run]) -> list[Run]:
    """One space where the template has line ends; none at the ends."""
    words = [Run(_SPACES.sub(" ", run.text), run.style) for run in runs]
    if words:
        words[0] = Run(words[0].text.lstrip(" "), words[0].style)
        words[-1] = Run(words[-1].text.rstrip(" "), words[-1].style)
    return [run for run in words if run.text]
