"""Who sees a city's platform."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import reads_ahead
from common.requests import Request
from common.text import typed_words

View = Callable[..., HttpResponse]


def city_visible(view: View) -> View:
    """Until the city opens, its pages are for its staff; everyone else is told that it is being prepared."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.tenant.is_open or reads_ahead(request):
            return view(request, *args, **kwargs)
        # The home answers, so that the city can see its address work; there is nothing else yet. What somebody wrote
        # while it was being closed again is theirs to copy.
        context = {"typed": typed_words(request)}
        return render(
            request, "framing/resident/being_prepared.html", context, status=200 if request.path == "/" else 404
        )

    return guarded
