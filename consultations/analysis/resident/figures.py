"""The figures of a consultation, where the city has everybody read them. Nobody needs an account."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.pagecache import cached_page, depends_on
from common.requests import Request
from common.sheets import csv_response
from consultations.analysis.scopes import FIGURES
from consultations.analysis.selectors.dashboard import Figures, figures_of
from consultations.analysis.selectors.figures_file import head, rows
from consultations.analysis.selectors.public_parts import public_parts
from consultations.framing.context import remember
from consultations.framing.selectors import consultations_to_read


@cached_page
def figures(request: Request, slug: str) -> HttpResponse:
    found = _public(request, slug)
    depends_on(request, FIGURES)
    context = {"consultation": found.consultation, "figures": found, "parts": public_parts(found.consultation)}
    return render(request, "analysis/resident/figures.html", context)


@require_safe
def figures_csv(request: Request, slug: str) -> HttpResponse:
    """What the page shows, and nothing else."""
    found = _public(request, slug)
    return csv_response(f"{request.tenant.slug}-{slug}-chiffres.csv", head(), rows(found))


def _public(request: Request, slug: str) -> Figures:
    consultation = get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug)
    remember(request, consultation)
    found = figures_of(consultation, at=timezone.now(), period=request.GET.get("periode", ""))
    if found.settings is None or not found.settings.is_public:
        raise Http404
    return found
