"""Pages made of what several apps say: a page names its slots, and any app fills them with panels.

So an app that comes later shows itself on the pages of those below it, which never heard of it. An app declares its
panels in `panels.py`, imported by its `ready`; the template tag `{% panels "slot" %}` shows them in their order. The
slots of a page are named after it: "proposal.banner".
"""

from bisect import insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

# Of the page's context and for the request: what the panel's template needs beside it; None: nothing to show here.
Fill = Callable[[HttpRequest, Mapping[str, Any]], Mapping[str, Any] | None]


@dataclass(frozen=True, order=True)
class Panel:
    """`queries`: how many it may cost at most, whatever there is to show (tests/common/test_panels.py holds it)."""

    order: int
    template: str
    fill: Fill = field(compare=False)
    queries: int = field(default=0, compare=False)

    def render(self, request: HttpRequest, shown: Mapping[str, Any]) -> str:
        found = self.fill(request, shown)
        if found is None:
            return ""
        return get_template(self.template).render({**shown, **found}, request)


_slots: dict[str, list[Panel]] = {}


def panel(slot: str, template: str, *, order: int, queries: int = 0) -> Callable[[Fill], Fill]:
    """Register what a function finds, in its template, as a panel of a slot."""

    def register(fill: Fill) -> Fill:
        insort(_slots.setdefault(slot, []), Panel(order, template, fill, queries))
        return fill

    return register


def static_panel(slot: str, template: str, *, order: int) -> None:
    """Register a panel that its template makes of what the page has."""
    panel(slot, template, order=order)(lambda request, shown: {})


def panels_of(slot: str) -> list[Panel]:
    return _slots.get(slot, [])


def fill_slot(slot: str, request: HttpRequest, shown: Mapping[str, Any]) -> SafeString:
    """All its panels that have something to show, one after the other; empty where there is none."""
    return mark_safe("".join(each.render(request, shown) for each in panels_of(slot)))  # noqa: S308 (our templates)
