"""Pages that no city and no person is needed for."""

import sys
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from common.limits import TooMany, seconds_until
from common.requests import says
from common.states import Answers, answers
from common.text import typed_words
from common.tones import city_stylesheet


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Signing in, in another tab, makes a form that waits too old: what was typed in it is shown, to be copied."""
    return render(request, "403_csrf.html", {"typed": typed_words(request)}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 with what to do for what is too large: going back, a browser still has the form as it was."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 with what was typed where the database gave up: a time limit (WEB_PATIENCE), none free, or away."""
    if not isinstance(sys.exception(), OperationalError):
        return render(request, "500.html", status=500)
    response = render(request, "busy.html", {"typed": typed_words(request)}, status=503)
    response.headers["Retry-After"] = "30"
    response.headers["Cache-Control"] = "no-store"
    return response


@answers(Answers.SUSPENDED | Answers.UNVERIFIED)
def colours(request: HttpRequest, colour: str) -> HttpResponse:
    """The stylesheet of one colour. It never changes: its address is the colour."""
    response = HttpResponse(city_stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def lead_to(request: HttpRequest, canonical: str) -> HttpResponse:
    """A permanent redirect from a short or former address of a page, which keeps what was asked for in the query."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{canonical}?{query}" if query else canonical)


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def answered_everywhere(view: View) -> View:
    """Have what is posted to a view answered at every address of a city, its former ones too: whoever posts, such as
    the program of a mailbox provider, follows no redirection."""
    view.answered_everywhere = True  # type: ignore[attr-defined]  # read by TenantMiddleware
    return view


def too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """429, with when to try again and what was typed. A script shows its words in the page that asked (site.js)."""
    only_looks = refusal.limit.only_looks
    typed = "" if only_looks else typed_words(request)
    context = {"message": refusal.message, "typed": typed, "only_looks": only_looks}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(seconds_until(refusal.retry_at, at=timezone.now()))
    response.headers["Cache-Control"] = "no-store"
    says(response, refusal.code, refusal.message)
    return response
