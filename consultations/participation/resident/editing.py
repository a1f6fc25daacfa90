"""Correcting what one has just published, while nobody has answered it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.begun import ask_who
from accounts.permissions import signed_in_user
from common.limits import limited_by
from consultations.framing.context import remember
from consultations.participation.enums import Status
from consultations.participation.limits import WRITING
from consultations.participation.models import Proposal
from consultations.participation.permissions import EDIT_WINDOW, works_on
from consultations.participation.promises import said_and_promised
from consultations.participation.registry import why_kept
from consultations.participation.resident.acting import attempt
from consultations.participation.resident.forms import EditForm
from consultations.participation.resident.gone import typed_is_kept
from consultations.participation.services import proposals
from consultations.participation.services.proposals import edit_proposal
from consultations.participation.services.refusals import AlreadyAnswered, TooLate


@limited_by(WRITING)
@typed_is_kept
def edit(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The whole text once more. Too late, it says so, shows what was typed, and leads to the workshop."""
    proposals_there = Proposal.objects.filter(status__in=(Status.PUBLISHED, Status.HELD))
    proposal = proposals_there.select_related("challenge__consultation", "author").defer("search").get(pk=pk)
    if not request.user.is_authenticated:
        if proposal.is_held:  # nobody else learns that it is there
            raise Http404
        return ask_who(request)
    user = signed_in_user(request)
    if not works_on(user=user, proposal=proposal):
        raise Http404
    form = EditForm(request.POST if request.method == "POST" else None, initial=_present(proposal))
    refused = attempt(form, edit_proposal, proposal=proposal, author=user)
    if refused is not None:
        return _page(request, proposal, form, **refused)
    messages.success(request, said_and_promised(_("Your proposal is corrected."), proposal))
    return redirect(proposal)


def _page(request: HttpRequest, proposal: Proposal, form: EditForm, *, notice: str, status: int) -> HttpResponse:
    refusal = notice or _why_not(proposal)
    if proposal.picture_id is None:
        del form.fields["without_picture"]
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "form": form,
        "may_edit": not refusal,
        "until": proposal.submitted_at + EDIT_WINDOW,
        "refusal": refusal,
    }
    remember(request, proposal.challenge.consultation)
    return render(request, "participation/resident/edit.html", context, status=status)


def _why_not(proposal: Proposal) -> str:
    if proposals.may_edit(proposal=proposal, at=timezone.now()):
        kept = why_kept(proposal)
        return str(kept.message) if kept else ""
    answered = proposal.reaction_count or proposal.argument_count or proposal.version > 1
    return str((AlreadyAnswered if answered else TooLate).message)


def _present(proposal: Proposal) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in EditForm.field_order if name != "without_picture"}
