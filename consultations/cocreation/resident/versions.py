"""Reading the versions of a proposal, and what changed between them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common.pagecache import cached_page
from common.requests import Request
from consultations.cocreation.selectors.versions import version_history
from consultations.framing.context import remember
from consultations.framing.selectors import calendar_of


@cached_page
def versions(request: Request, pk: int, slug: str) -> HttpResponse:
    """Every version, one of them whole (`lire`), and the difference of two (`de`, `a`) or of the last two."""
    asked = request.GET
    history = version_history(
        pk,
        page=asked.get("page", ""),
        read=asked.get("lire", ""),
        before=asked.get("de", ""),
        after=asked.get("a", ""),
    )
    if history is None:
        raise Http404
    consultation = history.proposal.challenge.consultation
    remember(request, consultation)
    context = {
        "proposal": history.proposal,
        "calendar": calendar_of(consultation, at=timezone.now()),
        "challenge": history.proposal.challenge,
        "page": history.page,
        "choices": history.choices,
        "read": request.GET.get("lire", ""),
        "comparison": history.comparison,
    }
    return render(request, "cocreation/resident/versions.html", context)
