"""The addresses that a city has told of what is published, and the log of what was sent there."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from webhooks import selectors
from webhooks.abilities import MANAGE_WEBHOOKS
from webhooks.addresses import NoTarget
from webhooks.backoffice.forms import EndpointForm, SinceForm
from webhooks.enums import DeliveryState
from webhooks.limits import WEBHOOK_CHANGES
from webhooks.models import LOG_KEPT, Delivery, Endpoint
from webhooks.registry import kinds, label_of
from webhooks.services.endpoints import MOST, OLD_SECRET_SIGNS, add_endpoint, change_endpoint
from webhooks.services.facts import TEST
from webhooks.services.refusals import EndpointTaken, NothingToTell
from webhooks.services.sending import STOPPED_AFTER

_A_PAGE = 50
_FIELDS = ("name", "url", "kinds")
# Where the session keeps, until the next page, the secret that is shown once.
_SHOWN_ONCE = "webhook_secret"


def endpoint_of(pk: int) -> Endpoint:
    found = Endpoint.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def delivery_of(pk: int, key: Any) -> Delivery:
    found = Delivery.objects.select_related("endpoint").filter(pk=key, endpoint=pk).first()
    if found is None:
        raise Http404
    return found


def show_once(request: HttpRequest, shown: Endpoint) -> None:
    request.session[_SHOWN_ONCE] = [shown.pk, shown.secret]


def kind_in_words(key: str) -> str:
    return _("Trial message") if key == TEST else label_of(key)


@require_safe
@role_required(MANAGE_WEBHOOKS)
def endpoints(request: HttpRequest) -> HttpResponse:
    found = list(selectors.endpoints())
    context = {"endpoints": found, "is_full": len(found) >= MOST, "most": MOST}
    return render(request, "webhooks/backoffice/endpoints.html", context)


@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_CHANGES)
def new(request: HttpRequest) -> HttpResponse:
    initial = {"kinds": [each.key for each in kinds()]}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            made = add_endpoint(actor=signed_in_user(request), at=timezone.now(), **given)
        except Refusal as refusal:
            beside(form, refusal)
        else:
            show_once(request, made)
            messages.success(request, _("“%(name)s” is told from now on.") % {"name": made.name})
            return redirect("desk_webhook", made.pk)
    return _form_page(request, form)


@role_required(MANAGE_WEBHOOKS)
@limited_by(WEBHOOK_CHANGES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Saved by somebody else meanwhile, what they chose stands beside what was typed."""
    found = endpoint_of(pk)
    if request.method != "POST":
        form = EndpointForm(initial={name: getattr(found, name) for name in (*_FIELDS, "revision")})
        return _form_page(request, form, found=found)
    form, conflict = EndpointForm(request.POST), None
    if form.is_valid():
        try:
            change_endpoint(endpoint=found, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as meanwhile:
            form = EndpointForm(sent_again(request, meanwhile.now.revision))
            form.is_valid()
            conflict = {"fields": theirs_beside(form, {name: getattr(meanwhile.now, name) for name in _FIELDS})}
        except Refusal as refusal:
            beside(form, refusal)
        else:
            messages.success(request, _("“%(name)s” is changed.") % {"name": form.cleaned_data["name"]})
            return redirect("desk_webhook", pk)
    return _form_page(request, form, found=found, conflict=conflict)


def beside(form: EndpointForm, refusal: Refusal) -> None:
    fields: dict[type[Refusal], str] = {NoTarget: "url", EndpointTaken: "url", NothingToTell: "kinds"}
    field = next((name for kind, name in fields.items() if isinstance(refusal, kind)), None)
    form.add_error(field, str(refusal.message))


def _form_page(
    request: HttpRequest, form: EndpointForm, *, found: Endpoint | None = None, conflict: Any = None
) -> HttpResponse:
    status = 409 if conflict else 422 if form.errors else 200
    context = {"form": form, "endpoint": found, "conflict": conflict}
    return render(request, "webhooks/backoffice/edit.html", context, status=status)


@require_safe
@role_required(MANAGE_WEBHOOKS)
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """And, on the first look after it was made, its secret."""
    found = endpoint_of(pk)
    made, secret = request.session.pop(_SHOWN_ONCE, (None, ""))
    return endpoint_page(request, found, secret=secret if made == found.pk else "")


def endpoint_page(
    request: HttpRequest,
    found: Endpoint,
    *,
    secret: str = "",
    form: SinceForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    state = request.GET.get("etat", "")
    state = state if state in DeliveryState.values else ""
    now = timezone.now()
    page = Paginator(selectors.log_of(found, state=state), _A_PAGE).get_page(request.GET.get("page"))
    failed_since = selectors.failed_since(found)
    rows = [(each, kind_in_words(each.kind), selectors.next_try(each, found, at=now)) for each in page.object_list]
    context = {
        "endpoint": found,
        "secret": secret,
        "told": [label_of(key) for key in found.kinds],
        "page": page,
        "rows": rows,
        "state": state,
        "states": DeliveryState.choices,
        "failed_since": failed_since,
        "since_form": form or SinceForm(initial={"since": failed_since and timezone.localdate(failed_since)}),
        "old_secret_until": found.old_secret_until if found.old_secret_until and found.old_secret_until > now else None,
        "old_secret_hours": int(OLD_SECRET_SIGNS.total_seconds() // 3600),
        "log_days": LOG_KEPT.days,
        "stopped_after": STOPPED_AFTER.days,
        "notice": notice,
    }
    return render(request, "webhooks/backoffice/endpoint.html", context, status=status)


@require_safe
@role_required(MANAGE_WEBHOOKS)
def delivery(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """What was sent, and what was answered each time. Asked by htmx, what may have changed."""
    found = delivery_of(pk, key)
    context = {"delivery": found, "endpoint": found.endpoint, "words": kind_in_words(found.kind)}
    context["tries"] = selectors.tries_of(found)
    context["next_try"] = selectors.next_try(found, found.endpoint, at=timezone.now())
    is_part = bool(request.headers.get("HX-Request"))
    template = "webhooks/backoffice/_tries.html" if is_part else "webhooks/backoffice/delivery.html"
    return render(request, template, context)
