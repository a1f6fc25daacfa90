"""After a meeting: its report, and what was said there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.meetings.abilities import RUN_MEETINGS
from consultations.meetings.backoffice.forms import ReportForm, SaidForm
from consultations.meetings.backoffice.meetings import meeting_of, meeting_page
from consultations.meetings.limits import MEETING_CHANGES
from consultations.meetings.models import Meeting
from consultations.meetings.selectors import counts
from consultations.meetings.services import reporting


def _kept(meeting: Meeting) -> dict[str, Any]:
    document = str(meeting.document_id) if meeting.document_id else ""
    return {"text": meeting.report, "document": document, "others_came": meeting.others_came}


@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def report(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    """Saved by somebody else meanwhile, their words stand beside what was typed."""
    found = meeting_of(consultation, pk)
    if request.method != "POST":
        form = ReportForm(initial={**_kept(found), "revision": found.revision}, consultation=consultation)
        return _page(request, found, form)
    form, conflict, status = ReportForm(request.POST, consultation=consultation), None, 422
    if form.is_valid():
        try:
            reporting.write_report(meeting=found, by=signed_in_user(request), at=timezone.now(), **form.given())
        except ChangedMeanwhile as meanwhile:
            form = ReportForm(sent_again(request, meanwhile.now.revision), consultation=consultation)
            form.is_valid()
            conflict, status = {"fields": theirs_beside(form, _kept(meanwhile.now))}, 409
        except Refusal as refusal:
            field = "others_came" if getattr(refusal, "field", "") == "seats" else None
            form.add_error(field, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("The report is published on the page of the meeting."))
            return redirect("desk_meeting", consultation.slug, pk)
    return _page(request, found, form, conflict=conflict, status=status)


def _page(
    request: HttpRequest, found: Meeting, form: ReportForm, *, conflict: Any = None, status: int = 200
) -> HttpResponse:
    context = {
        "consultation": found.consultation,
        "meeting": found,
        "form": form,
        "conflict": conflict,
        "counts": counts(found),
        "may_report": found.has_begun(timezone.now()) and not found.is_draft and not found.is_cancelled,
    }
    return render(request, "meetings/backoffice/report.html", context, status=status)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def said(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    found, form = meeting_of(consultation, pk), SaidForm(request.POST)
    if form.is_valid():
        try:
            reporting.add_proposal(
                meeting=found, typed=form.cleaned_data["written"], by=signed_in_user(request), at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("written", str(refusal.message))
        else:
            messages.success(request, _("It stands on the page of the meeting, and the meeting on its page."))
            return redirect("desk_meeting", consultation.slug, pk)
    return meeting_page(request, found, saying=form, status=422)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def said_remove(request: HttpRequest, consultation: Consultation, pk: int, said: int) -> HttpResponse:
    found = meeting_of(consultation, pk)
    row = found.said.filter(pk=said).first()
    if row is None:
        raise Http404
    row.meeting = found
    reporting.remove_said(said=row, by=signed_in_user(request))
    messages.success(request, _("It is no longer attached to this meeting. The contribution itself stays."))
    return redirect("desk_meeting", consultation.slug, pk)
