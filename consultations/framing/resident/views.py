"""Legal pages of a city, made from its data. They answer before opening too: whoever reads must be able to know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.pagecache import cached_page
from consultations.framing.selectors import current_consultation


@cached_page
def legal_notices(request: HttpRequest) -> HttpResponse:
    return _page(request, "legal_notices")


@cached_page
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, "privacy")


@cached_page
def charter(request: HttpRequest) -> HttpResponse:
    return _page(request, "charter")


@cached_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, "accessibility")


def _page(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"framing/resident/{name}.html", {"consultation": current_consultation()})
