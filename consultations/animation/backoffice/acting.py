"""What is done to one campaign by a press."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.sent_before import key_of
from common.templatetags.ui import deadline
from consultations.animation.abilities import RUN_CAMPAIGNS
from consultations.animation.backoffice.campaigns import campaign_of, campaign_page
from consultations.animation.backoffice.forms import SendForm
from consultations.animation.limits import CAMPAIGN_CHANGES, CAMPAIGN_SENDINGS, CAMPAIGN_TRIALS
from consultations.animation.models import Campaign
from consultations.animation.services import planning, trying, writing

View = Callable[..., HttpResponse]


def _refused_there(view: View) -> View:
    """The page of the campaign says why, as it is now."""

    @wraps(view)
    def shown(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, campaign_of(pk), **kwargs)
        except Refusal as refusal:
            return campaign_page(request, campaign_of(pk), **refusal.answer)

    return shown


@require_POST
@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_SENDINGS)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = campaign_of(pk), SendForm(request.POST)
    if not form.is_valid():
        return campaign_page(request, found, form=form, status=422)
    given = form.cleaned_data
    planned_at = given["planned_at"] if given["when"] == "later" else None
    try:
        planning.decide(
            campaign=found,
            seen=given["seen"],
            revision=given["revision"],
            planned_at=planned_at,
            by=signed_in_user(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        if field := getattr(refusal, "field", ""):
            form.add_error(field if field in form.fields else None, str(refusal.message))
            return campaign_page(request, found, form=form, status=refusal.status)
        return campaign_page(request, campaign_of(pk), form=form, **refusal.answer)
    if planned_at:
        said = _("It leaves on %(day)s. Until then you can take it back.") % {"day": deadline(planned_at)}
    else:
        said = _("It is leaving. You can close this page.")
    messages.success(request, said)
    return redirect("desk_campaign", pk)


@require_POST
@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_TRIALS)
@_refused_there
def trial(request: HttpRequest, found: Campaign) -> HttpResponse:
    trying.try_on_oneself(campaign=found, by=signed_in_user(request), at=timezone.now())
    messages.success(request, _("The message is on its way to your own address."))
    return redirect("desk_campaign", found.pk)


@require_POST
@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_CHANGES)
@_refused_there
def take_back(request: HttpRequest, found: Campaign) -> HttpResponse:
    planning.take_back(campaign=found, by=signed_in_user(request))
    messages.success(request, _("It is no longer planned: you can change it, and send it when you want."))
    return redirect("desk_campaign", found.pk)


@require_POST
@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_CHANGES)
@_refused_there
def stop(request: HttpRequest, found: Campaign) -> HttpResponse:
    planning.stop(campaign=found, by=signed_in_user(request), at=timezone.now())
    messages.success(request, _("It is stopped: nobody more is written to."))
    return redirect("desk_campaign", found.pk)


@require_POST
@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_CHANGES)
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    made = writing.copy_campaign(
        campaign=campaign_of(pk), by=signed_in_user(request), at=timezone.now(), form=key_of(request)
    )
    messages.success(request, _("This is a copy, not sent: change what you want."))
    return redirect("desk_campaign_edit", made.pk)


@require_POST
@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_CHANGES)
@_refused_there
def delete(request: HttpRequest, found: Campaign) -> HttpResponse:
    writing.delete_campaign(campaign=found, by=signed_in_user(request))
    messages.success(request, _("The campaign is deleted."))
    return redirect("desk_campaigns")
