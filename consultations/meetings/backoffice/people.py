"""The list of a meeting: who signed up, who came; on the page, and on paper for the door."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import in_archives_too, of_consultation
from consultations.framing.models import Consultation
from consultations.meetings.abilities import RUN_MEETINGS
from consultations.meetings.backoffice.forms import PersonForm
from consultations.meetings.backoffice.meetings import meeting_of
from consultations.meetings.enums import Place
from consultations.meetings.limits import AT_THE_DOOR, MEETING_CHANGES
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.selectors import counts, people_in_turn
from consultations.meetings.services import reporting, signing_up
from consultations.meetings.sheet import sheet_pdf
from consultations.meetings.words import when

_A_PAGE = 200


@require_safe
@role_required(RUN_MEETINGS)
@of_consultation
@in_archives_too
def people(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    return _page(request, meeting_of(consultation, pk))


def _page(request: HttpRequest, found: Meeting, *, form: PersonForm | None = None, status: int = 200) -> HttpResponse:
    at = timezone.now()
    page = Paginator(people_in_turn(found), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "consultation": found.consultation,
        "meeting": found,
        "when": when(found.begins_at, found.ends_at),
        "counts": counts(found),
        "page": page,
        "form": form or PersonForm(),
        "takes": found.takes_sign_ups(at) and not found.consultation.is_archived,
        "is_door": not found.is_cancelled and at >= found.begins_at - reporting.DOOR_OPENS,
    }
    return render(request, "meetings/backoffice/people.html", context, status=status)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(MEETING_CHANGES)
@of_consultation
def enter(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    found, form = meeting_of(consultation, pk), PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        person = signing_up.enter(meeting=found, by=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        field = getattr(refusal, "field", "")
        form.add_error(field if field in form.fields else None, str(refusal.message))
        return _page(request, found, form=form, status=refusal.status)
    said = _("Signed up.") if person.place == Place.SEATED else _("No seat is left: on the waiting list.")
    messages.success(request, said)
    return redirect("desk_meeting_people", consultation.slug, pk)


@require_POST
@role_required(RUN_MEETINGS)
@limited_by(AT_THE_DOOR)
@of_consultation
def person(request: HttpRequest, consultation: Consultation, pk: int, person: int) -> HttpResponse:
    """One press each: came, did not come, was called, does not come."""
    found = meeting_of(consultation, pk)
    who = Attendee.objects.filter(meeting=found, pk=person).exclude(place=Place.ASKED).first()
    if who is None:
        raise Http404
    who.meeting = found
    act = request.POST.get("do")
    if act in ("came", "away"):
        reporting.tick(person=who, came=act == "came")
    elif act == "called":
        signing_up.called(person=who)
    elif act == "off":
        signing_up.take_off(person=who, by=signed_in_user(request), at=timezone.now())
        told = _("Taken off the list. If they have a mailbox, they are told; if somebody waits, the seat is theirs.")
        messages.success(request, told)
    page = request.POST.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdigit() and len(page) < 5 and page != "1" else ""
    return redirect(f"{reverse('desk_meeting_people', args=[consultation.slug, pk])}{query}#p{person}")


@require_safe
@role_required(RUN_MEETINGS)
@of_consultation
@in_archives_too
def sheet(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    """To sign at the door: names, and lines for those who just come."""
    found = meeting_of(consultation, pk)
    content = sheet_pdf(found)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="emargement-{pk}.pdf"', "Cache-Control": "no-store"},
    )
