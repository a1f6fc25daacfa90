"""One queue across the cities that have the service moderate, and the way into each."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from consultations.delegation.selectors import waiting_cases
from consultations.delegation.services import NothingWaits, issue_ticket
from consultations.moderation.enums import Kind


def queue(request: HttpRequest) -> HttpResponse:
    """The most urgent first. Only what a city's case is about and since when: its text is read in the city."""
    page = Paginator(waiting_cases(), 50).get_page(request.GET.get("page", 1))
    kinds = dict(Kind.choices)
    rows = [{"waiting": each, "city": each.municipality, "kind": kinds.get(each.kind, each.kind)} for each in page]
    response = render(request, "moderation/ops/queue.html", {"page": page, "rows": rows, "at": timezone.now()})
    # Its buttons lead to the cities' own hosts, which the page's policy must allow forms to reach.
    origins = sorted({each.municipality.url.rstrip("/") for each in page})
    response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response


@require_POST
def enter(request: HttpRequest, waiting: int) -> HttpResponse:
    """Into the city of a case, with a ticket for a minute."""
    try:
        city, token = issue_ticket(waiting_case=waiting, operator=signed_in_user(request), at=timezone.now())
    except NothingWaits as refusal:
        messages.info(request, str(refusal.message))
        return redirect("ops_moderation")
    there = reverse("delegate_entry", args=[token], urlconf=settings.ROOT_URLCONF)
    return redirect(city.url.rstrip("/") + there)
