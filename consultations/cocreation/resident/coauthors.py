"""Writing with others: whom one invites, and what the invited person answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import participant_required, signed_in_user
from common.refusals import Refusal
from common.requests import Request
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.resident.forms import CoAuthorForm
from consultations.cocreation.selectors.coauthors import INVITATION_HOLDS, contributors_of, invitation_for, is_open
from consultations.cocreation.services.coauthors import (
    accept_invitation,
    decline_invitation,
    invite_coauthor,
    leave_proposal,
    remove_coauthor,
    take_back_invitation,
)
from consultations.framing.context import remember
from consultations.participation.models import Proposal
from consultations.participation.permissions import works_on
from consultations.participation.resident.acting import number_in
from consultations.participation.resident.gone import gone_is_404


@gone_is_404
def coauthors(request: Request, pk: int, slug: str) -> HttpResponse:
    """Those who work on a proposal, and inviting, taking back, sending away, leaving."""
    proposals = Proposal.objects.published().select_related("author", "challenge__consultation")
    proposal = proposals.without_texts().get(pk=pk)
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    if not works_on(user=user, proposal=proposal):
        raise Http404
    company = contributors_of(proposal=proposal, at=timezone.now())
    form = CoAuthorForm(request.POST if request.POST.get("do") == "invite" else None, people=company.people)
    notice, status = "", 200
    if request.method == "POST":
        try:
            if (target := _done(request, proposal, user, form)) is not None:
                return target
            status = 422
        except Refusal as refusal:
            notice, status = str(refusal.message), refusal.status
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "company": company,
        "form": form,
        "notice": notice,
    }
    remember(request, proposal.challenge.consultation)
    return render(request, "cocreation/resident/coauthors.html", context, status=status)


def _done(request: Request, proposal: Proposal, user: User, form: CoAuthorForm) -> HttpResponse | None:
    """Do what was asked and say where to go; None where what was typed must be mended."""
    now = timezone.now()
    match request.POST.get("do"):
        case "invite":
            if not form.is_valid():
                return None
            city: Any = request.tenant
            invite_coauthor(proposal=proposal, by=user, city=city, at=now, **form.invited())
            messages.success(request, _("The invitation is sent. You will be told of the answer."))
        case "take-back":
            key = _uuid(request.POST.get("which", ""))
            take_back_invitation(key=key, proposal=proposal, by=user, at=now)
            messages.success(request, _("The invitation is taken back."))
        case "remove":
            gone = remove_coauthor(proposal=proposal, by=user, user_id=number_in(request, "which"), at=now)
            # Whoever is no co-author, gone already or never here, is not named.
            said = _("%(name)s no longer works on this proposal.") % {"name": gone} if gone else _("This is done.")
            messages.success(request, said)
        case "leave":
            leave_proposal(proposal=proposal, user=user)
            messages.success(request, _("You no longer work on this proposal. What you wrote in it stays credited."))
            return redirect(proposal)
        case _:
            raise Http404
    return redirect(f"{proposal.get_absolute_url()}atelier/avec/")


@gone_is_404
def invitation(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the invited person reads and answers. To anybody else it does not exist; visitors are asked who they are."""
    if not CoAuthorInvitation.objects.filter(pk=key).exists():
        return _no_invitation(request)
    return _answer(request, key)


@participant_required
def _answer(request: HttpRequest, key: UUID) -> HttpResponse:
    user, now = signed_in_user(request), timezone.now()
    found = invitation_for(key=key, user=user)
    if found is None:
        return _no_invitation(request)
    proposal, notice, status = found.proposal, "", 200
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "accept":
                accept_invitation(key=key, user=user, at=now)
                messages.success(request, _("Welcome: you now work on this proposal."))
                return redirect(f"{proposal.get_absolute_url()}atelier/")
            decline_invitation(key=key, user=user, at=now)
            messages.success(request, _("Your answer is given. You can still react and argue, like everyone."))
            return redirect(proposal)
        except Refusal as refusal:
            notice, status = str(refusal.message), refusal.status
    context = {
        "invitation": found,
        "is_open": is_open(found, at=now),
        "closes_at": found.created_at + INVITATION_HOLDS,
        "proposal": proposal,
        "challenge": proposal.challenge,
        "notice": notice,
    }
    return render(request, "cocreation/resident/invitation.html", context, status=status)


def _no_invitation(request: HttpRequest) -> HttpResponse:
    """The same whether there is no such invitation or it is somebody else's."""
    return render(request, "cocreation/resident/no_invitation.html", status=404)


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as odd:
        raise Http404 from odd
