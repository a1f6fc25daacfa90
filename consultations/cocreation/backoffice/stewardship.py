"""Proposals that nobody works on any more: a facilitator takes care of them, or gives them back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.refusals import Refusal
from consultations.cocreation.selectors.coauthors import proposals_alone
from consultations.cocreation.services.coauthors import relinquish_stewardship, take_stewardship
from consultations.participation.abilities import FACILITATE
from consultations.participation.models import Proposal


@role_required(FACILITATE)
def alone(request: HttpRequest) -> HttpResponse:
    """Those whose author has left; those that were imported apart, because they never had an author here."""
    found = proposals_alone(
        user=signed_in_user(request), imported="importees" in request.GET, page=request.GET.get("page", 1)
    )
    return render(request, "cocreation/backoffice/alone.html", {"alone": found, "page": found.page})


@require_POST
@role_required(FACILITATE)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(Proposal.objects.published().only("title"), pk=pk)
    try:
        take_stewardship(proposal=proposal, user=signed_in_user(request), at=timezone.now())
        messages.success(request, _("You now take care of “%(title)s”.") % {"title": proposal.title})
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    except Proposal.DoesNotExist as gone:  # hidden at this very moment
        raise Http404 from gone
    return redirect("desk_alone")


@require_POST
@role_required(FACILITATE)
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(Proposal.objects.published().only("title"), pk=pk)
    relinquish_stewardship(proposal=proposal, user=signed_in_user(request))
    messages.success(request, _("You no longer take care of “%(title)s”.") % {"title": proposal.title})
    return redirect("desk_alone")
