"""The city's desk: bring proposals together, and follow what is being asked."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import role_required
from consultations.cocreation.models import MAX_SOURCES, MIN_SOURCES
from consultations.cocreation.selectors.merging import candidates, chosen_among, joinable, merge_requests_of
from consultations.cocreation.selectors.similar_pairs import similar_pairs
from consultations.framing.backoffice.chosen import chosen_consultation, of_consultation
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.abilities import FACILITATE


@role_required(FACILITATE)
def merge(request: HttpRequest) -> HttpResponse:
    """In the consultation that the desk opens on."""
    consultation = chosen_consultation(request)
    return redirect("desk") if consultation is None else _page(request, consultation)


@role_required(FACILITATE)
@of_consultation
def merge_of(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    return _page(request, consultation)


def _page(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Search and tick two to eight proposals; the text is then written on the page that their authors have too.

    Before a search it shows those that perhaps say the same.
    """
    chosen = chosen_among(joinable(consultation), request.GET.getlist("avec"))
    refusal = ""
    if "ecrire" in request.GET:
        if MIN_SOURCES <= len(chosen) <= MAX_SOURCES:
            first, *others = chosen
            query = urlencode([*(("avec", other.pk) for other in others), ("ecrire", 1)])
            return redirect(f"{first.get_absolute_url()}reunir/?{query}")
        refusal = _("Choose two proposals at least, eight at most.")
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    # Without a search: those that are close to what is already chosen.
    near = "\n".join(f"{each.title} {each.excerpt}" for each in chosen)  # type: ignore[attr-defined]
    calendar = calendar_of(consultation, at=timezone.now())
    at_rest = not chosen and not words and calendar.may_merge
    context = {
        "consultation": consultation,
        "calendar": calendar,
        "merge_requests": merge_requests_of(consultation),
        "words": words,
        "others": chosen,
        "found": candidates(consultation=consultation, words=words, near=near, without=[each.pk for each in chosen]),
        "at_rest": at_rest,
        "alike": similar_pairs(consultation) if at_rest else [],
        "refusal": refusal,
    }
    return render(request, "cocreation/backoffice/merge.html", context, status=422 if refusal else 200)
