"""The consultation in the header of every page of a city."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from consultations.framing.models import Consultation


class _Request(HttpRequest):
    current_consultation: Consultation | None


def consultation(request: HttpRequest) -> dict[str, Any]:
    """`city_consultation`: the present one (or None), read once a request at most, only if a template asks."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or tenant.is_anonymous:
        return {"city_consultation": None}
    return {"city_consultation": SimpleLazyObject(lambda: _current(cast(_Request, request)))}


def has_consultation(request: HttpRequest) -> bool:
    """Whether the header has one to name."""
    return bool(consultation(request)["city_consultation"])


def remember(request: HttpRequest, found: Consultation) -> None:
    """Keep the consultation that a view has read, so that the header does not read it again."""
    if found.is_current:
        cast(_Request, request).current_consultation = found


def _current(request: _Request) -> Consultation | None:
    if not hasattr(request, "current_consultation"):
        request.current_consultation = Consultation.objects.filter(is_current=True).first()
    return request.current_consultation
