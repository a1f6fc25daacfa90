"""Cities that have the service accompany them, and the way into each."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from consultations.delegation.selectors import accompanied_cities
from consultations.delegation.services import NotAccompanied, issue_ticket_to_frame


def accompanied(request: HttpRequest) -> HttpResponse:
    """Who asked last comes first. Nothing of what they prepare stands here: it is read in the city."""
    page = Paginator(accompanied_cities(), 50).get_page(request.GET.get("page", 1))
    response = render(request, "moderation/ops/accompanied.html", {"page": page})
    # Its buttons lead to the cities' own hosts, which the page's policy must allow forms to reach.
    response._csp_update = {"form-action": sorted({each.url.rstrip("/") for each in page})}  # type: ignore[attr-defined]
    return response


@require_POST
def enter(request: HttpRequest, city: int) -> HttpResponse:
    """Into a city, with a ticket for a minute."""
    try:
        found, token = issue_ticket_to_frame(city=city, operator=signed_in_user(request), at=timezone.now())
    except NotAccompanied as refusal:
        messages.info(request, str(refusal.message))
        return redirect("ops_framing")
    there = reverse("delegate_entry", args=[token], urlconf=settings.ROOT_URLCONF)
    return redirect(found.url.rstrip("/") + there)
