"""What participation shows in the slots of its own pages and of the portal's (common.panels)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from common.mine import Mine
from common.panels import panel, static_panel
from consultations.framing.selectors import current_consultation
from consultations.participation.registry import why_kept
from consultations.participation.selectors.audience import people_of_consultation
from consultations.participation.selectors.held import waiting_of
from consultations.participation.selectors.lists import latest_changes, needing_arguments
from consultations.participation.selectors.mine import (
    MAX,
    my_answers,
    my_arguments,
    my_drafts,
    my_follows,
    my_proposals,
)
from consultations.participation.selectors.places import figures_by_place

# How long before it is forgotten a draft says so.
_SOON = timedelta(days=60)


@panel("reaction.own", "participation/resident/_edit.html", order=20, queries=1)
def correct(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To its authors, in its first minutes."""
    return {} if shown["may_edit"] and why_kept(shown["proposal"]) is None else None


# ── The city's home ───────────────────────────────────────────────────────────


static_panel("home.facts", "participation/resident/_facts.html", order=10)


@panel("home.head", "participation/resident/_guide_head.html", order=10)
@panel("home", "participation/resident/_guide.html", order=10)
def guide(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """For whoever comes for the first time."""
    return {} if shown["calendar"].may_argue else None


@panel("home", "participation/resident/_in_need.html", order=50, queries=2)
def in_need(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Proposals that an argument would help, and those that arguments have changed."""
    wanted = needing_arguments(shown["consultation"]) if shown["calendar"].may_argue else []
    changes = latest_changes(shown["consultation"])
    return {"in_need": wanted, "changes": changes} if wanted or changes else None


# ── The team's desk ───────────────────────────────────────────────────────────


@panel("neighbourhoods", "participation/backoffice/_by_place.html", order=10, queries=6)
def by_place(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What each neighbourhood has said in the consultation that the city puts forward."""
    consultation = current_consultation()
    figures = figures_by_place(consultation) if consultation is not None else []
    return {"figures": figures, "consultation": consultation} if figures else None


@panel("consultation.told", "participation/backoffice/_told.html", order=10, queries=7)
def told(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    """How many people are told of other dates."""
    people = people_of_consultation(shown["consultation"].pk)
    return {"people": len(people.keys() - {request.user.pk})}


# ── « Ma participation » ──────────────────────────────────────────────────────


@panel("mine.aside", "participation/resident/_my_answers.html", order=10, queries=2)
def answers(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"answers": my_answers(shown["mine"].user)}


@panel("mine", "participation/resident/_mine_waiting.html", order=5, queries=3)
def waiting(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    found = waiting_of(shown["mine"].user)
    return {"waiting": found} if found else None


@panel("mine", "participation/resident/_mine_proposals.html", order=10, queries=1)
def proposals(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    rows, more = _first(my_proposals(shown["mine"].user))
    return {"rows": rows, "more": more} if rows else None


@panel("mine", "participation/resident/_mine.html", order=20, queries=2)
def arguments_drafts_and_follows(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    mine: Mine = shown["mine"]
    arguments, more_arguments = _first(my_arguments(mine.user))
    follows, more_follows = _first(my_follows(mine.user))
    drafts = mine.once(my_drafts)  # a next step has read them
    if not (arguments or follows or drafts):
        return None
    return {
        "arguments": arguments,
        "more_arguments": more_arguments,
        "follows": follows,
        "more_follows": more_follows,
        "drafts": drafts,
        "soon": mine.at + _SOON,
    }


def _first(rows: QuerySet[Any]) -> tuple[list[Any], bool]:
    """And whether there are more."""
    found = list(rows[: MAX + 1])
    return found[:MAX], len(found) > MAX
