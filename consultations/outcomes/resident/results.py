"""What came of a consultation: nobody needs an account to read."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from common.pagecache import cached_page
from common.requests import Request
from consultations.framing.context import remember
from consultations.framing.models import Consultation
from consultations.framing.selectors import consultations_to_read
from consultations.outcomes.selectors.clock import answers_url
from consultations.outcomes.selectors.results import OVER, consultation_with_results, results_of


@cached_page
def results(request: Request) -> HttpResponse:
    """Of the consultation that the city puts forward, once it is over; else of the last one that is."""
    found = consultation_with_results(at=timezone.now())
    if found is None:
        raise Http404
    return _results_page(request, found)


@cached_page
def results_of_one(request: Request, slug: str) -> HttpResponse:
    return _results_page(request, get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug))


def _results_page(request: Request, found: Consultation) -> HttpResponse:
    """Before it is over: a page that says when there will be some."""
    remember(request, found)
    at = timezone.now()
    if found.state(at) not in OVER:
        early = {"consultation": found, "ends": found.closed_at()}
        return render(request, "outcomes/resident/no_results_yet.html", early)
    context = {"consultation": found, "results": results_of(found, at=at), "at": at, "answers_url": answers_url(found)}
    return render(request, "outcomes/resident/results.html", context)
