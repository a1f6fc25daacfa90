"""What the city takes to its own site: frames of a consultation and its challenges, feeds, the calendar, the data."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.requests import Request
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.framing.selectors import shown_challenges_of
from consultations.opendata.registry import feeds
from consultations.opendata.selectors import open_data

# In pixels: a frame cannot know how high what is in it is. Enough at 300 wide, with five challenges of a usual length.
HEIGHT, HEIGHT_OF_CHALLENGE = 760, 420


@dataclass(frozen=True)
class Frame:
    """What is shown, where it is, and the code that shows it on another page."""

    title: str
    url: str
    code: str


@require_safe
@of_consultation
def on_your_site(request: Request, consultation: Consultation) -> HttpResponse:
    city = request.tenant.url.rstrip("/")
    frames = [_frame(city, consultation.title, reverse("widget", args=[consultation.slug]), HEIGHT)]
    for each in shown_challenges_of(consultation) if consultation.opened_at else []:
        frames.append(_frame(city, each.label, reverse("widget_of_challenge", args=[each.slug]), HEIGHT_OF_CHALLENGE))
    context = {
        "consultation": consultation,
        "frames": frames,
        "calendar": city + reverse("consultation_calendar", args=[consultation.slug]),
        "feeds": [(each.label, city + each.path(consultation)) for each in feeds],
        "built_at": open_data(consultation.slug).built_at,
    }
    return render(request, "opendata/backoffice/on_your_site.html", context)


def _frame(city: str, title: str, path: str, height: int) -> Frame:
    url = f"{city}{path}"
    code = render_to_string("opendata/backoffice/_frame.html", {"title": title, "url": url, "height": height})
    return Frame(title, url, code.strip())
