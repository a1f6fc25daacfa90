"""What is done to a sheet that was typed; the pile, and what the city sets."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.offline import selectors
from consultations.offline.abilities import ENTER_SHEETS
from consultations.offline.correcting import corrected
from consultations.offline.forms import PileForm, RuleForm
from consultations.offline.limits import ENTRIES
from consultations.offline.models import Entry
from consultations.offline.services import entering

_A_PAGE = 50


def _of_sheet(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def found(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
        entry = selectors.entry_of(consultation, pk)
        if entry is None:
            raise Http404
        return view(request, consultation, entry)

    return found


@role_required(ENTER_SHEETS)
@limited_by(ENTRIES)
@of_consultation
@_of_sheet
def sheet(request: HttpRequest, consultation: Consultation, entry: Entry) -> HttpResponse:
    """Who typed it and when; its words, to be corrected as long as nobody has answered."""
    done = corrected(request, entry, by=signed_in_user(request))
    if done.is_done:
        messages.success(request, _("The sheet is corrected."))
        return redirect("desk_entries", consultation.slug)
    context = {"consultation": consultation, "entry": entry, "form": done.form, "conflict": done.conflict}
    context["corrections"] = selectors.corrections_of(entry)
    return render(request, "offline/backoffice/sheet.html", context, status=done.status)


def beside(form: Any, refusal: Refusal) -> None:
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, str(refusal.message))


@require_safe
@role_required(ENTER_SHEETS)
@of_consultation
def to_read(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    page = Paginator(selectors.to_read(consultation), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "offline/backoffice/to_read.html", {"consultation": consultation, "page": page})


@require_POST
@role_required(ENTER_SHEETS)
@limited_by(ENTRIES)
@of_consultation
@_of_sheet
def mark_read(request: HttpRequest, consultation: Consultation, entry: Entry) -> HttpResponse:
    try:
        entering.read(entry=entry, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("Read: the sheet is entered."))
    return redirect("desk_entry_to_read", consultation.slug)


@require_POST
@role_required(ENTER_SHEETS)
@limited_by(ENTRIES)
@of_consultation
@_of_sheet
def discard(request: HttpRequest, consultation: Consultation, entry: Entry) -> HttpResponse:
    try:
        entering.take_out(entry=entry, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("The sheet is taken out. It can be typed anew."))
    return redirect("desk_entries", consultation.slug)


@require_POST
@role_required(ENTER_SHEETS)
@limited_by(ENTRIES)
@of_consultation
def pile(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    form = PileForm(request.POST)
    if form.is_valid():
        size = form.cleaned_data["size"] or 0
        entering.begin_pile(consultation=consultation, by=signed_in_user(request), size=size, at=timezone.now())
    else:
        messages.warning(request, " ".join(map(str, form.errors["size"])))
    return redirect("desk_entries", consultation.slug)


@role_required(FRAME)
@limited_by(ENTRIES)
@of_consultation
def rule(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    form = RuleForm(request.POST or None, initial={"read_twice": selectors.reads_twice(consultation)})
    if request.method == "POST" and form.is_valid():
        entering.set_rule(
            consultation=consultation, read_twice=form.cleaned_data["read_twice"], by=signed_in_user(request)
        )
        messages.success(request, _("Saved."))
        return redirect("desk_entry_rule", consultation.slug)
    return render(request, "offline/backoffice/rule.html", {"consultation": consultation, "form": form})
