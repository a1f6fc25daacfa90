"""The city's desk: whether a consultation is ready to open, and letting residents in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import SEE_DESK, may
from accounts.enums import Role
from accounts.kept import SensitiveAction
from accounts.permissions import Asks, role_required, signed_in_user
from common.dates import MomentField
from common.meanwhile import ChangedMeanwhile, sent_again
from common.refusals import Refusal
from common.requests import Request
from common.templatetags.hours import hour
from common.templatetags.ui import deadline, full_day, here
from common.time_zones import named
from consultations.framing.abilities import FRAME, OPEN_PLATFORM
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.opening_warnings import opening_warnings
from consultations.framing.selectors import calendar_of, challenges_of, every_consultation, plan_on_record
from consultations.framing.services.forward import TriedOut
from consultations.framing.services.opening import (
    NotReadyToOpen,
    SomebodyWrote,
    close_again,
    open_consultation,
    opening_checks,
)
from consultations.framing.services.planning import OpenAlready, give_up_plan, plan_opening, revision_of_plan
from consultations.framing.services.previews import preview_link_of
from consultations.framing.weeks import week_of


@role_required(SEE_DESK, second_factor=Asks.ONCE_OPEN)
@of_consultation
def ready(request: Request, consultation: Consultation) -> HttpResponse:
    """What keeps it from opening, each with the page that mends it; what to look at again; what residents will see."""
    if consultation.opened_at:
        return redirect(week_of(consultation))
    return render(request, "framing/backoffice/ready.html", _ready(request, consultation))


class PlanForm(forms.Form):
    opens_at = MomentField(
        label=gettext_lazy("Day and hour of the opening"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    revision = forms.CharField(widget=forms.HiddenInput, required=False)


@require_POST
@role_required(OPEN_PLATFORM, fresh=SensitiveAction(gettext_lazy("Have the consultation open by itself")))
@of_consultation
def plan(request: Request, consultation: Consultation) -> HttpResponse:
    """Set the day and hour at which it opens, or others."""
    form, status = PlanForm(request.POST), 422
    if form.is_valid():
        try:
            plan_opening(
                consultation=consultation, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data
            )
        except ChangedMeanwhile as meanwhile:
            consultation, status = meanwhile.now, meanwhile.status
            form = PlanForm(sent_again(request, revision_of_plan(consultation)))
            form.add_error(
                "opens_at", _("A colleague has set or taken back this moment. Send yours again if it holds.")
            )
        except Refusal as refusal:
            form.add_error("opens_at", str(refusal.message))
        else:
            said = _("“%(title)s” opens by itself on %(day)s, if nothing is missing then.")
            day = here(deadline(form.cleaned_data["opens_at"]))
            messages.success(request, said % {"title": consultation.title, "day": day})
            return redirect("desk_ready", consultation.slug)
    if consultation.opened_at:
        messages.info(request, str(OpenAlready.message))
        return redirect(week_of(consultation))
    return render(request, "framing/backoffice/ready.html", _ready(request, consultation, form), status=status)


@require_POST
@role_required(OPEN_PLATFORM)
@of_consultation
def withdraw_plan(request: Request, consultation: Consultation) -> HttpResponse:
    if give_up_plan(consultation=consultation, actor=signed_in_user(request)):
        messages.success(request, _("It no longer opens by itself."))
    else:
        messages.info(request, _("It was not going to open by itself any more."))
    return redirect("desk_ready", consultation.slug)


def _ready(request: Request, consultation: Consultation, form: PlanForm | None = None) -> dict[str, Any]:
    user, city, at = signed_in_user(request), request.tenant, timezone.now()
    opens_at = max(at, consultation.opening_planned_at or at)
    calendar, challenges = calendar_of(consultation, at=opens_at), challenges_of(consultation)
    answering = calendar.phase(PhaseKind.ANSWER)
    found = opening_checks(consultation=consultation, municipality=city, at=at)
    return {
        "consultation": consultation,
        "form": form
        or PlanForm(initial={"opens_at": consultation.opening_planned_at, "revision": revision_of_plan(consultation)}),
        "plan": plan_on_record(consultation) if consultation.opening_planned_at else None,
        "missing": [
            {"condition": each, "mends": each.may_be_met_by(user), "who": _who(each.roles)}
            for each in found
            if not each.holds
        ],
        "met": [each for each in found if each.holds],
        "warnings": opening_warnings(consultation=consultation, calendar=calendar, municipality=city),
        "validated": [each for each in challenges if each.is_validated],
        "held_back": [each for each in challenges if not each.is_validated],
        "begins": calendar.begins("PROPOSE") or consultation.opening_planned_at,
        "ends": consultation.closed_at(),
        "answers_until": answering.closes_at if answering else None,
        "preview_link": preview_link_of(consultation, at=at),
        "opens": may(user, OPEN_PLATFORM),
        "frames": may(user, FRAME),
    }


def _who(roles: frozenset[str]) -> str:
    return ", ".join(str(role.label) for role in Role if role in roles)


@require_POST
@role_required(OPEN_PLATFORM, fresh=SensitiveAction(gettext_lazy("Open the platform to the public")))
@of_consultation
def open_to_public(request: Request, consultation: Consultation) -> HttpResponse:
    try:
        open_consultation(
            consultation=consultation,
            municipality=request.tenant,
            actor=signed_in_user(request),
            at=timezone.now(),
        )
        messages.success(request, _opened(consultation, is_first=not request.tenant.is_open))
    except (NotReadyToOpen, TriedOut) as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("desk_ready", consultation.slug)
    return redirect(week_of(consultation))


def _opened(consultation: Consultation, *, is_first: bool) -> str:
    """That it is open; where nobody can propose yet, from when."""
    calendar = calendar_of(every_consultation().get(pk=consultation.pk), at=timezone.now())
    begins = None if calendar.may("PROPOSE") else calendar.begins("PROPOSE")
    if begins is None:
        said = _("Your platform is open. Tell everyone!") if is_first else _("“%(title)s” is open. Tell everyone!")
        return said % {"title": consultation.title}
    if is_first:
        said = _("Your platform is open: everyone can read it. People can propose from %(day)s, %(hour)s.")
    else:
        said = _("“%(title)s” is open: everyone can read it. People can propose from %(day)s, %(hour)s.")
    return said % {
        "title": consultation.title,
        "day": full_day(begins),
        "hour": named(hour(timezone.localtime(begins))),
    }


@require_POST
@role_required(OPEN_PLATFORM, fresh=SensitiveAction(gettext_lazy("Close the platform again")))
@of_consultation
def close_to_public(request: Request, consultation: Consultation) -> HttpResponse:
    """The way back from an opening, until somebody has written."""
    try:
        close_again(
            consultation=consultation,
            municipality=request.tenant,
            actor=signed_in_user(request),
            at=timezone.now(),
        )
        messages.success(request, _("It is closed again: only your team sees it."))
    except SomebodyWrote as refusal:
        messages.warning(request, str(refusal.message))
    return redirect(week_of(consultation))
