"""The city's desk: showing a consultation that is being prepared to people who have no account."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import Asks, role_required, signed_in_user
from common.refusals import Refusal
from common.requests import Request
from common.text import whole_number
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.framing.selectors import maker_of_preview
from consultations.framing.services.previews import (
    PREVIEW_HOLDS,
    PreviewThere,
    make_preview,
    preview_link_of,
    withdraw_preview,
)


@never_cache
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def preview_link(request: Request, consultation: Consultation) -> HttpResponse:
    """Make one: it is shown in the answer, and never again. Until when it is good, how many have opened it."""
    if request.method != "POST":
        return _page(request, consultation, at=timezone.now())
    at = timezone.now()
    given: dict[str, Any] = {"municipality": request.tenant, "actor": signed_in_user(request), "at": at}
    try:
        token = make_preview(
            consultation=consultation, replaces=whole_number(request.POST.get("replaces", "")), **given
        )
    except PreviewThere as refusal:
        return _page(request, consultation, at=at, refusal=str(refusal.message), status=409)
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        return redirect("desk_preview", consultation.slug)
    return _page(request, consultation, at=at, address=_address(request, token))


def _address(request: Request, token: str) -> str:
    return str(request.tenant.url.rstrip("/") + reverse("preview_link", args=[token]))


def _page(
    request: Request,
    consultation: Consultation,
    *,
    at: datetime,
    address: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    link = preview_link_of(consultation, at=at)
    context = {
        "consultation": consultation,
        "link": link,
        "made_by": maker_of_preview(consultation) if link else "",
        "address": address,
        "days": PREVIEW_HOLDS.days,
        "refusal": refusal,
    }
    return render(request, "framing/backoffice/preview.html", context, status=status)


@require_POST
@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def withdraw_link(request: Request, consultation: Consultation) -> HttpResponse:
    if withdraw_preview(consultation=consultation, actor=signed_in_user(request)):
        messages.success(request, _("The link is withdrawn: whoever has it sees nothing any more."))
    else:
        messages.info(request, _("There was no link any more."))
    return redirect("desk_preview", consultation.slug)
