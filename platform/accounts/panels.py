"""Who is at the desk, or on the operators' side, and the way out (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel


@panel("desk.nav", "accounts/components/_desk_person.html", order=20)
def person(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    return {} if request.user.is_authenticated else None
