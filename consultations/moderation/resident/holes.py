"""What a kept page says to one person of what is hidden on it: its author, and whoever moderates, still read it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.permissions import has_second_factor, user_of
from common.pagecache import fills
from consultations.moderation.abilities import MODERATE
from consultations.moderation.enums import Kind
from consultations.moderation.permissions import moderates_proposal
from consultations.moderation.selectors.decisions import suspension_of
from consultations.moderation.selectors.places import StillRead, still_read
from consultations.moderation.subjects import KINDS

ADDRESSES = {kind: said for said, kind in KINDS.items()}


class PlaceRequest(HttpRequest):
    """With what this person still reads on the page, once it was asked for."""

    still_read: dict[tuple[str, int], StillRead]


class ModeratorRequest(HttpRequest):
    """With whether this person decides there, once it was asked for."""

    moderates_here: bool


def _filler(kind: Kind) -> Callable[..., str]:
    def fill(request: PlaceRequest, *, of: int, pk: int = 0, **kwargs: Any) -> str:
        user = user_of(request)
        if user is None or not pk:
            return ""
        if not hasattr(request, "still_read"):
            request.still_read = still_read(proposal=pk, user=user, proved=has_second_factor(request))
        found = request.still_read.get((kind, of))
        if found is None:
            return ""
        shown = {"found": found, "kind": ADDRESSES[kind], "of": of}
        return render_to_string("moderation/resident/_still_read.html", shown)

    return fill


for each in (Kind.PROPOSAL, Kind.ARGUMENT, Kind.REPLY, Kind.ANSWER, Kind.PICTURE):
    fills(f"hidden{each.value.lower()}")(_filler(each))


# ── Suspended ─────────────────────────────────────────────────────────────────


@fills("suspended")
def suspended(request: HttpRequest, **kwargs: Any) -> str:
    """At the head of every page of the city: so that nobody writes what would not be taken."""
    user = user_of(request)
    found = suspension_of(user, at=timezone.now()) if user is not None else None
    return render_to_string("moderation/resident/_suspended.html", found) if found else ""


# ── To moderate, from the page itself ─────────────────────────────────────────


def _does_not_moderate(request: HttpRequest, **kwargs: Any) -> bool:
    user = user_of(request)
    return user is None or user.role not in MODERATE.in_team


def _moderating(kind: str) -> Callable[..., str]:
    def fill(request: ModeratorRequest, *, of: int, pk: int = 0, **kwargs: Any) -> str:
        user = user_of(request)
        if user is None or _does_not_moderate(request) or not pk:
            return ""
        if not hasattr(request, "moderates_here"):
            request.moderates_here = moderates_proposal(user=user, proposal=pk)
        if not request.moderates_here:
            return ""
        return render_to_string("moderation/resident/_moderate_link.html", {"kind": kind, "of": of})

    return fill


for each in (Kind.PROPOSAL, Kind.ARGUMENT, Kind.REPLY, Kind.ANSWER, Kind.OFFICIAL):
    fills(f"moderate{each.value.lower()}", as_a_visitor=_does_not_moderate)(_moderating(ADDRESSES[each]))
