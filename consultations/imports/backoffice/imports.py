"""Imports at the desk: files sent, looked at, imported, undone."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from consultations.framing.abilities import FRAME
from consultations.imports.backoffice.forms import FilesForm, SaidForm
from consultations.imports.enums import ImportState
from consultations.imports.limits import IMPORT_FILES, IMPORT_PRESSES
from consultations.imports.models import Import, ImportFile
from consultations.imports.reading import formats
from consultations.imports.selectors import progress
from consultations.imports.services import importing, undoing

_A_PAGE = 50
_COUNTED = ("challenge", "proposal", "argument", "reply", "answer", "project")


def _import(pk: int) -> Import:
    found = Import.objects.select_related("consultation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@role_required(FRAME)
@limited_by(IMPORT_FILES)
def imports(request: HttpRequest) -> HttpResponse:
    form = FilesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = importing.begin(
            format=form.cleaned_data["format"], files=form.sent(), by=signed_in_user(request), at=timezone.now()
        )
        return redirect("desk_import", made.pk)
    page = Paginator(Import.objects.select_related("consultation"), _A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, formats()[each.format].label) for each in page.object_list]
    context = {"form": form, "page": page, "rows": rows, "platforms": formats().values()}
    return render(request, "imports/backoffice/imports.html", context, status=422 if form.errors else 200)


@require_safe
@role_required(FRAME)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _import(pk))


def _page(
    request: HttpRequest, found: Import, *, form: SaidForm | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    """Where it is; asked by htmx, that part alone."""
    context: dict[str, Any] = {
        "found": found,
        "result": found.result,
        "counts": {kind: found.result.get("created", {}).get(kind, 0) for kind in _COUNTED},
        "there": sum(count for kind, count in found.result.get("existing", {}).items() if kind != "consultation"),
        **{name: parse_date(found.result.get(name, "")) for name in ("first", "last")},
        "platform": formats()[found.format],
        "notice": notice,
        "sample": [{**each, "day": parse_date(each["day"])} for each in found.result.get("sample", [])],
        "progress": progress(found) if found.waits else None,
        "left": list(found.files.filter(is_left=True)),
    }
    if found.state == ImportState.LOOKED:
        context["form"] = form or SaidForm(found=found)
        asks = found.result.get("questions")
        context["may_start"] = not asks and not found.result.get("problem") and not form
    part = bool(request.headers.get("HX-Request"))
    if part and not found.waits:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, f"imports/backoffice/{'_waits' if part else 'import'}.html", context, status=status)


@require_safe
@role_required(FRAME)
def left(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Lines that were not taken, to be corrected and sent again."""
    kept = get_object_or_404(ImportFile, pk=file, of=pk, is_left=True)
    name = _("not-taken-%(number)s-%(file)s.csv") % {"number": pk, "file": slugify(kept.name.rpartition(".")[0])}
    return FileResponse(  # type: ignore[return-value]  # views may answer either
        importing.opened(kept.pk), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )


@require_POST
@role_required(FRAME)
@limited_by(IMPORT_PRESSES)
def say(request: HttpRequest, pk: int) -> HttpResponse:
    found = _import(pk)
    form = SaidForm(request.POST, found=found)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        revision = form.cleaned_data["revision"]
        importing.say(found=found, said=form.given(), revision=revision, by=signed_in_user(request))
    except Refusal as refusal:
        return _page(request, _import(pk), notice=str(refusal.message), status=refusal.status)
    return redirect("desk_import", pk)


@require_POST
@role_required(FRAME)
@limited_by(IMPORT_PRESSES)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    seen = request.POST.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
    try:
        importing.start(found=_import(pk), revision=revision, by=signed_in_user(request))
    except Refusal as refusal:
        return _page(request, _import(pk), notice=str(refusal.message), status=refusal.status)
    return redirect("desk_import", pk)


@require_POST
@role_required(FRAME)
@limited_by(IMPORT_PRESSES)
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        importing.give_up(found=_import(pk), by=signed_in_user(request))
    except Refusal as refusal:
        return _page(request, _import(pk), notice=str(refusal.message), status=refusal.status)
    messages.success(request, _("These files are forgotten. Nothing was imported."))
    return redirect("desk_imports")


@require_POST
@role_required(FRAME)
@limited_by(IMPORT_PRESSES)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        undoing.undo(found=_import(pk), by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, _import(pk), notice=str(refusal.message), status=refusal.status)
    messages.success(request, _("The import is undone: nothing of it is left."))
    return redirect("desk_import", pk)
