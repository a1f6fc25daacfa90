"""Where an operator's ticket leads: they come in as a delegate, straight to the case."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from common.requests import Request
from consultations.delegation.services import TicketRefused
from consultations.framing.permissions import SIGNS_AS
from consultations.moderation.services.visits import GENERATION, enter


@require_GET
def enter_by_ticket(request: Request, token: str) -> HttpResponse:
    """At once, without a button: it was pressed on the operators' site a moment ago, and the ticket is good for a
    minute. Of who was signed in here before, nothing stays."""
    try:
        user, entry = enter(token=token, municipality=request.tenant, at=timezone.now())
    except TicketRefused as refusal:
        return render(request, "moderation/resident/ticket_refused.html", status=refusal.status)
    request.session.flush()
    record_authentication(request, user, method="delegation")
    get_adapter().login(request, user)
    request.session[GENERATION] = entry.generation
    if entry.case is None:
        request.session[SIGNS_AS] = entry.name
        return redirect("desk_framing")
    return redirect("desk_case", case=entry.case)
