"""What a city sets once, gathered on one page of its desk: each app says its own in its `city_settings.py`.

A line says in one sentence what the setting changes for residents, what it is now, and where it is set. What the page
does not offer does not exist: a line is declared with what it is about.
"""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.requests import Request

# In words, what is set now; None: there is nothing to set, or not by this person.
Now = Callable[[Request], Any]


class Section(models.TextChoices):
    """In the order of the page."""

    IDENTITY = "identite", _("Identity and address")
    PARTICIPATION = "participation", _("What people can do")
    MODERATION = "moderation", _("Moderation")
    TEAM = "equipe", _("Team")
    SUBSCRIPTION = "abonnement", _("Subscription")
    DATA = "donnees", _("Legal texts and data")


_SECTIONS = list(Section)


@dataclass(frozen=True, order=True)
class _Setting:
    place: tuple[int, int]
    label: Any = field(compare=False)
    effect: Any = field(compare=False)
    now: Now = field(compare=False)
    roles: frozenset[str] = field(compare=False)
    url_name: str = field(compare=False)
    url: Callable[[Request], str] | None = field(compare=False)
    queries: int = field(compare=False)


@dataclass(frozen=True)
class ShownSetting:
    """`url`: empty for what nobody of the city sets."""

    section: Section
    label: Any
    effect: Any
    now: Any
    url: str


settings: list[_Setting] = []


def setting(
    section: Section,
    label: Any,
    *,
    order: int,
    effect: Any,
    roles: frozenset[str],
    url_name: str = "",
    url: Callable[[Request], str] | None = None,
    queries: int = 0,
) -> Callable[[Now], Now]:
    """Register a line; the function says what is set now.

    `effect`: what it changes for residents. `roles`: who sees the line, those of the ability that its page asks.
    `url_name`: the page that sets it, `url` where that is a page of one consultation. `queries`: how many saying it
    costs, at most (tests/common/test_city_settings.py holds it).
    """

    def register(now: Now) -> Now:
        insort(settings, _Setting((_SECTIONS.index(section), order), label, effect, now, roles, url_name, url, queries))
        return now

    return register


def settings_pages() -> set[str]:
    """The names of the pages that set something, but for those of one consultation."""
    return {each.url_name for each in settings if each.url_name and each.url is None}


def settings_for(request: Request) -> list[tuple[Section, list[ShownSetting]]]:
    """Section by section, those for the person of a request."""
    theirs = [each for each in settings if getattr(request.user, "role", "") in each.roles]
    shown = [_shown(each, now, request) for each in theirs if (now := each.now(request)) is not None]
    return [(section, list(rows)) for section, rows in groupby(shown, key=lambda each: each.section)]


def _shown(each: _Setting, now: Any, request: Request) -> ShownSetting:
    url = each.url(request) if each.url else reverse(each.url_name) if each.url_name else ""
    return ShownSetting(_SECTIONS[each.place[0]], each.label, each.effect, now, url)
