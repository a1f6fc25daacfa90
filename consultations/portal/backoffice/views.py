"""The city's desk: what needs someone this week, in panels (common.panels) for before or after the opening."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.permissions import STAFF, Asks, role_required
from common.requests import Request
from consultations.framing.selectors import calendar_of, current_consultation


@role_required(STAFF, second_factor=Asks.NEVER)
def desk(request: Request) -> HttpResponse:
    found = current_consultation()
    calendar = found and calendar_of(found, at=timezone.now())
    return render(request, "portal/backoffice/desk.html", {"consultation": found, "calendar": calendar})
