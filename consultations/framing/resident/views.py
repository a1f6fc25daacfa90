"""Legal pages of a city, made from its data. They answer before opening too: whoever reads must be able to know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.visitorcache import visitor_cached
from consultations.framing.selectors import current_consultation


@visitor_cached
def legal_notices(request: HttpRequest) -> HttpResponse:
    return _page(request, "legal_notices")


@visitor_cached
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy")


@visitor_cached
def charter(request: HttpRequest) -> HttpResponse:
    return _page(request, "charter")


@visitor_cached
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, "accessibility")


def _page(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"framing/resident/{name}.html", {"consultation": current_consultation()})
