"""Addresses of the desk as they were while a city had one consultation."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.permissions import Asks, role_required
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import chosen_consultation
from consultations.framing.models import Challenge
from consultations.framing.weeks import week_of


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def consultation(request: HttpRequest, rest: str = "cadre/") -> HttpResponse:
    return _lead_on(request, _home_of_chosen(request) + rest)


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def challenges(request: HttpRequest, rest: str = "") -> HttpResponse:
    """One of them: in its own consultation, which may not be the home's any more."""
    slug = rest.partition("/")[0]
    found = Challenge.objects.select_related("consultation").filter(slug=slug).first() if slug else None
    if slug and found is None:
        raise Http404
    home = week_of(found.consultation) if found else _home_of_chosen(request)
    return _lead_on(request, f"{home}defis/{rest}")


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def add_challenge(request: HttpRequest) -> HttpResponse:
    return _lead_on(request, f"{_home_of_chosen(request)}ajouter-un-defi/")


def _home_of_chosen(request: HttpRequest) -> str:
    found = chosen_consultation(request)
    if found is None:
        raise Http404
    return week_of(found)


def _lead_on(request: HttpRequest, address: str) -> HttpResponse:
    """With what was posted and asked; not for good: what is on the home changes."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address, preserve_request=request.method == "POST")
