"""Every address, and the tables of what it answers to whom: each app has its own, in `tests/<app>/addresses.py`.

There: CITY and PUBLIC, the rows; of the team's addresses, which ask for what: FRAMING, GRAVE, EVERYDAY, LOOKED_AT, SHARED
(tests/test_urls.py); `things(made)`, which makes one of what its addresses name; and `values(address, things)`, what
stands in one where it is not what stands there in most; `on_pages(user)`, which makes one of what its panels show, and
`on_this_day(monkeypatch)`, for panels that a calendar opens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_tenants.utils import schema_context

from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.support.once import once
from tests.support.roles import PublicRows, Rows


def _tables() -> Iterator[ModuleType]:
    """In the order of the installed apps: one may name what those before it have made."""
    for app in settings.INSTALLED_APPS:
        name = f"tests.{app.rpartition('.')[2]}"
        if find_spec(name) and find_spec(f"{name}.addresses"):
            yield import_module(f"{name}.addresses")


TABLES = list(_tables())
CITY: Rows = {name: row for each in TABLES for name, row in getattr(each, "CITY", {}).items()}
PUBLIC: PublicRows = {name: row for each in TABLES for name, row in getattr(each, "PUBLIC", {}).items()}


def named(table: str) -> set[str]:
    """The names of the addresses that apps have put in one of their sets."""
    return {name for each in TABLES for name in getattr(each, table, ())}


@dataclass
class Address:
    name: str
    pattern: URLPattern
    route: str


def addresses(urlconf: str) -> list[Address]:
    return list(_walk(get_resolver(urlconf), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        else:
            yield Address(entry.name or "", entry, route)


def one_of_everything(**given: Any) -> dict[str, Any]:
    """One of everything that an address of the present city can name."""

    def make() -> dict[str, Any]:
        made: dict[str, Any] = given
        for each in TABLES:
            if hasattr(each, "things"):
                made |= each.things(made)
        return made

    return once(("one of everything", repr(given)), make)


def path_of(address: Address, things: dict[str, Any]) -> str:
    values = {
        "pk": things["proposal"].pk if "proposal" in things else things.get("city", 1),
        "key": things["draft"].pk if "draft" in things else things.get("run"),
        "argument": things["argument"].pk if "argument" in things else 1,
        "slug": "ecologie",
        "step": "solution",
        "stance": "pour",
        "reply": things["reply"].pk if "reply" in things else 1,
        "token": "inconnu",
        "nonce": "inconnu",
        "mark": "0123456789abcdef",
        "colour": "f2a71b",
        "code": "territoires-resilients",
        "challenge": "ecologie",
        "authority": "COMMUNE-45302",
        "transition": "SUSPEND",
        "digest": "0123456789abcdef0123",
    }
    for each in TABLES:
        if hasattr(each, "values"):
            values |= each.values(address, things)
    names = address.pattern.pattern.converters or dict.fromkeys(address.pattern.pattern.regex.groupindex)
    names = {**names, **{name: None for name in values if f":{name}>" in address.route}}
    urlconf = settings.ROOT_URLCONF if address.name in CITY and "run" not in things else settings.PUBLIC_SCHEMA_URLCONF
    return reverse(address.name, urlconf=urlconf, kwargs={name: values[name] for name in names})


def someone(city: Municipality | None, role: str) -> Any:
    if role == "visitor":
        return None
    with schema_context(city.schema_name if city else "public"):
        return UserFactory(role=role)
