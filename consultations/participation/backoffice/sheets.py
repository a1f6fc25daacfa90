"""The contributions that are found, or those that are ticked, as a spreadsheet."""

from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.requests import Request
from common.sheets import write_csv, write_xlsx
from common.states import Answers, answers
from consultations.participation.abilities import EXPORT_CONTRIBUTIONS
from consultations.participation.backoffice.sifting import SiftForm
from consultations.participation.limits import SHEETS
from consultations.participation.registry import read_keys
from consultations.participation.selectors.contributions import Sift
from consultations.participation.selectors.sheet import sheet_head, sheet_rows
from consultations.participation.services.sheets import note_sheet

_KINDS = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@answers(Answers.READ_ONLY)
@require_POST
@limited_by(SHEETS)
@role_required(EXPORT_CONTRIBUTIONS)
def sheet(request: Request) -> Any:
    """Made whole before the first byte leaves: a sheet that breaks off would look like one."""
    user, at = signed_in_user(request), timezone.now()
    kind, _dash, which = request.POST.get("comme", "").partition("-")
    chosen = tuple(read_keys(request.POST.getlist("choix")))
    if kind not in _KINDS or (which and not chosen):
        messages.warning(request, _("Choose at least one contribution first: tick the box beside it."))
        return redirect(f"{reverse('desk_contributions')}?{request.GET.urlencode()}")
    sift = Sift(among=chosen) if which else SiftForm(request.GET).sift(user=user)
    write, content_type = _KINDS[kind]
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    lines = write(file, sheet_head(), sheet_rows(sift))
    note_sheet(actor=user, lines=lines, kind=kind)
    file.seek(0)
    name = f"{request.tenant.slug}-contributions-{timezone.localtime(at):%Y-%m-%d}.{kind}"
    headers = {"Cache-Control": "no-store"}
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type, headers=headers)
