"""What a city reads of the service's team in its moderation: when it came in, and for what."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import ADMINISTRATORS, role_required
from common.requests import Request
from consultations.moderation.selectors.visits import service_moderates, visits


@role_required(ADMINISTRATORS)
def service_visits(request: Request) -> HttpResponse:
    context = {"page": visits(page=request.GET.get("page", 1)), "delegated": service_moderates()}
    return render(request, "moderation/backoffice/service_visits.html", context)
