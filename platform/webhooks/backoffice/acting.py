"""What is done to one webhook by a press."""

from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from webhooks.abilities import MANAGE_WEBHOOKS
from webhooks.backoffice.forms import SinceForm
from webhooks.backoffice.views import delivery_of, endpoint_of, endpoint_page, show_once
from webhooks.limits import WEBHOOK_CHANGES, WEBHOOK_TRIALS
from webhooks.models import Endpoint
from webhooks.services import endpoints, replaying

View = Callable[..., HttpResponse]


def _refused_there(view: Callable[..., HttpResponse]) -> View:
    """The page of the webhook says why."""

    @wraps(view)
    def shown(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        found = endpoint_of(pk)
        try:
            return view(request, found, **kwargs)
        except Refusal as refusal:
            return endpoint_page(request, found, **refusal.answer)

    return shown


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_CHANGES)
@_refused_there
def pause(request: HttpRequest, found: Endpoint) -> HttpResponse:
    endpoints.pause_endpoint(endpoint=found, actor=signed_in_user(request))
    messages.success(request, _("Nothing is sent there any more. What happens meanwhile waits."))
    return redirect("desk_webhook", found.pk)


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_CHANGES)
@_refused_there
def resume(request: HttpRequest, found: Endpoint) -> HttpResponse:
    endpoints.resume_endpoint(endpoint=found, actor=signed_in_user(request), at=timezone.now())
    messages.success(request, _("Messages are sent there again."))
    return redirect("desk_webhook", found.pk)


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_CHANGES)
@_refused_there
def renew(request: HttpRequest, found: Endpoint) -> HttpResponse:
    revision = request.POST.get("revision", "")
    renewed = endpoints.renew_secret(
        endpoint=found,
        revision=int(revision) if revision.isdecimal() and revision.isascii() and len(revision) < 10 else -1,
        actor=signed_in_user(request),
        at=timezone.now(),
    )
    show_once(request, renewed)
    return redirect("desk_webhook", found.pk)


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_CHANGES)
@_refused_there
def delete(request: HttpRequest, found: Endpoint) -> HttpResponse:
    endpoints.delete_endpoint(endpoint=found, actor=signed_in_user(request))
    messages.success(request, _("“%(name)s” is deleted, with its log.") % {"name": found.name})
    return redirect("desk_webhooks")


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_TRIALS)
@_refused_there
def trial(request: HttpRequest, found: Endpoint) -> HttpResponse:
    sent = replaying.send_trial(endpoint=found, actor=signed_in_user(request), at=timezone.now())
    return redirect("desk_webhook_message", found.pk, sent.pk)


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_TRIALS)
@_refused_there
def send_one(request: HttpRequest, found: Endpoint, key: Any) -> HttpResponse:
    delivery = delivery_of(found.pk, key)
    replaying.send_again(delivery=delivery, actor=signed_in_user(request), at=timezone.now())
    return redirect("desk_webhook_message", found.pk, key)


@require_POST
@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_TRIALS)
@_refused_there
def send_failed(request: HttpRequest, found: Endpoint) -> HttpResponse:
    """All that was not received since the beginning of a day."""
    form = SinceForm(request.POST)
    if not form.is_valid():
        return endpoint_page(request, found, form=form, status=422)
    since = datetime.combine(form.cleaned_data["since"], time(), timezone.get_current_timezone())
    count = replaying.send_failed_again(endpoint=found, since=since, actor=signed_in_user(request), at=timezone.now())
    if count:
        told = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.info(request, _("Since that day everything was received."))
    return redirect("desk_webhook", found.pk)
