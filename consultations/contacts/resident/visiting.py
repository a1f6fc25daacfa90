"""The address that a contact was given, in a mail or as a QR code: it counts one, and leads to the consultation.

No cookie is set, nothing of who opens it is kept: a number a day. Robots, those who fetch a page ahead of time or only
ask for its head are not counted.
"""

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.limits import TooMany, consume
from common.visitors import is_ahead_of_time, is_robot
from consultations.contacts.limits import CONTACT_VISITS
from consultations.contacts.services.visits import count_visit
from consultations.framing.models import Consultation
from consultations.framing.permissions import city_visible

logger = logging.getLogger(__name__)


@city_visible
@require_safe
def visit(request: HttpRequest, tag: str, consultation: int) -> HttpResponse:
    return _visit(request, consultation, tag=tag.lower())


@city_visible
@require_safe
def visit_by_number(request: HttpRequest, contact: int, consultation: int) -> HttpResponse:
    """As it stands on what was sent before addresses had a tag."""
    return _visit(request, consultation, contact=contact)


def _visit(request: HttpRequest, consultation: int, **whose: Any) -> HttpResponse:
    """Whatever was typed leads somewhere: to the home page where the consultation is not to be read."""
    found = Consultation.objects.shown().filter(pk=consultation).first()
    if found and request.method == "GET" and not (is_robot(request) or is_ahead_of_time(request)):
        try:
            consume(CONTACT_VISITS, request=request)
            count_visit(day=timezone.localdate(), **whose)
        except TooMany:
            pass
        except DatabaseError:
            logger.warning("A visit of a contact was not counted", exc_info=True)
    answer = redirect(found.get_absolute_url() if found else "home")
    answer.headers["Cache-Control"] = "no-store"
    return answer
