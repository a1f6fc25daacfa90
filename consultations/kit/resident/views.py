"""The short address of a poster, a flyer, a text: it counts one, and leads to the consultation.

No cookie is set, nothing of who opens it is kept: a number a day. Robots, those who fetch a page ahead of time or only
ask for its head are not counted.
"""

import logging

from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.limits import TooMany, consume
from common.requests import Request
from common.visitors import is_ahead_of_time, is_robot
from consultations.framing.models import Consultation
from consultations.framing.permissions import city_visible
from consultations.kit.enums import Support
from consultations.kit.limits import KIT_SCANS
from consultations.kit.services.counting import count_scan
from consultations.kit.tags import parsed

logger = logging.getLogger(__name__)


@city_visible
@require_safe
def short(request: Request, tag: str) -> HttpResponse:
    """Whatever was scanned or typed leads somewhere: to the home page where the consultation is not to be read."""
    meant = parsed(tag)
    found = Consultation.objects.shown().filter(pk=meant[1]).first() if meant else None
    if meant and found and request.tenant.is_open and _is_person(request):
        _count(request, *meant)
    answer = redirect(found.get_absolute_url() if found else "home")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_person(request: Request) -> bool:
    return request.method == "GET" and not (is_robot(request) or is_ahead_of_time(request))


def _count(request: Request, support: Support, consultation: int, spot: int) -> None:
    """Whoever scanned gets where they wanted, whatever becomes of the counting."""
    try:
        consume(KIT_SCANS, request=request)
        count_scan(support=support, consultation=consultation, spot=spot, day=timezone.localdate())
    except TooMany:
        pass
    except DatabaseError:
        logger.warning("An opening of a short address was not counted", exc_info=True)
