"""Where one says how much mail one wants, on the page of one's account (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel


@panel("account.ways", "notifications/resident/_account_way.html", order=10)
def mail(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    return {}
