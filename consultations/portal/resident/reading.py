"""The city's home, made of panels (common.panels): nobody needs an account to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from common.pagecache import cached_page
from common.requests import Request
from consultations.framing.context import remember
from consultations.framing.models import Consultation
from consultations.framing.resident.sharing import SharedPage, code_response, picture_response, shared_page
from consultations.framing.selectors import calendar_of, consultations_to_read, current_consultation


@cached_page
def home(request: Request) -> HttpResponse:
    """The city's home: its present consultation, or a quiet page where there is none."""
    found = current_consultation()
    if found is None:
        return render(request, "portal/resident/quiet_home.html")
    return _consultation_page(request, found)


@cached_page
def consultation(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(consultations_to_read(), slug=slug)
    if found.is_current:
        return redirect("home")
    return _consultation_page(request, found)


def _consultation_page(request: Request, found: Consultation) -> HttpResponse:
    remember(request, found)
    context = {
        "consultation": found,
        "calendar": calendar_of(found, at=timezone.now()),
        "shared": _shared(request, found),
    }
    return render(request, "portal/resident/home.html", context)


def share_picture(request: Request, slug: str, digest: str) -> HttpResponse:
    """What the city's home looks like where people share it."""
    return picture_response(_shared(request, get_object_or_404(Consultation, slug=slug)), digest)


def code(request: Request, slug: str) -> HttpResponse:
    """The QR code of a consultation, good for as long as it can be read."""
    return code_response(_shared(request, get_object_or_404(Consultation, slug=slug)))


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
    return render(request, "portal/resident/how_it_works.html", {"consultation": current_consultation()})
