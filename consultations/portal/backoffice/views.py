"""The city's desk: what needs someone this week, in panels (common.panels) for before or after the opening."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.abilities import SEE_ASSIGNED, SEE_DESK, may
from accounts.permissions import Asks, role_required, signed_in_user
from common.assigned import assigned_to
from common.requests import Request
from consultations.framing.selectors import calendar_of, current_consultation


@role_required(SEE_ASSIGNED, second_factor=Asks.NEVER)
def desk(request: Request) -> HttpResponse:
    """Of a service: what is assigned to it, and nothing else."""
    user = signed_in_user(request)
    if not may(user, SEE_DESK):
        return render(request, "portal/backoffice/assigned.html", {"assigned": assigned_to(user)})
    found = current_consultation()
    calendar = found and calendar_of(found, at=timezone.now())
    return render(request, "portal/backoffice/desk.html", {"consultation": found, "calendar": calendar})
