"""Parts of kept pages (common.pagecache) that are made once and shown to many."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

from common import clock
from common.kept import KEEP_SECONDS, KeptPage, without_tokens

_PARTS_MAX, _FRAGMENTS_MAX = 200, 1000


class Fragment(NamedTuple):
    """What it was made of, itself, and until when it holds."""

    says: str
    made: str
    until: datetime | None


def kept_part(request: HttpRequest, variant: str, make: Callable[[], str]) -> str:
    """The filling of a hole that takes few forms on one page, e.g. the buttons with one of them pressed.

    Kept with its page, under `variant`, which must say everything that the filling depends on.
    """
    page: KeptPage | None = getattr(request, "kept_page", None)
    if page is None:
        return make()
    part = page.parts.get(variant)
    if part is None:
        if len(page.parts) >= _PARTS_MAX:
            page.parts.clear()
        with page.validity.noted():
            made = make()
        page.parts[variant] = without_tokens(made.encode())
        return made
    return part.decode()


def kept_fragment(request: HttpRequest, name: str, says: str, make: Callable[[], str]) -> str:
    """A part of many kept pages, e.g. a card: kept until something acts at once in the city, or time changes it.

    `says` must say everything else that it shows: all that may change soon. On any other page it is made at once.
    """
    return kept_fragments(request, {name: says}, lambda _names: {name: make()})[name]


def kept_fragments(
    request: HttpRequest, says: Mapping[str, str], make: Callable[[list[str]], Mapping[str, str]]
) -> dict[str, str]:
    """The same for several of a kind, by their names, which begin with it: those that are not kept are made together.
    `make` may leave some out."""
    fragments = _fragments(request, next(iter(says), "").partition(" ")[0])
    found = {}
    for name, said in says.items():
        kept = fragments.get(name)
        if kept and kept.says == said and not (kept.until and timezone.now() >= kept.until):
            clock.ends(kept.until)
            found[name] = kept.made
    if missing := [name for name in says if name not in found]:
        for name, made in make(missing).items():
            found[name] = made
            if len(fragments) >= _FRAGMENTS_MAX:
                fragments.clear()
            # It may show what its page was told of time before it came to it.
            fragments[name] = Fragment(says[name], made, clock.known_until())
    return found


def _fragments(request: HttpRequest, kind: str) -> dict[str, Fragment]:
    """Of all kept pages of this city in this state. Kinds lie apart, so that one of which there are many does not push
    out another."""
    state = getattr(request, "page_state", "")
    if not state:
        return {}
    pages = caches["pages"]
    fragments: dict[str, Fragment] | None = pages.get(f"{state}-{kind}")
    if fragments is None:
        fragments = {}
        pages.set(f"{state}-{kind}", fragments, KEEP_SECONDS)
    return fragments
