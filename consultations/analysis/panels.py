"""What analysis shows on the pages of others (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from common.panels import panel, static_panel
from consultations.analysis.selectors.near_pairs import near_pairs
from consultations.analysis.selectors.public_parts import public_parts
from consultations.analysis.selectors.synthesis_shown import is_published, published_in_consultation
from consultations.framing.models import Consultation

# Above the buttons of somebody who has not reacted yet: what is made of it, before it is.
static_panel("reaction.told", "analysis/resident/_told.html", order=10)
static_panel("account.data", "analysis/resident/_account.html", order=10)


@panel("home", "analysis/resident/_lead.html", order=27, queries=1)
def on_the_home(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    return _lead(shown.get("consultation"))


@panel("results.part", "analysis/resident/_result_part.html", order=10, queries=1)
def in_the_results(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    return _lead(shown.get("consultation"))


def _lead(consultation: Consultation | None) -> dict[str, Any] | None:
    """The line that leads there, once something is published."""
    if consultation is None or not consultation.opened_at or not public_parts(consultation).groups:
        return None
    here = reverse("together") if consultation.is_current else reverse("together_of", args=[consultation.slug])
    return {"together_url": here}


@panel("home", "analysis/resident/_figures_home.html", order=50, queries=1)
@panel("results.people", "analysis/resident/_figures_link.html", order=10, queries=1)
def figures_link(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where the city has everybody read the figures: the way to them."""
    here = shown.get("consultation")
    return {"consultation": here} if here is not None and here.opened_at and public_parts(here).figures else None


@panel("home", "analysis/resident/_syntheses_home.html", order=28, queries=1)
@panel("results.part", "analysis/resident/_syntheses.html", order=5, queries=1)
def syntheses(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """The way to each synthesis that is published."""
    here = shown.get("consultation")
    found = published_in_consultation(here) if here is not None else []
    return {"synthesised": found, "consultation": here} if found else None


@panel("challenge.ways", "analysis/resident/_synthesis_way.html", order=10, queries=1)
def way_to_the_synthesis(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """From a challenge to what was said in it, once everybody reads that."""
    challenge = shown["challenge"]
    return {"challenge": challenge} if is_published(challenge) else None


# ── On the desk: bringing proposals together ──────────────────────────────────


@panel("merging.alike", "analysis/backoffice/_near_pairs.html", order=10, queries=2)
def nearly_the_same(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the last analysis found: a suggestion, as are those of cocreation below it."""
    found = near_pairs(shown["consultation"])
    return {"pairs": found} if found else None
