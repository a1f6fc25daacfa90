"""What waits to be read before it is published: its place says so to whoever wrote it; for others there is none."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import signed_in_user, user_of
from common.refusals import Refusal
from consultations.framing.context import remember
from consultations.framing.selectors import calendar_of
from consultations.participation.models import Draft, Proposal, Reply
from consultations.participation.selectors.held import own_waiting
from consultations.participation.services.holding import take_back
from consultations.participation.services.visibility import Hideable


def waiting_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own proposal while it waits. Raises Http404."""
    proposal = cast("Proposal", _own(request, "proposition", pk))
    consultation = proposal.challenge.consultation
    remember(request, consultation)
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "calendar": calendar_of(consultation, at=timezone.now()),
    }
    return render(request, "participation/resident/waiting.html", context)


def take_back_own(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take back what waits, after asking."""
    thing = _own(request, kind, pk)
    if request.method != "POST":
        context = {"thing": thing, "is_proposal": isinstance(thing, Proposal), "back": _place_of(thing)}
        return render(request, "participation/resident/take_back.html", context)
    draft = Draft.objects.filter(proposal=pk).first() if isinstance(thing, Proposal) else None
    try:
        take_back(thing=thing, author=signed_in_user(request))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        return redirect(_place_of(thing))
    messages.success(request, _("It is taken back: nobody will read it."))
    if draft is not None:
        return redirect("draft_review", draft.pk)
    return redirect(thing.challenge if isinstance(thing, Proposal) else _place_of(thing))


def _own(request: HttpRequest, kind: str, pk: int) -> Hideable:
    user = user_of(request)
    found = own_waiting(kind=kind, pk=pk, user=user) if user is not None else None
    if found is None:
        raise Http404
    return found


def _place_of(thing: Hideable) -> str:
    if isinstance(thing, Proposal):
        return thing.get_absolute_url()
    if isinstance(thing, Reply):
        return f"{thing.argument.get_absolute_url()}#reply-{thing.pk}"
    return f"{thing.proposal.get_absolute_url()}#argument-{thing.pk}"
