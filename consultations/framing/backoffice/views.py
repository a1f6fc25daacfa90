"""The city's desk: framing the consultation and opening it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import ADMINISTRATORS, FRAMERS, role_required, signed_in_user
from consultations.framing.backoffice.forms import ConsultationForm
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of, challenges_of, current_consultation
from consultations.framing.services import NotReadyToOpen, open_consultation, update_consultation


@role_required(FRAMERS)
def edit_consultation(request: HttpRequest) -> HttpResponse:
    """The question, who decides, the commitment, the dates."""
    consultation = _current()
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
    context = {"form": form, "consultation": consultation, "challenges": challenges_of(consultation)}
    return render(request, "framing/backoffice/consultation.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(ADMINISTRATORS)
def open_to_public(request: HttpRequest) -> HttpResponse:
    try:
        open_consultation(
            consultation=_current(),
            municipality=request.tenant,  # type: ignore[attr-defined]
            actor=signed_in_user(request),
            at=timezone.now(),
        )
        messages.success(request, _("Your platform is open. Tell everyone!"))
    except NotReadyToOpen as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk")


def _current() -> Consultation:
    consultation = current_consultation()
    if consultation is None:
        raise Http404
    return consultation
