"""A consultation or a challenge on the city's own site: the only pages that another site may show in a frame.

They set and read no cookie, have no form and no script, and say the same to everyone; whoever presses goes to the
platform, in a tab of its own.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from common.pagecache import cached_page
from common.requests import Request
from consultations.framing.selectors import calendar_of, challenges_to_read, consultations_to_read, shown_challenges_of

# Its own style sheets, drawings and fonts; no script, no form, nothing of anybody else.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)
CHALLENGES_SHOWN = 4


@cached_page
def of_consultation(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug)
    challenges = shown_challenges_of(found)
    context = {"consultation": found, "challenges": challenges[:CHALLENGES_SHOWN], "url": found.get_absolute_url()}
    return _framed(request, {**context, "asked": found.question, "more": len(challenges) > CHALLENGES_SHOWN})


@cached_page
def of_challenge(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(challenges_to_read().exclude(consultation__opened_at=None), slug=slug)
    context = {"consultation": found.consultation, "challenge": found, "url": found.get_absolute_url()}
    return _framed(request, {**context, "asked": found.question})


def _framed(request: Request, context: dict[str, Any]) -> HttpResponse:
    city = request.tenant.url.rstrip("/")
    calendar = calendar_of(context["consultation"], at=timezone.now())
    counted = context.get("challenge") or context["consultation"]
    context |= {"city_url": city, "calendar": calendar, "counted": counted, "phase": calendar.now}
    response = render(request, "opendata/resident/widget.html", context)
    response.headers["Content-Security-Policy"] = _POLICY
    response.xframe_options_exempt = True
    return response
