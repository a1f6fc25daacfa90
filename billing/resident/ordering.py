"""The order of one quote, filled in without an account. Nothing else of the city is reached by its link."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tenants.utils import schema_context

from accounts.links import keep_token, with_token
from billing.downloads import given
from billing.enums import Method
from billing.models import OrderLink
from billing.resident.forms import AccountantForm
from billing.services.order_links import LinkGone, link_of, order_by_link
from billing.services.quote_documents import quote_pdf_of
from billing.services.years import running_of
from common.refusals import Refusal
from common.requests import Request

# Looking for a SIRET takes longer than half an hour, where one is called away.
_FILLED_IN_WITHIN = 12 * 60 * 60


@with_token
def by_link(request: Request, token: str) -> HttpResponseBase:
    link = _found(request, token)
    if link is None:
        return _gone(request)
    if link.quote.is_ordered:
        return render(request, "billing/resident/ordered.html", {"is_theirs": link.used_at is not None})
    if request.method != "POST":
        return _page(request, token, link, AccountantForm(quote=link.quote))
    form = AccountantForm(request.POST, request.FILES, quote=link.quote)
    if not form.is_valid():
        return _page(request, token, link, form, status=422)
    try:
        order_by_link(token=token, municipality=request.tenant, at=timezone.now(), **form.given)
    except LinkGone:
        return _gone(request)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _page(request, token, link, form, status=refusal.status)
    return redirect(request.path)


@require_safe
@with_token
def quote_pdf(request: Request, token: str) -> HttpResponseBase:
    link = _found(request, token)
    if link is None:
        return _gone(request)
    return given(quote_pdf_of(link.quote), f"devis-{link.quote.number}.pdf")


def _found(request: Request, token: str) -> OrderLink | None:
    try:
        return link_of(token=token, municipality=request.tenant, at=timezone.now())
    except LinkGone:
        return None


def _page(request: Request, token: str, link: OrderLink, form: Any, status: int = 200) -> HttpResponse:
    with schema_context("public"):
        running = running_of(link.quote.account)
    context = {
        "form": form,
        "quote": link.quote,
        "by_card": running is not None and running.method == Method.CARD,  # what goes on is paid as it is
        "expires_on": request.tenant.day_of(link.expires_at),
    }
    answer = render(request, "billing/resident/order.html", context, status=status)
    keep_token(answer, token, to="order_by_link", seconds=_FILLED_IN_WITHIN)
    return answer


def _gone(request: Request) -> HttpResponse:
    return render(request, "billing/resident/link_gone.html", status=LinkGone.status)
