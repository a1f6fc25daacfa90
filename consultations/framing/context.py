"""The consultation in the header of every page of a city."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from consultations.framing.models import Consultation


def consultation(request: HttpRequest) -> dict[str, Any]:
    """`city_consultation`: the present one (or None), read once a request at most, only if a template asks."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or tenant.is_faceless:
        return {"city_consultation": None}
    return {"city_consultation": SimpleLazyObject(lambda: _current(request))}


def has_consultation(request: HttpRequest) -> bool:
    """Whether the header has one to speak of."""
    return bool(consultation(request)["city_consultation"])


def remember(request: HttpRequest, found: Consultation) -> None:
    """A view that has read the present consultation already saves the header from reading it again."""
    if found.is_current:
        request.current_consultation = found  # type: ignore[attr-defined]


def _current(request: HttpRequest) -> Consultation | None:
    if not hasattr(request, "current_consultation"):
        found = Consultation.objects.filter(is_current=True).first()
        request.current_consultation = found  # type: ignore[attr-defined]
    return request.current_consultation  # type: ignore[attr-defined]
