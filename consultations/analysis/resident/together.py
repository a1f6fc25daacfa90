"""What brings people together, for everyone; how it is found; and leaving analyses."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.begun import ask_who
from accounts.permissions import signed_in_user
from common.limits import limited_by
from common.pagecache import cached_page
from common.requests import Request
from common.states import Answers, answers
from consultations.analysis.enums import RunKind
from consultations.analysis.limits import LEAVING_ANALYSES
from consultations.analysis.selectors.people import has_left
from consultations.analysis.selectors.public_parts import public_parts
from consultations.analysis.selectors.together import published_run, together
from consultations.analysis.services.leaving import join_analyses, leave_analyses
from consultations.framing.context import remember
from consultations.framing.models import Consultation
from consultations.framing.selectors import consultations_to_read, reference_consultation


@cached_page
def what_brings_together(request: Request) -> HttpResponse:
    found = reference_consultation()
    if found is None:
        raise Http404
    return _page(request, found)


@cached_page
def of_one(request: Request, slug: str) -> HttpResponse:
    return _page(request, get_object_or_404(consultations_to_read(), slug=slug))


@cached_page
def method(request: Request) -> HttpResponse:
    return render(request, "analysis/resident/method.html")


def _page(request: Request, consultation: Consultation) -> HttpResponse:
    """Nothing but what the team has published; before that, a page that says so."""
    remember(request, consultation)
    run = published_run(consultation, RunKind.GROUPS)
    context = {
        "consultation": consultation,
        "found": together(run, consultation) if run else None,
        "parts": public_parts(consultation),
    }
    return render(request, f"analysis/resident/{'together' if run else 'not_yet'}.html", context)


@answers(Answers.READ_ONLY)
@never_cache
@limited_by(LEAVING_ANALYSES)
def leaving(request: Request) -> HttpResponse:
    """One button: out, or in again. Pressed twice it changes nothing."""
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    if request.method == "POST":
        if request.POST.get("do") == "leave":
            leave_analyses(user=user, at=timezone.now())
            messages.success(request, _("Your reactions are left out of every analysis that is made from now on."))
        else:
            join_analyses(user=user)
            messages.success(request, _("Your reactions count in analyses again, from the next one on."))
        return redirect("leaving_analyses")
    return render(request, "analysis/resident/leaving.html", {"has_left": has_left(user)})
