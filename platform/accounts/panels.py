"""Who is at the desk, or on the operators' side, how they are protected, and the way out (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from accounts.abilities import SEE_DESK, may
from accounts.permissions import has_second_factor
from common.panels import panel


@panel("desk.corner", "accounts/components/_desk_person.html", order=20)
def person(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    return {} if request.user.is_authenticated else None


@panel("week.notice", "accounts/backoffice/_unprotected.html", order=10)
def unprotected(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To whoever has shown no second factor in this session."""
    return None if has_second_factor(request) else {"answers_only": not may(request.user, SEE_DESK)}
