"""The city's home, made of panels (common.panels): nobody needs an account to read."""

from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from common.pagecache import cached_page
from common.requests import Request
from consultations.framing.context import remember, remember_all
from consultations.framing.models import Consultation
from consultations.framing.resident.previews import previewed, private_consultation
from consultations.framing.resident.sharing import SharedPage, code_response, picture_response, shared_page
from consultations.framing.selectors import (
    Listed,
    calendar_of,
    consultations_to_read,
    reference_consultation,
)
from consultations.meetings.selectors import saying_which_meet


@cached_page
def home(request: Request) -> HttpResponse:
    """The city's home: its present consultation, or a quiet page where there is none."""
    at = timezone.now()
    every = list(saying_which_meet(consultations_to_read()))
    found = next((each for each in every if each.is_current), None)
    if found is None:
        remember_all(request, every)
        return render(request, "portal/resident/quiet_home.html", {"every_consultation": every, "at": at})
    return _consultation_page(request, found, every, at=at)


def consultation(request: Request, slug: str) -> HttpResponse:
    """What everyone reads; else, to the team, one that is being prepared."""
    try:
        return public_consultation(request, slug=slug)
    except Http404:
        found = private_consultation(request, slug)
        return _consultation_page(request, found, list(consultations_to_read()), at=timezone.now())


@cached_page
def public_consultation(request: Request, slug: str) -> HttpResponse:
    at = timezone.now()
    every = list(saying_which_meet(consultations_to_read()))
    found = next((each for each in every if each.slug == slug), None)
    if found is None:
        raise Http404
    if found.is_current:
        return redirect("home")
    return _consultation_page(request, found, every, at=at)


@previewed
def preview(request: Request, consultation: Consultation, mark: str) -> HttpResponse:
    """To whoever has its link: what residents will read, where nothing can be written."""
    at = timezone.now()
    calendar = replace(calendar_of(consultation, at=at), takes_writing=False)
    context = {
        "at": at,
        "consultation": consultation,
        "here": Listed(consultation, consultation.state(at), at),
        "calendar": calendar,
        "shared": None,
        "mark": mark,
        "begins": calendar.begins("PROPOSE"),
    }
    return render(request, "portal/resident/preview.html", context)


def _consultation_page(
    request: Request, found: Consultation, every: list[Consultation], *, at: datetime
) -> HttpResponse:
    remember(request, found)
    remember_all(request, every)
    context = {
        "every_consultation": every,
        "at": at,
        "consultation": found,
        "here": Listed(found, found.state(at), at),
        "calendar": calendar_of(found, at=at),
        "shared": _shared(request, found),
    }
    return render(request, "portal/resident/home.html", context)


def share_picture(request: Request, slug: str, digest: str) -> HttpResponse:
    """What the city's home looks like where people share it."""
    return picture_response(_shared(request, get_object_or_404(Consultation.objects.shown(), slug=slug)), digest)


def code(request: Request, slug: str) -> HttpResponse:
    """The QR code of a consultation, good for as long as it can be read."""
    return code_response(_shared(request, get_object_or_404(Consultation.objects.shown(), slug=slug)))


def _shared(request: Request, found: Consultation) -> SharedPage | None:
    if found.opened_at is None:
        return None
    return shared_page(
        request,
        title=found.question,
        kicker=found.title,
        address=found.get_absolute_url(),
        place=reverse("consultation", args=[found.slug]),
    )


@cached_page
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/resident/how_it_works.html", {"consultation": reference_consultation()})
