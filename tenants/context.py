"""The city, in every template."""

from typing import Any

from django.http import HttpRequest


def city(request: HttpRequest) -> dict[str, Any]:
    return {"city": getattr(request, "tenant", None)}
