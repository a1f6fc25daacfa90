"""The city's desk: what needs someone this week, and what the team says of it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.abilities import SEE_ASSIGNED, SEE_DESK, may
from accounts.models import User
from accounts.permissions import Asks, role_required, signed_in_user
from common.assigned import assigned_to
from common.city_settings import settings_for
from common.refusals import Refusal
from common.requests import Request
from common.templatetags.ui import figure
from common.text import whole_number
from common.worklist import awaited_by, urgency
from consultations.framing.backoffice.chosen import (
    chosen_consultation,
    consultations_of,
    in_archives_too,
    of_consultation,
)
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of, listed, phase_line
from consultations.framing.weeks import week_of as week_url
from consultations.participation.selectors.shares import argued_share
from consultations.portal.models import WorkItem
from consultations.portal.selectors.week import next_date, week_of
from consultations.portal.services import week as services
from consultations.portal.services.refusals import CannotDoIt


@role_required(SEE_ASSIGNED, second_factor=Asks.NEVER)
def desk(request: Request) -> HttpResponse:
    """Of the consultation that this person opened last, else of the one that the city puts forward or prepares. Of a
    service: what is assigned to it, and nothing else.
    """
    user = signed_in_user(request)
    if not may(user, SEE_DESK):
        return render(request, "portal/backoffice/assigned.html", {"assigned": assigned_to(user)})
    found = chosen_consultation(request)
    request.desk_consultation = found  # type: ignore[attr-defined]
    return _week(request, found)


@role_required(SEE_DESK, second_factor=Asks.NEVER)
@of_consultation
def desk_of(request: Request, consultation: Consultation) -> HttpResponse:
    return _week(request, consultation)


def _week(
    request: Request, found: Consultation | None, *, unsent: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`unsent`: the words of a line's message, refused."""
    if found is None:
        return render(request, "portal/backoffice/no_consultation.html")
    at = timezone.now()
    week = week_of(found, user=signed_in_user(request), city=request.tenant, at=at)
    only_mine = request.GET.get("pour") == "moi"
    calendar = calendar_of(found, at=at)
    context = {
        "consultation": found,
        "calendar": calendar,
        "phases": phase_line(calendar),
        "argued": argued_share(found) if found.opened_at else None,
        "week": week,
        "groups": week.groups(mine=only_mine),
        "only_mine": only_mine,
        "next": next_date(found, at=at),
        "others": _others(
            request, [each for each in consultations_of(request) if each != found and not each.is_archived], at
        ),
        "at": at,
        "unsent": unsent,
    }
    return render(request, "portal/backoffice/desk.html", context, status=status)


@role_required(SEE_DESK, second_factor=Asks.ONCE_OPEN)
def city_settings(request: Request) -> HttpResponse:
    """What is set once: what each thing changes for residents, and what it is now."""
    return render(request, "portal/backoffice/settings.html", {"sections": settings_for(request)})


def _others(request: Request, consultations: list[Consultation], at: datetime) -> list[tuple[Consultation, Any]]:
    """Each with what it waits for, the most urgent first."""
    awaited = awaited_by(consultations, user=signed_in_user(request), at=at)
    found = [(row.consultation, awaited.get(row.consultation.pk)) for row in listed(consultations, at=at)]
    return sorted(found, key=lambda each: urgency(each[1]))


@require_POST
@role_required(SEE_ASSIGNED)
@of_consultation
@in_archives_too
def handle_line(request: Request, consultation: Consultation) -> HttpResponse:
    """Take a line, give it to a colleague, put it off, mark it as done; and back. Who may, the service says."""
    try:
        messages.success(request, _do(request, consultation))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        words = request.POST.get("words")
        if words is not None and refusal.status == 422 and may(signed_in_user(request), SEE_DESK):
            # They stay where they were typed.
            kept = {"key": request.POST.get("key"), "words": words, "why": refusal.message}
            return _week(request, consultation, unsent=kept, status=refusal.status)
    return redirect(week_url(consultation) if may(signed_in_user(request), SEE_DESK) else "desk")


def _do(request: Request, consultation: Consultation) -> str:
    """What was done, in words."""
    user = signed_in_user(request)
    line: dict[str, Any] = {"consultation": consultation, "key": request.POST.get("key", ""), "actor": user}
    line |= {"city": request.tenant, "at": timezone.now()}
    match request.POST.get("do"):
        case "assign":
            return _assign(request, user, line)
        case "later":
            item = services.put_off_line(until=request.POST.get("until", ""), **line)
            return _("“%(title)s” is put off.") % {"title": item.title}
        case "done":
            item = services.finish_line(**line)
            return _("“%(title)s” is done.") % {"title": item.title}
        case "send":
            item = services.send_line(words=request.POST.get("words"), **line)
            told = ngettext(
                "“%(title)s”: %(count)s message leaves.", "“%(title)s”: %(count)s messages leave.", item.sent
            )
            return told % {"title": item.title, "count": figure(item.sent)}
        case "resume":
            item = services.resume_line(**line)
            return _("“%(title)s” is to be done again.") % {"title": item.title}
    raise Http404


def _assign(request: Request, user: User, line: dict[str, Any]) -> str:
    to, asked = None, request.POST.get("to", "")
    if asked:
        to = User.objects.filter(pk=whole_number(asked), role__in=SEE_ASSIGNED.in_team).first()
        if to is None:
            raise CannotDoIt
    item: WorkItem = services.assign_line(to=to, seen=whole_number(request.POST.get("seen", "")) or None, **line)
    if to is None:
        return _("“%(title)s” is anybody’s again.") % {"title": item.title}
    if to == user:
        return _("“%(title)s” is yours.") % {"title": item.title}
    said = _("“%(title)s” is assigned to %(name)s, who is notified of it.")
    return said % {"title": item.title, "name": to.own_name}
