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
from common.refusals import Refusal
from consultations.participation.limits import WRITING
from consultations.participation.models import Proposal
from consultations.participation.permissions import EDIT_WINDOW, works_on
from consultations.participation.resident.forms import EditForm
from consultations.participation.resident.gone import typed_is_kept
from consultations.participation.services import proposals
from consultations.participation.services.proposals import edit_proposal
from consultations.participation.services.refusals import AlreadyAnswered, TooLate


@limited_by(WRITING)
@typed_is_kept
def edit(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The whole text once more. Too late, it says so, shows what was typed, and leads to the workshop."""
    proposal = _published(pk)
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    if not works_on(user=user, proposal=proposal):
        raise Http404
    if request.method != "POST":
        return _page(request, proposal, EditForm(initial=_present(proposal)))
    form = EditForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, form, status=422)
    try:
        proposal = edit_proposal(proposal=proposal, author=user, at=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        return _page(request, _published(pk), form, refusal=str(refusal.message), status=refusal.status)
    messages.success(request, _("Your proposal is corrected."))
    return redirect(proposal)


def _page(
    request: HttpRequest, proposal: Proposal, form: EditForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    at = timezone.now()
    may_edit = not refusal and proposals.may_edit(proposal=proposal, at=at)
    if proposal.picture_id is None:
        del form.fields["without_picture"]
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "form": form,
        "may_edit": may_edit,
        "until": proposal.submitted_at + EDIT_WINDOW,
        "refusal": refusal or ("" if may_edit else _why_not(proposal)),
    }
    return render(request, "participation/resident/edit.html", context, status=status)


def _why_not(proposal: Proposal) -> str:
    answered = proposal.reaction_count or proposal.argument_count or proposal.version > 1
    return str((AlreadyAnswered if answered else TooLate).message)


def _present(proposal: Proposal) -> dict[str, Any]:
    return {name: getattr(proposal, name) for name in EditForm.field_order if name != "without_picture"}


def _published(pk: int) -> Proposal:
    return Proposal.objects.published().select_related("challenge", "author").defer("search").get(pk=pk)
