"""The views above the list of contributions: those that every city has, with how much is in them, and those saved."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.requests import Request
from common.templatetags.ui import figure
from consultations.framing.backoffice.chosen import chosen_consultation, consultations_of
from consultations.participation.backoffice.sifting import SiftForm
from consultations.participation.models import SavedView
from consultations.participation.registry import list_filters, ready_views
from consultations.participation.selectors.contributions import Sift
from consultations.participation.selectors.counting import VIEW_COUNTED, view_counts
from consultations.participation.selectors.saved_views import views_of

_OF_SIFT = {"quoi": "kind", "etat": "state", "attend": "awaited", "etape": "stage", "canal": "channel"}


def contributions_url(request: Request) -> str:
    """Where the city has several: of the one that is worked on, as a filter that is in sight."""
    query = {}
    found = chosen_consultation(request)
    if found and len(consultations_of(request)) > 1:
        query["consultation"] = found.slug
    return reverse("desk_contributions", query=query)


@dataclass(frozen=True)
class ShownView:
    """`count`: as it is said; empty where nobody has counted."""

    label: Any
    url: str
    is_here: bool
    count: str = ""
    is_saved: bool = False
    is_shared: bool = False


def shown_views(asked: SiftForm, *, user: User, opened: SavedView | None, is_lost: bool) -> list[ShownView]:
    """Two queries, however many there are. `is_lost`: one was to be opened that is none.

    The ready ones stay within the consultation that the list is narrowed to.
    """
    here, page = asked.asked(), reverse("desk_contributions")
    within, consultation = asked.challenges_of_consultation(), asked.narrowed_to()
    named = {"consultation": consultation.slug} if consultation else {}
    counts = view_counts([replace(ready_sift(each.query), challenges=within) for each in ready_views])
    ready = [
        ShownView(
            each.label,
            reverse("desk_contributions", query=QueryDict(each.query).dict() | named),
            each.query == asked.without_consultation() and opened is None and not is_lost,
            said_count(count),
        )
        for each, count in zip(ready_views, counts, strict=True)
    ]
    saved = [
        ShownView(
            each.name, f"{page}?vue={each.pk}", is_open(each, here, opened), is_saved=True, is_shared=each.is_shared
        )
        for each in views_of(user)
    ]
    return ready + saved


def ready_sift(query: str) -> Sift:
    """What a ready view asks for. Apps declare it: nothing of it depends on what a city has."""
    said = QueryDict(query).dict()
    more = tuple((each, str(said.pop(each.name))) for each in list_filters if each.name in said)
    return Sift(**{_OF_SIFT[name]: str(value) for name, value in said.items()}, more=more)  # type: ignore[arg-type]


def is_open(view: SavedView, here: str, opened: SavedView | None) -> bool:
    return view == opened if opened else bool(here) and view.query == here


def said_count(count: int) -> str:
    return _("%(count)s+") % {"count": figure(VIEW_COUNTED)} if count > VIEW_COUNTED else str(figure(count))
