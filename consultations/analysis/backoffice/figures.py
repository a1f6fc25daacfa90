"""The desk's figures of a consultation, the population that they are compared with, and who reads them."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import may
from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.requests import Request
from common.sheets import csv_response, write_xlsx
from common.states import Answers, answers
from consultations.analysis.abilities import SEE_FIGURES, SET_FIGURES
from consultations.analysis.backoffice.population_forms import (
    DashboardForm,
    PopulationForm,
    TableForm,
    values_of,
    values_read,
)
from consultations.analysis.models import Dashboard, Population
from consultations.analysis.selectors.dashboard import figures_of
from consultations.analysis.selectors.figures_file import head, rows
from consultations.analysis.services.population import enter_population, set_dashboard
from consultations.framing.backoffice.chosen import chosen_consultation, in_archives_too, of_consultation
from consultations.framing.models import Consultation

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@role_required(SEE_FIGURES)
@of_consultation
def figures(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    return _page(request, consultation)


def _page(
    request: HttpRequest,
    consultation: Consultation,
    *,
    form: DashboardForm | None = None,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = figures_of(consultation, at=timezone.now(), period=request.GET.get("periode", ""))
    kept = found.settings or Dashboard()
    initial = {"is_public": kept.is_public, "effort": kept.effort, "moments": kept.moments, "revision": kept.revision}
    context = {
        "consultation": consultation,
        "figures": found,
        "sets": may(request.user, SET_FIGURES),
        "form": form or DashboardForm(initial=initial),
        "conflict": conflict,
    }
    return render(request, "analysis/backoffice/figures.html", context, status=status)


@require_POST
@role_required(SET_FIGURES)
@of_consultation
@in_archives_too
def dashboard(request: Request, consultation: Consultation) -> HttpResponse:
    form = DashboardForm(request.POST)
    if not form.is_valid():
        return _page(request, consultation, form=form, status=422)
    try:
        set_dashboard(consultation=consultation, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
    except ChangedMeanwhile as meanwhile:
        form = DashboardForm(sent_again(request, meanwhile.now.revision))
        form.is_valid()
        theirs = theirs_beside(form, {"effort": meanwhile.now.effort, "moments": meanwhile.now.moments})
        return _page(request, consultation, form=form, conflict={"fields": theirs}, status=meanwhile.status)
    if not form.cleaned_data["is_public"]:
        messages.success(request, _("The team alone reads these figures."))
    elif consultation.opened_at and request.tenant.is_public:
        messages.success(request, _("Everybody reads these figures."))
    else:
        messages.success(request, _("Everybody reads these figures from the opening of the consultation on."))
    return redirect("desk_figures", consultation.slug)


@answers(Answers.READ_ONLY)
@require_safe
@role_required(SEE_FIGURES)
@of_consultation
def figures_file(request: Request, consultation: Consultation, kind: str) -> HttpResponse:
    """What the page shows, and nothing else."""
    found = figures_of(consultation, at=timezone.now(), period=request.GET.get("periode", ""))
    name = f"{request.tenant.slug}-{consultation.slug}-chiffres.{kind}"
    if kind == "csv":
        return csv_response(name, head(), rows(found))
    content = BytesIO()
    write_xlsx(content, head(), rows(found))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content.getvalue(), content_type=_XLSX, headers=headers)


@role_required(SET_FIGURES)
def population(request: HttpRequest) -> HttpResponse:
    """Typed, or read from a table that fills the form: nothing is kept before somebody has seen it."""
    kept = Population.objects.first()
    initial = values_of(kept) if kept else {"revision": 0}
    if request.method != "POST":
        return _population_page(request, PopulationForm(initial=initial))
    if "table" in request.FILES or request.POST.get("action") == "table":
        return _from_table(request, initial)
    form, conflict, status = PopulationForm(request.POST), None, 422
    if form.is_valid():
        try:
            revision = form.cleaned_data["revision"]
            enter_population(actor=signed_in_user(request), revision=revision, at=timezone.now(), **form.said)
            messages.success(request, _("The population is saved: figures are compared with it."))
            return redirect("desk_population")
        except ChangedMeanwhile as meanwhile:
            form = PopulationForm(sent_again(request, meanwhile.now.revision))
            form.is_valid()
            conflict = {"fields": theirs_beside(form, values_of(meanwhile.now))}
            status = meanwhile.status
    return _population_page(request, form, conflict=conflict, status=status)


def _from_table(request: HttpRequest, initial: dict[str, Any]) -> HttpResponse:
    table = TableForm(request.POST, request.FILES)
    if not table.is_valid():
        return _population_page(request, PopulationForm(initial=initial), table=table, status=422)
    messages.info(request, _("This is what the table says. Nothing is saved yet: check it, say its source, then save."))
    return _population_page(request, PopulationForm(initial={**initial, **values_read(table.cleaned_data["table"])}))


def _population_page(
    request: HttpRequest,
    form: PopulationForm,
    *,
    table: TableForm | None = None,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = chosen_consultation(request)
    context = {"form": form, "table": table or TableForm(), "conflict": conflict, "chosen": chosen}
    return render(request, "analysis/backoffice/population.html", context, status=status)
