"""The administrator's copies of what the city has: one to work with, one that is complete and on record."""

from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.kept import SensitiveAction
from accounts.permissions import has_fresh_proof, role_required, signed_in_user
from common.requests import Request
from common.text import WordsField
from tenants import copies
from tenants.abilities import TAKE_COPIES
from tenants.enums import LifecycleState
from tenants.export import tables_of_present_city, write_export
from tenants.models import Municipality


class CompleteCopyForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Everybody can read it on the page of personal data, with the day."),
        maximum=copies.REASON_MAX,
    )
    understood = forms.BooleanField(
        label=gettext_lazy(
            "I confirm: the authority answers for this copy, which says who reacted how and holds what people never "
            "published."
        ),
        error_messages={"required": gettext_lazy("Confirm it: this copy breaks what people expect of the platform.")},
    )


@never_cache
@role_required(TAKE_COPIES)
def export(request: Request) -> HttpResponse:
    return _page(request, CompleteCopyForm(initial={"reason": _usual_reason(request.tenant)}))


@require_POST
@role_required(TAKE_COPIES, fresh=SensitiveAction(gettext_lazy("Take the copy to work with")))
def download(request: Request) -> Any:
    answer = _file(request, complete=False)
    copies.note_copy(municipality=request.tenant, actor=signed_in_user(request), complete=False, at=timezone.now())
    return answer


@require_POST
@role_required(TAKE_COPIES, fresh=SensitiveAction(gettext_lazy("Take the complete copy"), CompleteCopyForm))
def download_complete(request: Request) -> Any:
    form = CompleteCopyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    answer = _file(request, complete=True)
    copies.note_copy(
        municipality=request.tenant,
        actor=signed_in_user(request),
        complete=True,
        at=timezone.now(),
        reason=form.cleaned_data["reason"],
    )
    return answer


def _page(request: HttpRequest, form: CompleteCopyForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "working": tables_of_present_city(complete=False),
        "complete": tables_of_present_city(complete=True),
        "asks_for_proof": not has_fresh_proof(request),
        "taken": copies.complete_copies(),
    }
    return render(request, "tenants/backoffice/export.html", context, status=status)


def _file(request: Request, *, complete: bool) -> FileResponse:
    """Made whole before the first byte leaves: a copy that breaks off would look like one."""
    city, at = request.tenant, timezone.now()
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_export(municipality=city, target=file, at=at, complete=complete)
    file.seek(0)
    name = f"{city.slug}-{'complet-' if complete else ''}{timezone.localtime(at):%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, headers={"Cache-Control": "no-store"})


def _usual_reason(city: Municipality) -> str:
    return gettext("End of the contract") if city.state == LifecycleState.CLOSED else ""
