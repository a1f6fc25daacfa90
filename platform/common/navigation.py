"""Menus: each app registers its entries in its `navigation.py`; `{% menu "desk" %}` shows those for whoever asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from django.urls import reverse

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


# Those that say where one is.
_MARKED = frozenset({Menu.CITY, Menu.DESK, Menu.OPS})


@dataclass(frozen=True)
class Entry:
    url_name: str
    label: Any  # words, or a promise of them
    order: int
    roles: frozenset[str]
    inside: tuple[str, ...]
    fragment: str
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


_menus: dict[Menu, list[Entry]] = {menu: [] for menu in Menu}


def in_menu(
    menu: Menu,
    url_name: str,
    label: Any,
    *,
    order: int,
    roles: frozenset[str] = frozenset(),
    inside: str = "",
    fragment: str = "",
    when: Callable[[Request], bool] | None = None,
    count: Callable[[Request], int] | None = None,
    queries: int = 0,
    url: Callable[[Request], str] | None = None,
) -> None:
    """Register an entry; menus are in the order of `order`.

    `roles`: who sees it, everybody by default; its page is guarded by itself. `inside`: the names of the addresses that
    belong to it, between spaces, `ops_library_*` for all that begin so. `fragment`: where on the page it leads.
    `count`: how much waits there. `queries`: how many its `when` and its `count` ask
    (tests/common/test_navigation.py holds it). `url`: where it leads, if that depends on the page one is on.
    """
    entry = Entry(url_name, label, order, roles, tuple(inside.split()), fragment, when, count, queries, url)
    _menus[menu] = sorted([*_menus[menu], entry], key=lambda each: each.order)


def shown(menu: Menu, request: Request) -> Iterator[Shown]:
    """The entries that are for the person of a request. No query but those of its `when` and its `count`."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    for entry in _menus[menu]:
        if entry.roles and getattr(request.user, "role", "") not in entry.roles:
            continue
        if entry.when is None or entry.when(request):
            fragment = f"#{entry.fragment}" if entry.fragment else ""
            url = entry.url(request) if entry.url else reverse(entry.url_name) + fragment
            current = _current(entry, name) if menu in _MARKED else ""
            waiting = entry.count(request) if entry.count else 0
            yield Shown(url, entry.label, current, waiting)


def _current(entry: Entry, name: str) -> str:
    if name == entry.url_name and not entry.fragment:
        return "page"
    return "true" if any(fnmatchcase(name, pattern) for pattern in entry.inside) else ""
