"""Pages that no city and no person is needed for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.tones import city_stylesheet


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def colours(request: HttpRequest, colour: str) -> HttpResponse:
    """The stylesheet of one colour. It never changes: its address is the colour."""
    response = HttpResponse(city_stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
