"""The city's desk: framing the consultation, and what to read beforehand."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Asks, role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.backoffice.forms import ConsultationForm, DocumentForm
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.selectors import (
    calendar_of,
    challenges_of,
    documents_of,
    last_editor,
)
from consultations.framing.services.consultations import refuse_archived, update_consultation
from consultations.framing.services.documents import (
    DocumentExists,
    TooManyDocuments,
    add_document,
    remove_document,
    say_no_documents,
)
from consultations.framing.weeks import week_of

AFTER_PROPOSING = (PhaseKind.REWORK, PhaseKind.PRIORITISE, PhaseKind.ANSWER)


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def edit_consultation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The question, who decides, who moderates, the commitment, the dates."""
    refuse_archived(consultation)
    calendar = calendar_of(consultation, at=timezone.now())
    form, conflict, status = (
        ConsultationForm(request.POST or None, consultation=consultation, calendar=calendar),
        None,
        200,
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                update_consultation(
                    consultation=consultation, actor=signed_in_user(request), at=calendar.at, **_given(form)
                )
                messages.success(request, _("Your consultation is saved."))
                return redirect(week_of(consultation))
            except ChangedMeanwhile as meanwhile:
                form, conflict = _conflict(request, meanwhile.now, at=calendar.at)
                status = meanwhile.status
            except Refusal as refusal:
                form.add_error("closes_at", str(refusal.message))
    context = {
        "form": form,
        "conflict": conflict,
        "consultation": consultation,
        "afterwards": [each for each in calendar.phases if each.opens_at and each.kind in AFTER_PROPOSING],
        "challenges": challenges_of(consultation),
        "documents": documents_of(consultation),
    }
    return render(request, "framing/backoffice/consultation.html", context, status=status)


def _given(form: ConsultationForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    dates = {name: given.pop(name) for name in ("opens_at", "closes_at")}
    return {"dates": dates if all(dates.values()) else None, **given}


def _conflict(request: HttpRequest, now: Consultation, *, at: datetime) -> tuple[ConsultationForm, dict[str, Any]]:
    """What the other saved, beside what was typed; saving once more is then a decision."""
    calendar = calendar_of(now, at=at)
    form = ConsultationForm(sent_again(request, now.revision), consultation=now, calendar=calendar)
    form.is_valid()
    return form, {"who": last_editor(now), "fields": theirs_beside(form, form.initial)}


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def documents(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What one should read before answering: add to it, or say that there is nothing."""
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_document(
                consultation=consultation, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The document is on the page of the consultation."))
            return redirect("desk_documents", consultation.slug)
        except DocumentExists as refusal:
            form.add_error("title", str(refusal.message))
        except TooManyDocuments as refusal:
            form.add_error(None, str(refusal.message))
    context = {"form": form, "consultation": consultation, "documents": documents_of(consultation)}
    return render(request, "framing/backoffice/documents.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def drop_document(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    remove_document(consultation=consultation, document_id=pk, actor=signed_in_user(request))
    messages.success(request, _("The document is removed."))
    return redirect("desk_documents", consultation.slug)


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def no_documents(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    say_no_documents(consultation=consultation, actor=signed_in_user(request))
    messages.success(request, _("It is noted: there is no document to join."))
    return redirect("desk_documents", consultation.slug)
