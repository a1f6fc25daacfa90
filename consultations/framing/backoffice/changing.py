"""The city's desk: what a consultation becomes: on the home, longer, closed, archived, given up."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.dates import MomentField
from common.refusals import Refusal
from common.templatetags.ui import deadline
from consultations.framing.abilities import FRAME, STEER
from consultations.framing.backoffice.chosen import in_archives_too, of_consultation
from consultations.framing.enums import PhaseKind, PhaseState
from consultations.framing.models import Consultation
from consultations.framing.selectors import Listed, calendar_of
from consultations.framing.services import closing, preparing
from consultations.framing.services.consultations import refuse_archived
from consultations.framing.services.dates import DatesRefused
from consultations.framing.services.forward import put_forward


@require_POST
@role_required(STEER)
@of_consultation
def forward(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    try:
        put_forward(consultation=consultation, actor=signed_in_user(request))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("The home page shows “%(title)s”.") % {"title": consultation.title})
    return redirect("desk_consultations")


class ProlongForm(forms.Form):
    until = MomentField(
        label=gettext_lazy("The new end"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@role_required(FRAME)
@of_consultation
def prolong(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """A later end for what participants do now; or, for one that was closed, for what they did last."""
    refuse_archived(consultation)
    phase = closing.phase_to_prolong(consultation, at=timezone.now())
    form = ProlongForm(request.POST or None, initial={"until": closing.end_to_prolong(consultation, at=timezone.now())})
    if request.method == "POST" and form.is_valid():
        try:
            closing.prolong_consultation(
                consultation=consultation, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data
            )
        except (closing.EndsLater, DatesRefused) as refusal:
            form.add_error("until", str(refusal.message))
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            said = _("“%(title)s” goes on until %(day)s. Those who follow it are told.")
            day = deadline(form.cleaned_data["until"])
            messages.success(request, said % {"title": consultation.title, "day": day})
            return redirect("desk_consultations")
    return _page(request, consultation, "prolong", form=form, phase=phase)


@role_required(STEER)
@of_consultation
def close(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    refuse_archived(consultation)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _done(
        form, closing.close_consultation, consultation=consultation, actor=signed_in_user(request), at=timezone.now()
    ):
        said = _("“%(title)s” is closed: everyone reads it, nobody writes in it any more.")
        messages.success(request, said % {"title": consultation.title})
        return redirect("desk_consultations")
    return _page(request, consultation, "close", form=form)


class ArchiveForm(forms.Form):
    quiet_home = forms.BooleanField(
        label=gettext_lazy("Yes, the home page then says that no consultation is open at the moment"), required=False
    )


@role_required(STEER)
@of_consultation
@in_archives_too
def archive(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Of the one on the home it is asked whether a quiet home is what one wants."""
    form: forms.Form = ArchiveForm(request.POST if request.method == "POST" else None)
    if not consultation.is_current:
        del form.fields["quiet_home"]
    if request.method == "POST" and form.is_valid():
        quiet = form.cleaned_data.get("quiet_home", False)
        given: dict[str, Any] = {"actor": signed_in_user(request), "at": timezone.now(), "quiet_home": quiet}
        if _done(form, closing.archive_consultation, consultation=consultation, **given):
            messages.success(request, _("“%(title)s” is in the archives.") % {"title": consultation.title})
            return redirect("desk_consultations")
    answering = calendar_of(consultation, at=timezone.now()).phase(PhaseKind.ANSWER)
    promised = answering.closes_at if answering and answering.state(timezone.now()) != PhaseState.DONE else None
    return _page(request, consultation, "archive", form=form, promised=promised)


@require_POST
@role_required(STEER)
@of_consultation
@in_archives_too
def unarchive(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    closing.unarchive_consultation(consultation=consultation, actor=signed_in_user(request))
    said = _("“%(title)s” is out of the archives: it is closed, as before.")
    messages.success(request, said % {"title": consultation.title})
    return redirect("desk_consultations")


@role_required(STEER)
@of_consultation
def abandon(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _done(
        form, preparing.give_up, consultation=consultation, actor=signed_in_user(request)
    ):
        messages.success(request, _("“%(title)s” is given up.") % {"title": consultation.title})
        return redirect("desk_consultations")
    return _page(request, consultation, "give_up", form=form)


def _done(form: forms.Form, service: Any, **given: Any) -> bool:
    """Whether the service did it; why it did not stands on the form."""
    if not form.is_valid():
        return False
    try:
        service(**given)
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return False
    return True


def _page(
    request: HttpRequest, consultation: Consultation, what: str, *, form: forms.Form, **more: Any
) -> HttpResponse:
    at = timezone.now()
    here = Listed(consultation, consultation.state(at), at)
    context = {"consultation": consultation, "here": here, "form": form, "what": what, "at": at, **more}
    return render(request, "framing/backoffice/change.html", context, status=422 if form.errors else 200)
