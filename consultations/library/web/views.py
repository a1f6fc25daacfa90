"""The library as anyone may read it: the sets on offer, and each with its challenges in full."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consultations.library import selectors
from consultations.library.models import ChallengeSet


def library(request: HttpRequest) -> HttpResponse:
    return render(request, "library/web/library.html", {"sets": selectors.latest_sets()})


def challenge_set(request: HttpRequest, code: str) -> HttpResponse:
    """One set on offer. Withdrawn, it is no longer there for anyone who only looks."""
    try:
        found = selectors.latest_set(code)
    except ChallengeSet.DoesNotExist as unknown:
        raise Http404 from unknown
    if found.withdrawn_at is not None:
        raise Http404
    context = {
        "set": found,
        "question": found.question.replace("{name}", _("Your authority")),
        "others": [each for each in selectors.latest_sets() if each.code != code],
    }
    return render(request, "library/web/set.html", context)
