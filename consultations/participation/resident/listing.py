"""A list of proposals: the one of a challenge, or of a whole consultation, with search, filters and orders."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from common.kept_parts import kept_fragments
from common.pagecache import depends_on, in_each_form
from common.requests import Request
from consultations.framing.models import Challenge, Consultation
from consultations.participation.resident.forms import SearchForm
from consultations.participation.resident.shuffling import SEED, shuffle_of
from consultations.participation.scopes import LISTS, shown_scopes
from consultations.participation.selectors.lists import (
    BY_COUNTS,
    DEFAULT_SORT,
    PER_PAGE,
    SORTS,
    Row,
    cards_of,
    page_of,
    proposals_list,
    rows_of,
    says_nothing,
)
from consultations.participation.selectors.places import Place

_CARDS = "participation/resident/_cards.html"
_LISTED = "participation/resident/_listed.html"


def list_shown(
    request: Request,
    *,
    consultation: Consultation | None = None,
    challenge: Challenge | None = None,
    places: Sequence[Place] = (),
) -> dict[str, Any]:
    form = SearchForm(request.GET)
    filters = form.filters()
    place = next((each for each in places if each.key == filters.place), None)
    if consultation is not None and filters.place:  # one that nobody named has no proposal
        filters = replace(filters, spellings=tuple(place.spellings) if place else ())
    shuffled = filters.sort == DEFAULT_SORT
    mixed = challenge is None
    if shuffled:
        rows = rows_of(consultation=consultation, challenge=challenge, filters=filters)
        found: Page[Any] = Paginator(rows, PER_PAGE).get_page(1)
        cards = in_each_form(request, lambda reader: _shuffled(reader, rows, mixed=mixed)) if rows else ""
    else:
        found = proposals_list(
            consultation=consultation, challenge=challenge, filters=filters, page=request.GET.get("page", 1)
        )
        shown = {"page": found, "show_challenge": mixed, "request": request}
        cards = mark_safe(render_to_string(_CARDS, shown)) if found.object_list else ""  # noqa: S308 (our template)
        if filters.sort not in BY_COUNTS and not filters.stage:  # arguments move a proposal to another stage
            depends_on(request, LISTS, *(scope for each in found for scope in shown_scopes(each.pk)))
    return {
        "form": form,
        "filters": filters,
        "sorts": SORTS,
        "shuffled": shuffled,
        "page": found,
        "cards": cards,
        "too_common": bool(filters.words) and not found.paginator.count and says_nothing(filters.words),
    }


def _shuffled(request: Request, rows: list[Row], *, mixed: bool) -> str:
    """The page of cards that this reader gets of a list, in their order. Only cards that have changed are read anew."""
    shuffle, number = shuffle_of(request)
    page = page_of(rows, shuffle, number)
    names = {f"listed {row.pk} {mixed}": row for row in page.object_list}

    def make(missing: list[str]) -> dict[str, str]:
        found = cards_of(names[name].pk for name in missing)
        they: Page[Any] = Page(list(found.values()), page.number, page.paginator)
        shown = {"page": they, "show_challenge": mixed, "request": request}
        return {
            name: render_to_string(_LISTED, {**shown, "proposal": found[names[name].pk]})
            for name in missing
            if names[name].pk in found
        }

    cards = kept_fragments(request, {name: row.version for name, row in names.items()}, make)
    # The addresses of its other pages say which order it is.
    ready = [cards[name] for name in names if name in cards]
    keeps = {SEED: shuffle.seed}
    return render_to_string(_CARDS, {"page": page, "ready": ready, "page_keeps": keeps, "request": request})
