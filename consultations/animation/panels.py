"""What campaigns show on the pages of others (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from accounts.abilities import may
from accounts.permissions import signed_in_user
from common.panels import panel
from consultations.animation import selectors
from consultations.animation.abilities import RUN_CAMPAIGNS

_SHOWN = 5


@panel("desk.challenge", "animation/backoffice/_of_challenge.html", order=10, queries=3)
def of_challenge(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """The last messages to people of this challenge, and what became of them."""
    if not may(signed_in_user(request), RUN_CAMPAIGNS):
        return None
    found = selectors.about_challenge(shown["challenge"])[:_SHOWN]
    rows = selectors.counted(found)
    return {"campaigns": rows} if rows else None
