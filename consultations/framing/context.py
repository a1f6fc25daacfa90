"""The consultation in the header of every page of a city."""

from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from consultations.framing.models import Consultation


class _Request(HttpRequest):
    city_consultation: Consultation | None
    every_consultation: Sequence[Consultation]


def consultation(request: HttpRequest) -> dict[str, Any]:
    """`city_consultation`: the one that the page belongs to, else the home's (or None); read once a request at most,
    only if a template asks.
    """
    tenant = getattr(request, "tenant", None)
    if tenant is None or tenant.is_anonymous:
        return {"city_consultation": None}
    return {"city_consultation": SimpleLazyObject(lambda: _of(cast(_Request, request)))}


def has_consultation(request: HttpRequest) -> bool:
    """Whether the header has one to name."""
    return bool(consultation(request)["city_consultation"])


def challenges_url(request: HttpRequest) -> str:
    """Where its challenges are."""
    found = consultation(request)["city_consultation"]
    return (found.get_absolute_url() if found else reverse("home")) + "#defis"


def proposals_url(request: HttpRequest) -> str:
    found = consultation(request)["city_consultation"]
    return str(found.proposals_url()) if found else reverse("proposals")


def remember(request: HttpRequest, found: Consultation) -> None:
    """Keep the consultation that a view has read: the header names it, and its menu leads to what is of it."""
    cast(_Request, request).city_consultation = found


def remember_all(request: HttpRequest, every: Sequence[Consultation]) -> None:
    """Keep those that may be read, with their phases, where a view has read them all."""
    cast(_Request, request).every_consultation = every


def remembered_all(request: HttpRequest) -> Sequence[Consultation] | None:
    """None where no view has read them."""
    return getattr(request, "every_consultation", None)


def _of(request: _Request) -> Consultation | None:
    if not hasattr(request, "city_consultation"):
        request.city_consultation = Consultation.objects.filter(is_current=True).first()
    return request.city_consultation
