"""The city's desk: framing the consultation, what to read beforehand, and opening it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.kept import SensitiveAction
from accounts.permissions import Asks, role_required, signed_in_user
from common.requests import Request
from common.templatetags.hours import hour
from common.templatetags.ui import full_day
from common.time_zones import named
from consultations.framing.abilities import FRAME, OPEN_PLATFORM
from consultations.framing.backoffice.forms import ConsultationForm, DocumentForm
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of, challenges_of, current_consultation, documents_of
from consultations.framing.services.consultations import update_consultation
from consultations.framing.services.documents import (
    DocumentExists,
    TooManyDocuments,
    add_document,
    remove_document,
    say_no_documents,
)
from consultations.framing.services.forward import TriedOut
from consultations.framing.services.opening import NotReadyToOpen, SomebodyWrote, close_again, open_consultation


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def edit_consultation(request: HttpRequest) -> HttpResponse:
    """The question, who decides, who moderates, the commitment, the dates."""
    consultation = present_consultation()
    form = ConsultationForm(
        request.POST or None,
        consultation=consultation,
        calendar=calendar_of(consultation, at=timezone.now()),
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        dates = {name: given.pop(name) for name in ("opens_at", "closes_at")}
        update_consultation(consultation=consultation, actor=signed_in_user(request), dates=dates, **given)
        messages.success(request, _("Your consultation is saved."))
        return redirect("desk")
    context = {
        "form": form,
        "consultation": consultation,
        "challenges": challenges_of(consultation),
        "documents": documents_of(consultation),
    }
    return render(request, "framing/backoffice/consultation.html", context, status=422 if form.errors else 200)


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def documents(request: HttpRequest) -> HttpResponse:
    """What one should read before answering: add to it, or say that there is nothing."""
    consultation = present_consultation()
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_document(
                consultation=consultation, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The document is on the home page."))
            return redirect("desk_documents")
        except DocumentExists as refusal:
            form.add_error("title", str(refusal.message))
        except TooManyDocuments as refusal:
            form.add_error(None, str(refusal.message))
    context = {"form": form, "consultation": consultation, "documents": documents_of(consultation)}
    return render(request, "framing/backoffice/documents.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def drop_document(request: HttpRequest, pk: int) -> HttpResponse:
    remove_document(consultation=present_consultation(), document_id=pk, actor=signed_in_user(request))
    messages.success(request, _("The document is removed."))
    return redirect("desk_documents")


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
def no_documents(request: HttpRequest) -> HttpResponse:
    say_no_documents(consultation=present_consultation(), actor=signed_in_user(request))
    messages.success(request, _("It is noted: there is no document to join."))
    return redirect("desk_documents")


@require_POST
@role_required(OPEN_PLATFORM, fresh=SensitiveAction(gettext_lazy("Open the platform to the public")))
def open_to_public(request: Request) -> HttpResponse:
    try:
        open_consultation(
            consultation=present_consultation(),
            municipality=request.tenant,
            actor=signed_in_user(request),
            at=timezone.now(),
        )
        messages.success(request, _opened())
    except (NotReadyToOpen, TriedOut) as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk")


def _opened() -> str:
    """That it is open; where nobody can propose yet, from when."""
    calendar = calendar_of(present_consultation(), at=timezone.now())
    begins = None if calendar.may("PROPOSE") else calendar.begins("PROPOSE")
    if begins is None:
        return _("Your platform is open. Tell everyone!")
    return _("Your platform is open: everyone can read it. People can propose from %(day)s, %(hour)s.") % {
        "day": full_day(begins),
        "hour": named(hour(timezone.localtime(begins))),
    }


@require_POST
@role_required(OPEN_PLATFORM, fresh=SensitiveAction(gettext_lazy("Close the platform again")))
def close_to_public(request: Request) -> HttpResponse:
    """The way back from an opening, until somebody has written."""
    try:
        close_again(
            consultation=present_consultation(),
            municipality=request.tenant,
            actor=signed_in_user(request),
            at=timezone.now(),
        )
        messages.success(request, _("Your platform is closed again: only your team sees it."))
    except SomebodyWrote as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk")


def present_consultation() -> Consultation:
    """The consultation that the desk works on. Raises Http404 in a city that has none."""
    consultation = current_consultation()
    if consultation is None:
        raise Http404
    return consultation
