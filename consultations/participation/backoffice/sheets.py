"""The contributions that are found, or those that are ticked, as a spreadsheet: at once, or made meanwhile."""

from tempfile import TemporaryFile
from typing import IO, Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.retention import span
from common.states import Answers, answers
from consultations.participation.abilities import EXPORT_CONTRIBUTIONS
from consultations.participation.backoffice.sifting import SiftForm
from consultations.participation.limits import SHEETS
from consultations.participation.models import SHEET_KEPT, Sheet
from consultations.participation.registry import read_keys
from consultations.participation.selectors.contributions import KINDS, Sift, narrowed
from consultations.participation.selectors.sheet import sheet_head, sheet_rows
from consultations.participation.selectors.sheets import content_of, sheets_of
from consultations.participation.services.sheets import AT_ONCE, WRITERS, ask_for_sheet, note_sheet

_CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@answers(Answers.READ_ONLY)
@require_POST
@limited_by(SHEETS)
@role_required(EXPORT_CONTRIBUTIONS)
def sheet(request: Request) -> Any:
    """A short one is made whole before the first byte leaves: a sheet that breaks off would look like one."""
    user, at = signed_in_user(request), timezone.now()
    kind, _dash, which = request.POST.get("comme", "").partition("-")
    chosen = tuple(read_keys(request.POST.getlist("choix")))
    if kind not in WRITERS:
        return _back(request, _("No file was made: choose a spreadsheet for Excel or LibreOffice, or a CSV."))
    if which and not chosen:
        return _back(request, _("Choose at least one contribution first: tick the box beside it."))
    form = SiftForm(request.GET)
    found = form.sift(user=user)
    if form.errors and not which:
        return _back(request, _("No file was made: one of the filters cannot be read."))
    sift = Sift(among=chosen) if which else found
    total = sum(narrowed(each, sift).count() for each in KINDS)
    if which and not total:
        return _back(request, _("No file was made: what you ticked is no longer there."))
    if total > AT_ONCE and not which:
        asked = {"query": form.asked(), "sift": sift, "columns": form.columns, "total": total}
        return _made_meanwhile(request, kind=kind, at=at, actor=user, **asked)
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    lines = WRITERS[kind](file, sheet_head(form.columns), sheet_rows(sift, form.columns))
    note_sheet(actor=user, lines=lines, kind=kind)
    return _file_response(request, file, kind, at, form.asked())


def _back(request: Request, why: str) -> HttpResponse:
    """To the list, which says at its field what it cannot read."""
    messages.warning(request, why)
    return redirect(f"{reverse('desk_contributions')}?{request.GET.urlencode()}")


def _made_meanwhile(request: Request, **asked: Any) -> HttpResponse:
    try:
        ask_for_sheet(**asked)
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect("desk_sheets")


def _file_response(request: Request, file: IO[bytes], kind: str, at: Any, query: str) -> FileResponse:
    """Its name says the consultation that `query` narrows the list to."""
    file.seek(0)
    of = QueryDict(query).get("consultation", "")
    name = "-".join(
        filter(None, (request.tenant.slug, of, "contributions", f"{timezone.localtime(at):%Y-%m-%d}.{kind}"))
    )
    headers = {"Cache-Control": "no-store"}
    return FileResponse(file, as_attachment=True, filename=name, content_type=_CONTENT_TYPES[kind], headers=headers)


@answers(Answers.READ_ONLY)
@require_safe
@role_required(EXPORT_CONTRIBUTIONS)
def sheets(request: Request) -> HttpResponse:
    """One's own, and how far each is; asks for itself again until all are made."""
    shown = sheets_of(signed_in_user(request))
    context = {"sheets": shown, "is_making": any(each.is_making for each in shown), "kept": span(SHEET_KEPT)}
    page = "_sheets.html" if request.htmx else "sheets.html"
    return render(request, f"participation/backoffice/{page}", context)


@answers(Answers.READ_ONLY)
@require_safe
@role_required(EXPORT_CONTRIBUTIONS)
def sheet_file(request: Request, pk: int) -> Any:
    """To whoever asked for it, and nobody else."""
    found = get_object_or_404(Sheet, pk=pk, asked_by=signed_in_user(request), ready_at__isnull=False)
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    for content in content_of(found):
        file.write(content)
    return _file_response(request, file, found.kind, found.asked_at, found.query)
