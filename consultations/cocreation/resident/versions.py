"""Reading the versions of a proposal, and what changed between them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from common.pagecache import cached_page, depends_on
from common.requests import Request
from consultations.cocreation.selectors.versions import version_history
from consultations.framing.context import remember
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.scopes import proposal_scope


@cached_page
def versions(request: Request, pk: int, slug: str) -> HttpResponse:
    """Every version, one of them whole (`lire`), and the difference of two (`de`, `a`) or of the last two."""
    depends_on(request, proposal_scope(pk))
    asked = request.GET
    readable = Proposal.objects.exclude(status__in=(Status.HIDDEN, Status.HELD, Status.REMOVED)).defer("search")
    proposal = get_object_or_404(readable.select_related("author", "challenge__consultation"), pk=pk)
    history = version_history(
        proposal,
        page=asked.get("page", ""),
        read=asked.get("lire", ""),
        before=asked.get("de", ""),
        after=asked.get("a", ""),
    )
    consultation = proposal.challenge.consultation
    remember(request, consultation)
    context = {
        "proposal": proposal,
        "calendar": calendar_of(consultation, at=timezone.now()),
        "challenge": proposal.challenge,
        "page": history.page,
        "choices": history.choices,
        "read": request.GET.get("lire", ""),
        "comparison": history.comparison,
    }
    return render(request, "cocreation/resident/versions.html", context)
