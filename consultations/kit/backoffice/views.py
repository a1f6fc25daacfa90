"""The page of the kit: what can be printed and copied, where it is put up, and which support works."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import address_in_chosen, of_consultation
from consultations.framing.models import Consultation
from consultations.kit.abilities import MOBILISE
from consultations.kit.backoffice.forms import SpotForm
from consultations.kit.enums import Support
from consultations.kit.limits import KIT_CHANGES
from consultations.kit.models import Spot
from consultations.kit.selectors.files import FILES, is_offered
from consultations.kit.selectors.pictures import PICTURES, alt_of
from consultations.kit.selectors.scans import opened
from consultations.kit.selectors.stages import is_over, may_propose, proposed_until
from consultations.kit.selectors.texts import texts_of
from consultations.kit.services.spots import add_spot, remove_spot


@require_safe
@role_required(MOBILISE)
def chosen(request: HttpRequest) -> HttpResponse:
    return redirect(address_in_chosen("desk_kit")(request))


@require_safe
@role_required(MOBILISE)
@of_consultation
def kit(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    return _page(request, consultation, SpotForm(_offered(consultation)))


def _offered(consultation: Consultation) -> list[Support]:
    return [each.support for each in FILES.values() if is_offered(each, consultation)]


def _page(request: HttpRequest, consultation: Consultation, form: SpotForm, *, status: int = 200) -> HttpResponse:
    spots = list(Spot.objects.filter(consultation=consultation))
    by_support: dict[str, list[Spot]] = {}
    for each in spots:
        by_support.setdefault(each.support, []).append(each)
    rows = opened(consultation, today=timezone.localdate(), spots=spots)
    context: dict[str, Any] = {
        "consultation": consultation,
        "files": [
            (each, by_support.get(each.support.value, [])) for each in FILES.values() if is_offered(each, consultation)
        ],
        "is_over": is_over(consultation),
        "may_propose": may_propose(consultation),
        "proposed_until": proposed_until(consultation),
        "has_spots": bool(spots),
        "opened": rows,
        "total": sum(each.total for each in rows),
        "form": form,
    }
    return render(request, "kit/backoffice/kit.html", context, status=status)


@require_safe
@role_required(MOBILISE)
@of_consultation
def texts(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    if is_over(consultation):
        return redirect("desk_kit", consultation.slug)
    city = request.tenant  # type: ignore[attr-defined]
    context = {
        "consultation": consultation,
        "texts": texts_of(consultation, city),
        "pictures": list(PICTURES.values()),
        "alt": alt_of(consultation, city),
    }
    return render(request, "kit/backoffice/texts.html", context)


@require_POST
@role_required(MOBILISE)
@limited_by(KIT_CHANGES)
@of_consultation
def add(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    form = SpotForm(_offered(consultation), request.POST)
    if form.is_valid():
        given = {"support": Support(form.cleaned_data["support"]), "name": form.cleaned_data["name"]}
        try:
            add_spot(consultation=consultation, by=signed_in_user(request), at=timezone.now(), **given)
        except Refusal as refusal:
            form.add_error("name", str(refusal.message))
        else:
            messages.success(request, _("The place is added: its files have a QR code of their own."))
            return redirect("desk_kit", consultation.slug)
    return _page(request, consultation, form, status=422)


@require_POST
@role_required(MOBILISE)
@limited_by(KIT_CHANGES)
@of_consultation
def remove(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    if remove_spot(consultation=consultation, spot=pk, by=signed_in_user(request)):
        messages.success(request, _("The place is taken away. What hangs there still leads to the consultation."))
    return redirect("desk_kit", consultation.slug)
