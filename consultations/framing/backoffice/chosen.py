"""The consultation that a page of the desk belongs to: it stands in its address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.abilities import SEE_DESK, may
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.framing.services.consultations import ConsultationArchived, refuse_archived
from consultations.framing.weeks import week_of

View = Callable[..., HttpResponse]

# In the session: the number of the last one whose page was opened.
_LAST = "desk_consultation"


def of_consultation(view: View) -> View:
    """For views of one consultation, which they get instead of its slug.

    Gone, it is no page; to whoever posts there, a sentence. An archived one refuses what is posted, whatever is wrong
    with the form, and shows what was typed; but for views that are marked with `in_archives_too`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, consultation: str, **named: Any) -> HttpResponse:
        found = next((each for each in consultations_of(request) if each.slug == consultation), None)
        if found is None and request.method == "POST":
            messages.warning(
                request, _("This consultation is no longer there: somebody gave it up. Nothing was saved.")
            )
            return redirect("desk_consultations")
        if found is None:
            raise Http404
        choose(request, found)
        try:
            if request.method == "POST" and not getattr(view, "in_archives_too", False):
                refuse_archived(found)
            return view(request, found, **named)
        except ConsultationArchived as refusal:
            typed = [value for name, value in request.POST.items() if len(value) >= 20 and "token" not in name]
            context = {"consultation": found, "refusal": refusal.message, "typed": typed}
            return render(request, "framing/backoffice/archived.html", context, status=refusal.status)

    return guarded


def in_archives_too(view: View) -> View:
    """A mark, right below `of_consultation`: what is posted there changes nothing that the archives keep."""
    view.in_archives_too = True  # type: ignore[attr-defined]
    return view


def choose(request: HttpRequest, consultation: Consultation) -> None:
    """Say whose page this is. It stays the one chosen on pages that belong to none."""
    request.desk_consultation = consultation  # type: ignore[attr-defined]
    if request.session.get(_LAST) != consultation.pk and may(request.user, SEE_DESK):
        request.session[_LAST] = consultation.pk


def consultations_of(request: HttpRequest) -> list[Consultation]:
    """All of the city, with their phases, read once a request."""
    if not hasattr(request, "desk_consultations"):
        request.desk_consultations = list(every_consultation())  # type: ignore[attr-defined]
    found: list[Consultation] = request.desk_consultations  # type: ignore[attr-defined]
    return found


def chosen_consultation(request: HttpRequest) -> Consultation | None:
    """The page's; on those that belong to none, the last that this person opened; else the one to begin with."""
    found: Consultation | None = getattr(request, "desk_consultation", None)
    return found or _last(request) or _first(request)


def _last(request: HttpRequest) -> Consultation | None:
    """None once it is given up."""
    pk = request.session.get(_LAST)
    return next((each for each in consultations_of(request) if each.pk == pk), None) if pk else None


def _first(request: HttpRequest) -> Consultation | None:
    """The home's, else the one that is being prepared, else the last."""

    def rank(each: Consultation) -> tuple[bool, ...]:
        return (not each.is_current, each.opened_at is not None, each.is_archived)

    return min(consultations_of(request), key=rank, default=None)


def has_chosen(request: HttpRequest) -> bool:
    return chosen_consultation(request) is not None


def address_in_chosen(name: str) -> Callable[[HttpRequest], str]:
    """For menus: a page of the consultation that one is on."""

    def address(request: HttpRequest) -> str:
        found = chosen_consultation(request)
        return reverse(name, args=[found.slug]) if found else reverse("desk_consultations")

    return address


def this_week_url(request: HttpRequest) -> str:
    """At the shortest address as long as nobody has chosen one: what that shows may be another in the next tab."""
    found = chosen_consultation(request)
    return reverse("desk") if found is None or _last(request) is None else week_of(found)
