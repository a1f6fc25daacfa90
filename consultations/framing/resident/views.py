"""Legal pages of a city, made from its data. Before it opens, others than its team read them once they are whole."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import reads_ahead
from common.context import accessibility_audit
from common.pagecache import cached_page
from common.requests import Request
from common.retention import kept_data
from common.states import Answers, answers
from consultations.framing.legal import Known, facts_shown, placeholders_left
from consultations.framing.selectors import legal_identity, logo_of, reference_consultation
from tenants.copies import complete_copies


@answers(Answers.SUSPENDED)
@cached_page
def legal_notices(request: Request) -> HttpResponse:
    return _page(request, "legal_notices")


@answers(Answers.SUSPENDED)
@cached_page
def privacy(request: Request) -> HttpResponse:
    return _page(request, "privacy", copies=complete_copies(), kept_data=kept_data)


@cached_page
def charter(request: Request) -> HttpResponse:
    return _page(request, "charter")


@answers(Answers.SUSPENDED)
@cached_page
def accessibility(request: Request) -> HttpResponse:
    return _page(request, "accessibility")


def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """The city's picture. It never changes: its address is its digest."""
    png = logo_of(digest)
    if png is None:
        raise Http404
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _page(request: Request, name: str, **more: object) -> HttpResponse:
    consultation, identity = reference_consultation(), legal_identity()
    city = request.tenant
    is_draft = not city.is_open and any(
        name in each.pages for each in placeholders_left(Known(city, identity, consultation))
    )
    if is_draft and not reads_ahead(request):
        return render(request, "framing/resident/being_prepared.html")
    context = {
        "consultation": consultation,
        "identity": identity,
        "is_draft": is_draft,
        "facts": facts_shown(Known(city, identity, consultation)),
        "established_at": identity.updated_at or city.created_at,
        "audit": accessibility_audit(),
        **more,
    }
    return render(request, f"framing/resident/{name}.html", context)
