"""Meetings, for everybody: what is planned, one of them, signing up without an account, the file for one's calendar."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.links import with_token
from accounts.mailboxes import mailbox_of
from accounts.permissions import user_of
from common.calendars import Happening, icalendar
from common.db import connection
from common.feeds import id_of, polled
from common.limits import consume, limited_by
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from common.templatetags.ui import of_name
from consultations.framing.context import remember
from consultations.framing.selectors import legal_identity
from consultations.meetings.enums import Place
from consultations.meetings.limits import OWN_SIGN_UPS, SIGN_UP_MAILS, SIGN_UPS
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.resident.forms import ConfirmForm, SignUpForm
from consultations.meetings.selectors import counts, gone_by, public_said, seats_left, to_come
from consultations.meetings.services import signing_up
from consultations.meetings.services.links import attendee_of
from consultations.meetings.services.telling import is_reminded
from consultations.meetings.words import helps, when

# Whose "who came" is said: of fewer, it would name them.
_FEW, _MOST_PAST = 5, 50


@require_safe
def meetings(request: Request) -> HttpResponse:
    at = timezone.now()
    context = {"coming": list(to_come(at)), "past": list(gone_by(at)[:_MOST_PAST])}
    return render(request, "meetings/resident/meetings.html", context)


def _meeting(request: Request, pk: int) -> Meeting:
    shown = Meeting.objects.shown().select_related("consultation", "document")
    found = shown.prefetch_related("document__versions").filter(pk=pk).first()
    if found is None:
        raise Http404
    remember(request, found.consultation)
    return found


@require_safe
def meeting(request: Request, pk: int) -> HttpResponse:
    return _page(request, _meeting(request, pk))


def _page(request: Request, found: Meeting, *, form: SignUpForm | None = None, status: int = 200) -> HttpResponse:
    at, user, counted = timezone.now(), user_of(request), counts(found)
    came = counted.came + found.others_came
    context = {
        "consultation": found.consultation,
        "meeting": found,
        "when": when(found.begins_at, found.ends_at),
        "helps": helps(found),
        "challenges": [
            each.challenge
            for each in found.subjects.select_related("challenge").filter(challenge__published_at__isnull=False)
        ],
        "left": seats_left(found, counted),
        "came": came if came >= _FEW else None,
        "is_over": found.is_over(at),
        "has_begun": found.has_begun(at),
        "takes": found.takes_sign_ups(at) and not found.consultation.is_archived and request.tenant.takes_writing,
        "said": public_said(found),
        "phone": legal_identity().phone,
        "form": form or SignUpForm(initial={"name": user.public_name, "email": user.email} if user else {}),
    }
    return render(request, "meetings/resident/meeting.html", context, status=status)


@require_POST
@limited_by(SIGN_UPS)
def sign_up(request: Request, pk: int) -> HttpResponse:
    found, form = _meeting(request, pk), SignUpForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    email = form.cleaned_data["email"]
    try:
        consume(SIGN_UP_MAILS, key=f"{connection.schema_name}|{mailbox_of(email)}")
        person = signing_up.sign_up(
            meeting=found, own=user_of(request), at=timezone.now(), name=form.cleaned_data["name"], email=email
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, found, form=form, status=refusal.status)
    user = user_of(request)
    is_own = user is not None and user.email.lower() == email.lower()
    # To anybody else the answer is the same whether the address was on the list or not.
    request.session["meeting_asked"] = [found.pk, email, person.place if is_own else ""]
    return redirect("meeting_asked", pk)


@never_cache
@require_safe
def asked(request: Request, pk: int) -> HttpResponse:
    """What comes next: read the mail, or nothing more."""
    found, kept = _meeting(request, pk), request.session.get("meeting_asked")
    if not kept or kept[0] != pk:
        return redirect(found)
    context = {
        "consultation": found.consultation,
        "meeting": found,
        "when": when(found.begins_at, found.ends_at),
        "email": kept[1],
        "place": kept[2],
        "is_reminded": is_reminded(found, at=timezone.now()),
    }
    return render(request, "meetings/resident/asked.html", context)


# ── The link of each mail ────────────────────────────────────────────────────


@answers(Answers.READ_ONLY)
@with_token
@limited_by(OWN_SIGN_UPS)
def own_sign_up(request: Request, token: str) -> HttpResponse:
    """Opening changes nothing: mail filters open links. Its buttons confirm, or give the seat back."""
    at = timezone.now()
    try:
        if request.method == "POST" and request.POST.get("do") == "cancel":
            found = signing_up.give_up(token=token, at=at)
            return _own_page(request, found, "given_up")
        person, form = attendee_of(token), ConfirmForm(request.POST) if request.POST.get("name", "").strip() else None
        if form is not None and not form.is_valid() and person.place == Place.ASKED:
            return _own_page(request, person.meeting, person.place, person=person, form=form, status=422)
        if request.method == "POST":
            name = form.cleaned_data.get("name", "") if form else ""
            person = signing_up.confirm(token=token, at=at, name=name)
    except Refusal as refusal:
        return _refused(request, token, refusal)
    return _own_page(request, person.meeting, person.place, person=person)


def _refused(request: Request, token: str, refusal: Refusal) -> HttpResponse:
    context = {"notice": str(refusal.message), "state": "refused"}
    response = render(request, "meetings/resident/own.html", context, status=refusal.status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _own_page(
    request: Request,
    found: Meeting,
    state: str,
    *,
    person: Attendee | None = None,
    form: ConfirmForm | None = None,
    status: int = 200,
) -> HttpResponse:
    remember(request, found.consultation)
    context = {
        "consultation": found.consultation,
        "meeting": found,
        "when": when(found.begins_at, found.ends_at),
        "helps": helps(found),
        "state": state,
        "person": person,
        "form": form or (ConfirmForm(initial={"name": person.name}) if person else None),
        "is_over": found.has_begun(timezone.now()),
    }
    response = render(request, "meetings/resident/own.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# ── For one's own calendar ───────────────────────────────────────────────────


@require_safe
def calendar(request: Request, pk: int) -> HttpResponse:
    found = _meeting(request, pk)
    return _calendar(request, found.title, [found], f"rendez-vous-{pk}")


@require_safe
def all_calendar(request: Request) -> HttpResponse:
    """To subscribe to: those to come, and the last ones; cancelled ones say so."""
    shown = Meeting.objects.shown().select_related("consultation").order_by("-begins_at", "-pk")[:_MOST_PAST]
    title = _("Meetings of the consultation %(city)s") % {"city": of_name(request.tenant)}
    return _calendar(request, title, list(shown), "rendez-vous")


def _calendar(request: Request, title: str, rows: list[Meeting], name: str) -> HttpResponse:
    base = request.tenant.url.rstrip("/")
    happenings = [
        Happening(
            name=id_of(f"meetings/{each.pk}").removeprefix("urn:uuid:"),
            title=each.title,
            begins=each.begins_at,
            ends=each.ends_at,
            about=_about(each),
            url=base + each.get_absolute_url(),
            changed=max(filter(None, (each.published_at, each.moved_at, each.cancelled_at))),
            place=each.where if each.place else each.url,
            sequence=each.revision + each.is_cancelled,
            is_cancelled=each.is_cancelled,
            is_busy=True,
        )
        for each in rows
    ]
    response = polled(icalendar(title, happenings), "text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _about(meeting: Meeting) -> str:
    """With where it is followed on the web, where its place is another one."""
    afar = f"{_('From afar:')} {meeting.url}" if meeting.place and meeting.url else ""
    return "\n\n".join(each for each in (meeting.text, afar) if each)
