"""What a city reads of the service's team on its desk: when it came in, and for what."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.permissions import role_required, signed_in_user
from common.requests import Request
from common.states import Answers, answers
from consultations.framing.services.consultations import end_delegation
from consultations.moderation.abilities import SEE_SERVICE_VISITS
from consultations.moderation.selectors.visits import service_moderates, visits


@answers(Answers.READ_ONLY)
@role_required(SEE_SERVICE_VISITS)
def service_visits(request: Request) -> HttpResponse:
    """And the way to end it, in every state of the city."""
    if request.method == "POST":
        if end_delegation(actor=signed_in_user(request)):
            messages.success(request, _("The service no longer moderates: your administrators and facilitators do."))
        return redirect("desk_service_visits")
    context = {"page": visits(page=request.GET.get("page", 1)), "delegated": service_moderates()}
    return render(request, "moderation/backoffice/service_visits.html", context)
