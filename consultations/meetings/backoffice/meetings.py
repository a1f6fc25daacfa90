"""The desk's meetings: prepared, published, moved, cancelled."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.sent_before import SentBefore, as_another
from consultations.framing.backoffice.chosen import in_archives_too, of_consultation
from consultations.framing.models import Consultation
from consultations.framing.selectors import challenges_of
from consultations.meetings.abilities import RUN_MEETINGS
from consultations.meetings.backoffice.forms import CancelForm, MeetingForm, SaidForm, field_of, kept
from consultations.meetings.backoffice.hooks import entering_url
from consultations.meetings.limits import MEETING_CHANGES
from consultations.meetings.models import Meeting
from consultations.meetings.selectors import all_said, counts, is_read_by_all, of_desk, seats_left
from consultations.meetings.services import setting
from consultations.meetings.words import helps, when


def meeting_of(consultation: Consultation, pk: int) -> Meeting:
    found = consultation.meetings.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.consultation = consultation
    return found


@require_safe
@role_required(RUN_MEETINGS)
@of_consultation
@in_archives_too
def meetings(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    at = timezone.now()
    rows = [
        {"meeting": each, "when": when(each.begins_at, each.ends_at), "is_over": each.is_over(at)}
        for each in of_desk(consultation)
    ]
    context = {"consultation": consultation, "rows": rows, "may_write": not consultation.is_archived}
    return render(request, "meetings/backoffice/meetings.html", context)


@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    at, challenges = timezone.now(), challenges_of(consultation)
    form = MeetingForm(request.POST or None, challenges=challenges, at=at, initial={"signs_up": True})
    there = None
    if request.method == "POST" and form.is_valid():
        try:
            made = setting.create_meeting(
                consultation=consultation,
                by=signed_in_user(request),
                at=at,
                form=form.cleaned_data["form"],
                **form.given(),
            )
        except SentBefore as refusal:
            form, there = MeetingForm(as_another(request), challenges=challenges, at=at), refusal.made
            _beside(form, refusal)
        except Refusal as refusal:
            _beside(form, refusal)
        else:
            messages.success(request, _("The meeting is prepared. Read it again, then publish it."))
            return redirect("desk_meeting", consultation.slug, made.pk)
    return _form_page(request, consultation, form, there=there)


def _beside(form: Any, refusal: Refusal) -> None:
    form.add_error(field_of(refusal, form), str(refusal.message))


def _form_page(
    request: HttpRequest,
    consultation: Consultation,
    form: MeetingForm,
    *,
    found: Meeting | None = None,
    conflict: Any = None,
    there: Meeting | None = None,
) -> HttpResponse:
    """`there`: what this form has made before."""
    context = {"consultation": consultation, "form": form, "meeting": found, "conflict": conflict, "there": there}
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "meetings/backoffice/meeting_edit.html", context, status=status)


@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def edit(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    """Saved by somebody else meanwhile, their words stand beside what was typed."""
    found, at = meeting_of(consultation, pk), timezone.now()
    asked: dict[str, Any] = {"challenges": challenges_of(consultation), "at": at}
    if request.method != "POST":
        initial = {**kept(found), "revision": found.revision}
        return _form_page(request, consultation, MeetingForm(initial=initial, **asked), found=found)
    form, conflict = MeetingForm(request.POST, before=found, **asked), None
    if form.is_valid():
        try:
            setting.change_meeting(
                meeting=found,
                revision=form.cleaned_data["revision"],
                by=signed_in_user(request),
                at=at,
                **form.given(),
            )
        except ChangedMeanwhile as meanwhile:
            form = MeetingForm(sent_again(request, meanwhile.now.revision), before=meanwhile.now, **asked)
            form.is_valid()
            conflict = {"fields": theirs_beside(form, kept(meanwhile.now))}
        except Refusal as refusal:
            _beside(form, refusal)
        else:
            messages.success(request, _("The meeting is changed."))
            return redirect("desk_meeting", consultation.slug, pk)
    return _form_page(request, consultation, form, found=found, conflict=conflict)


@require_safe
@role_required(RUN_MEETINGS)
@of_consultation
@in_archives_too
def meeting(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    return meeting_page(request, meeting_of(consultation, pk))


def meeting_page(
    request: HttpRequest,
    found: Meeting,
    *,
    cancelling: CancelForm | None = None,
    saying: SaidForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    at, counted = timezone.now(), counts(found)
    context = {
        "consultation": found.consultation,
        "meeting": found,
        "when": when(found.begins_at, found.ends_at),
        "helps": helps(found),
        "counts": counted,
        "came": counted.came + found.others_came,
        "left": seats_left(found, counted),
        "has_begun": found.has_begun(at),
        "is_read_by_all": is_read_by_all(found.consultation, request.tenant),  # type: ignore[attr-defined]
        "may_write": not found.consultation.is_archived,
        "said": all_said(found),
        "subjects": [each.challenge for each in found.subjects.select_related("challenge")],
        "cancelling": cancelling or CancelForm(),
        "saying": saying or SaidForm(),
        "entering": entering_url(found),
        "notice": notice,
    }
    return render(request, "meetings/backoffice/meeting.html", context, status=status)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def publish(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    found = meeting_of(consultation, pk)
    try:
        setting.publish_meeting(meeting=found, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return meeting_page(request, found, **refusal.answer)
    messages.success(request, _("The meeting is published. Who takes part in the consultation is told of it."))
    return redirect("desk_meeting", consultation.slug, pk)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def cancel(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    found, form = meeting_of(consultation, pk), CancelForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, found, cancelling=form, status=422)
    try:
        setting.cancel_meeting(
            meeting=found, why=form.cleaned_data["why"], by=signed_in_user(request), at=timezone.now()
        )
    except Refusal as refusal:
        return meeting_page(request, found, cancelling=form, **refusal.answer)
    messages.success(request, _("The meeting is cancelled. Those who signed up are written to."))
    return redirect("desk_meeting", consultation.slug, pk)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def discard(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    found = meeting_of(consultation, pk)
    try:
        setting.discard_meeting(meeting=found, by=signed_in_user(request))
    except Refusal as refusal:
        return meeting_page(request, found, **refusal.answer)
    messages.success(request, _("The meeting is deleted."))
    return redirect("desk_meetings", consultation.slug)
