"""What participation itself shows in the slots of its pages (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel


@panel("reaction.own", "participation/resident/_mend.html", order=20)
def correct(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To its authors, in its first minutes."""
    return {} if shown["may_mend"] else None
