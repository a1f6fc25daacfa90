"""Numbered paper forms: asked for, followed while they are made, downloaded part by part."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.text import whole_number
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.kit.abilities import MOBILISE
from consultations.kit.backoffice.files import download
from consultations.kit.backoffice.forms import SheetsForm
from consultations.kit.enums import Support
from consultations.kit.limits import KIT_SHEETS
from consultations.kit.models import SheetPart, Spot
from consultations.kit.selectors.sheets import FILES_KEPT, printed_number, runs_of
from consultations.kit.selectors.stages import may_propose
from consultations.kit.services.sheets import ask_for_sheets, last_number, part_to_download


@role_required(MOBILISE)
@limited_by(KIT_SHEETS)
@of_consultation
def sheets(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The runs, the newest first; asked by htmx while some are made, that part alone."""
    spots = list(Spot.objects.filter(consultation=consultation, support=Support.FORM))
    if request.method != "POST":
        return _page(request, consultation, SheetsForm(spots, initial={"after": last_number()}))
    form = SheetsForm(spots, request.POST)
    if not form.is_valid():
        return _page(request, consultation, form, status=422)
    given = form.cleaned_data
    try:
        run = ask_for_sheets(
            consultation=consultation,
            count=given["count"],
            after=given["after"],
            spot=whole_number(given["spot"]),
            by=signed_in_user(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.data = {**form.data.dict(), "after": str(last_number())}  # type: ignore[attr-defined]
        form.add_error("count", str(refusal.message))
        return _page(request, consultation, form, status=refusal.status)
    told = {"first": printed_number(run.first), "last": printed_number(run.last)}
    messages.success(request, _("Sheets %(first)s to %(last)s are being made: they will be below.") % told)
    return redirect("desk_kit_sheets", consultation.slug)


def _page(request: HttpRequest, consultation: Consultation, form: SheetsForm, *, status: int = 200) -> HttpResponse:
    runs = runs_of(consultation)
    context: dict[str, Any] = {
        "consultation": consultation,
        "form": form,
        "runs": runs,
        "days": FILES_KEPT.days,
        "may_propose": may_propose(consultation),
        "is_making": any(not each.is_ready for each in runs),
    }
    template = "_runs" if request.headers.get("HX-Request") else "sheets"
    return render(request, f"kit/backoffice/{template}.html", context, status=status)


@require_safe
@role_required(MOBILISE)
@of_consultation
def part(request: HttpRequest, consultation: Consultation, first: int, last: int) -> HttpResponse:
    parts = SheetPart.objects.select_related("run__consultation").filter(run__consultation=consultation)
    found = parts.filter(first=first, last=last).first()
    if found is None:
        raise Http404
    name = f"feuilles-{printed_number(first)}-{printed_number(last)}.pdf"
    return download(part_to_download(part=found, by=signed_in_user(request)), name, "application/pdf")
