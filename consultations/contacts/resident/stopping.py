"""No more messages to an address of the address book, by the link of one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.links import lead_on, with_token
from common.states import Answers, answers
from common.views import answered_everywhere
from consultations.contacts.services.leaving_alone import ContactLinkForged, has_left, leave_by_link


@answers(Answers.IN_EVERY_STATE)
@answered_everywhere
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """A mail program's own button posts here (RFC 8058); whoever opens the link is led on to a page with a button."""
    if request.method != "POST":
        return lead_on(token, to="contact_stop_by_link")
    return _stopping(request, token)


@answers(Answers.IN_EVERY_STATE)
@with_token
def stop_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return _stopping(request, token)


def _stopping(request: HttpRequest, token: str) -> HttpResponse:
    """Opening changes nothing: mail filters open links. Its one button does."""
    status, state = 200, "ask"
    try:
        if request.method == "POST":
            leave_by_link(token=token, at=timezone.now())
        if has_left(token):
            state = "done"
    except ContactLinkForged as refusal:
        status, state = refusal.status, "forged"
    response = render(request, "contacts/resident/stop.html", {"state": state}, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
