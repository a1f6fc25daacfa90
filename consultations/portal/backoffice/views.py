"""The city's desk: what needs someone this week, in panels (common.panels) for before or after the opening."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.abilities import SEE_ASSIGNED, SEE_DESK, may
from accounts.permissions import Asks, role_required, signed_in_user
from common.assigned import assigned_to
from common.requests import Request
from consultations.framing.backoffice.chosen import chosen_consultation, of_consultation
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of


@role_required(SEE_ASSIGNED, second_factor=Asks.NEVER)
def desk(request: Request) -> HttpResponse:
    """Of the consultation that the city puts forward, else of the one that it prepares. Of a service: what is assigned
    to it, and nothing else.
    """
    user = signed_in_user(request)
    if not may(user, SEE_DESK):
        return render(request, "portal/backoffice/assigned.html", {"assigned": assigned_to(user)})
    return _week(request, chosen_consultation(request))


@role_required(SEE_DESK, second_factor=Asks.NEVER)
@of_consultation
def desk_of(request: Request, consultation: Consultation) -> HttpResponse:
    return _week(request, consultation)


def _week(request: Request, found: Consultation | None) -> HttpResponse:
    calendar = found and calendar_of(found, at=timezone.now())
    return render(request, "portal/backoffice/desk.html", {"consultation": found, "calendar": calendar})
