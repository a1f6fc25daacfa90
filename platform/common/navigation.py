"""Menus: each app registers its entries in its `navigation.py`; `{% menu "desk" %}` shows those for whoever asks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db import models
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.requests import Request


class Menu(StrEnum):
    CITY = "city"
    CITY_FOOT = "city_foot"
    ACCOUNT = "account"
    DESK = "desk"
    SITE = "site"
    SITE_OWN = "site_own"  # after what the page itself adds
    SITE_FOOT = "site_foot"
    SITE_FOOT_OWN = "site_foot_own"
    OPS = "ops"


class Group(models.TextChoices):
    """What the desk's entries stand under, in this order; first come those without a heading."""

    DIALOGUE = "dialogue", pgettext_lazy("menu", "Dialogue")
    OUTCOMES = "suites", pgettext_lazy("menu", "What comes of it")
    FRAME = "cadre", pgettext_lazy("menu", "Framework")
    PLATFORM = "plateforme", _("Platform")


# Those that say where one is.
_MARKED = frozenset({Menu.CITY, Menu.DESK, Menu.OPS})


@dataclass(frozen=True)
class Entry:
    url_name: str
    label: Any  # words, or a promise of them
    order: int
    group: Group | None
    inside: Callable[[], Iterable[str]]
    fragment: str
    roles: frozenset[str]
    when: Callable[[Request], bool] | None
    count: Callable[[Request], int] | None
    queries: int
    url: Callable[[Request], str] | None


@dataclass(frozen=True)
class Shown:
    url: str
    label: Any
    current: str  # of aria-current: page, true where one is inside, or nothing
    count: int = 0
    group: Group | None = None


_menus: dict[Menu, list[Entry]] = {menu: [] for menu in Menu}


def in_menu(
    menu: Menu,
    url_name: str,
    label: Any,
    *,
    order: int,
    group: Group | None = None,
    roles: frozenset[str] = frozenset(),
    inside: str | Callable[[], Iterable[str]] = "",
    fragment: str = "",
    when: Callable[[Request], bool] | None = None,
    count: Callable[[Request], int] | None = None,
    queries: int = 0,
    url: Callable[[Request], str] | None = None,
) -> None:
    """Register an entry; menus are in the order of their groups, and of `order` in each.

    `roles`: who sees it, everybody by default; its page is guarded by itself. `inside`: the names of the addresses that
    belong to it, between spaces, `ops_library_*` for all that begin so; or what finds them. `fragment`: where on the
    page it leads. `count`: how much waits there. `queries`: how many its `when` and its `count` ask
    (tests/common/test_navigation.py holds it). `url`: where it leads, if that depends on the page one is on.
    """
    names = inside if callable(inside) else inside.split
    entry = Entry(url_name, label, order, group, names, fragment, roles, when, count, queries, url)
    _menus[menu] = sorted([*_menus[menu], entry], key=_place)


def _place(entry: Entry) -> tuple[int, int]:
    return (list(Group).index(entry.group) if entry.group else -1, entry.order)


def shown(menu: Menu, request: Request) -> Iterator[Shown]:
    """The entries that are for the person of a request. No query but those of its `when` and its `count`."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    has_own = name in {entry.url_name for entry in _menus[menu]}
    for entry in _menus[menu]:
        if entry.roles and getattr(request.user, "role", "") not in entry.roles:
            continue
        if entry.when is None or entry.when(request):
            fragment = f"#{entry.fragment}" if entry.fragment else ""
            url = entry.url(request) if entry.url else address_of(entry.url_name) + fragment
            current = _current(entry, name, has_own=has_own) if menu in _MARKED else ""
            waiting = entry.count(request) if entry.count else 0
            yield Shown(url, entry.label, current, waiting, entry.group)


def address_of(url_name: str) -> str:
    """Of a page without parameters: asked for at each serving of a kept page."""
    return _address(url_name, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=500)
def _address(url_name: str, urlconf: str | None, prefix: str) -> str:
    return reverse(url_name, urlconf)


def grouped(menu: Menu, request: Request) -> list[tuple[Group | None, list[Shown]]]:
    """The same, group by group: those that have an entry for this person."""
    return [(group, list(entries)) for group, entries in groupby(shown(menu, request), key=lambda each: each.group)]


def _current(entry: Entry, name: str, *, has_own: bool) -> str:
    """`has_own`: the page has an entry of its own, and is inside no other."""
    if name == entry.url_name and not entry.fragment:
        return "page"
    return "true" if not has_own and any(fnmatchcase(name, pattern) for pattern in entry.inside()) else ""
