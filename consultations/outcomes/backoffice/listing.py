"""The desk of answers: four stations, a list, and what is done with several of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.abilities import may
from accounts.functions import FunctionMixed, FunctionRefused, FunctionReserved
from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.templatetags.ui import figure
from common.text import whole_number
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.framing.selectors import challenges_of
from consultations.outcomes.abilities import PREPARE_ANSWERS, SEE_ANSWERS
from consultations.outcomes.backoffice.forms import AskForm, AssignForm
from consultations.outcomes.limits import OPINIONS
from consultations.outcomes.selectors.desk import STATIONS, Row, chosen_for, desk_of
from consultations.outcomes.services.assigning import assign_answers
from consultations.outcomes.services.opinions import ask_opinions
from consultations.outcomes.services.refusals import DayPassed, NotAble, ServiceUnnamed

# So many are handled in one press.
AT_MOST = 100


@role_required(SEE_ANSWERS)
@of_consultation
def answers(request: Request, consultation: Consultation) -> HttpResponse:
    challenges = {each.slug: each for each in challenges_of(consultation)}
    challenge = challenges.get(request.GET.get("defi", ""))
    at = timezone.now()
    desk = desk_of(
        consultation,
        at=at,
        station=request.GET.get("etape", ""),
        challenge=challenge.pk if challenge else None,
        page=request.GET.get("page", "1"),
    )
    context = {
        "consultation": consultation,
        "desk": desk,
        "page_obj": desk.page,
        "challenges": challenges.values(),
        "challenge": challenge,
        "stations": [(name, desk.counts[name], _address(consultation, name, challenge)) for name in STATIONS],
        "today": timezone.localdate(at),
        "at": at,
        "may_prepare": may(request.user, PREPARE_ANSWERS) and not consultation.is_archived,
    }
    return render(request, "outcomes/backoffice/answers.html", context)


def _address(consultation: Consultation, station: str, challenge: Any) -> str:
    query = {"etape": station} | ({"defi": challenge.slug} if challenge else {})
    return f"{reverse('desk_answers', args=[consultation.slug])}?{urlencode(query)}"


def chosen_in(request: Request, consultation: Consultation) -> list[Row]:
    """The proposals that a form or an address names, of those that are to be answered."""
    named = (request.POST or request.GET).getlist("choix")[:AT_MOST]
    return chosen_for(consultation, filter(None, map(whole_number, named)))


def none_chosen(request: Request, consultation: Consultation) -> HttpResponse:
    messages.warning(request, _("Choose at least one proposal first: tick the box beside it."))
    return redirect("desk_answers", consultation.slug)


@role_required(PREPARE_ANSWERS)
@of_consultation
def assign(request: Request, consultation: Consultation) -> HttpResponse:
    """Who writes them, and for when."""
    chosen = chosen_in(request, consultation)
    if not chosen:
        return none_chosen(request, consultation)
    form = AssignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = assign_answers(
                consultation=consultation,
                proposals=[each.proposal.pk for each in chosen],
                actor=signed_in_user(request),
                at=timezone.now(),
                writer_id=form.cleaned_data["writer"],
                due_on=form.cleaned_data["due_on"],
            )
        except Refusal as refusal:
            say_at(form, refusal, {NotAble: "writer", DayPassed: "due_on"})
        else:
            messages.success(request, _assigned(len(done)))
            return redirect("desk_answers", consultation.slug)
    return _page(request, consultation, chosen, form, "assign")


def _assigned(count: int) -> str:
    said = ngettext("Noted for %(count)s answer.", "Noted for %(count)s answers.", count)
    return said % {"count": figure(count)}


@limited_by(OPINIONS)
@role_required(PREPARE_ANSWERS)
@of_consultation
def ask(request: Request, consultation: Consultation) -> HttpResponse:
    """Whose opinion is asked for about them."""
    chosen = chosen_in(request, consultation)
    if not chosen:
        return none_chosen(request, consultation)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = ask_opinions(
                consultation=consultation,
                proposals=[each.proposal.pk for each in chosen],
                service_id=said["service"],
                service_name=said.get("service_name", ""),
                question=said["question"],
                due_on=said["due_on"],
                actor=signed_in_user(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            say_at(form, refusal, _PLACES, otherwise="question")
        else:
            messages.success(request, _asked(len(made), made[0].service_name))
            return (
                redirect("desk_answer", consultation.slug, chosen[0].proposal.pk)
                if len(chosen) == 1
                else redirect("desk_answers", consultation.slug)
            )
    return _page(request, consultation, chosen, form, "ask")


_PLACES: dict[type[Refusal], str] = {
    NotAble: "service",
    DayPassed: "due_on",
    ServiceUnnamed: "service_name",
    FunctionRefused: "service_name",
    FunctionMixed: "service_name",
    FunctionReserved: "service_name",
}


def _asked(count: int, name: str) -> str:
    said = ngettext(
        "%(name)s is asked for an opinion on %(count)s proposal: a notification tells them.",
        "%(name)s is asked for an opinion on %(count)s proposals: a notification tells them.",
        count,
    )
    return said % {"name": name, "count": figure(count)}


def say_at(
    form: forms.Form, refusal: Refusal, fields: dict[type[Refusal], str], *, otherwise: str | None = None
) -> None:
    """At the field that it is about: what is wrong with words or days (422) belongs to one."""
    field = fields.get(type(refusal)) or (otherwise if refusal.status == 422 else None)
    form.add_error(
        field if field in form.fields else None, forms.ValidationError(str(refusal.message), code=refusal.code)
    )


def _page(request: Request, consultation: Consultation, chosen: list[Row], form: forms.Form, name: str) -> HttpResponse:
    context = {"consultation": consultation, "chosen": chosen, "form": form}
    status = 422 if form.errors else 200
    return render(request, f"outcomes/backoffice/{name}.html", context, status=status)
