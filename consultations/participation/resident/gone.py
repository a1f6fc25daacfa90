"""Answers where what a form was about was hidden, or undone, since its page was shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from common.requests import Request
from common.text import clean_text
from consultations.participation.rules import PARTS
from consultations.participation.selectors.page import was_taken_away

View = Callable[..., HttpResponse]

# The fields of the forms in which people write. What they hold here is nowhere else yet.
_WRITTEN = ("text", *PARTS, "message", "note", "reason", "source_title")


def gone_is_404(view: View) -> View:
    """What was hidden between the page and the press does not exist any more; htmx loads the page, which says so."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist as gone:
            if request.htmx:
                return HttpResponseClientRefresh()
            raise Http404 from gone

    return guarded


def typed_is_kept(view: View) -> View:
    """The same, but what somebody wrote meanwhile is shown to them, to be copied: it is nowhere else."""

    @wraps(view)
    def guarded(request: Request, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except (ObjectDoesNotExist, Http404) as gone:
            typed = typed_in(request)
            if typed and was_taken_away(proposal=named["pk"], argument=named.get("argument"), reply=named.get("reply")):
                why = _("What you were writing about was hidden or undone meanwhile: nothing was published.")
                return given_back(request, typed, why=why)
            raise Http404 from gone

    return guarded


def typed_in(request: HttpRequest) -> str:
    """All that somebody wrote in a form of ours, one under the other."""
    words = [clean_text(request.POST.get(name, "")) for name in _WRITTEN]
    return "\n\n".join(filter(None, words))


def given_back(request: Request, typed: str, *, why: str, status: int = 409) -> HttpResponse:
    """409, unless told otherwise, with why and what was typed; to htmx, only that, in the place of the form."""
    partial = bool(request.htmx)
    template = "participation/resident/_taken_away.html" if partial else "participation/resident/taken_away.html"
    return render(request, template, {"typed": typed, "why": why}, status=status)


def not_open(request: HttpRequest, typed: str) -> HttpResponse:
    """Of a challenge that is not to be read, or is none: what was typed is given back. Nothing: raises Http404."""
    if not typed:
        raise Http404
    why = _("This challenge is not open: nothing was recorded. Copy your text to keep it.")
    return given_back(cast(Request, request), typed, why=why, status=404)
