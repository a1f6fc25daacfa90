"""Asking for a quote, reading it, saying yes or setting it aside; then the order."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_tenants.utils import schema_context

from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from billing.abilities import SUBSCRIBE
from billing.backoffice.forms import AcceptForm, AskForm
from billing.backoffice.page import quote_of, subscription_page
from billing.downloads import given
from billing.forms import OrderForm
from billing.models import PurchaseOrder
from billing.selectors.subscription import runs
from billing.services import purchase_orders
from billing.services import quotes as services
from billing.services.ordering import accept_offer, order_subscription
from billing.services.quote_documents import quote_pdf_of
from common.refusals import Refusal
from common.requests import Request


@require_POST
@role_required(SUBSCRIBE)
def ask(request: Request) -> HttpResponse:
    form = AskForm(request.POST, renews=runs(request.tenant))
    if not form.is_valid():
        return subscription_page(request, status=422, ask=form)
    try:
        quote = services.issue_quote(
            municipality=request.tenant, actor=signed_in_user(request), at=timezone.now(), **form.given
        )
    except Refusal as refusal:
        return subscription_page(request, ask=form, **refusal.answer)
    messages.success(request, _("Your quote %(number)s is ready.") % {"number": quote.number})
    return redirect("desk_subscription")


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def pdf(request: Request, number: str) -> HttpResponse:
    quote = quote_of(request.tenant, number)
    return given(quote_pdf_of(quote), f"devis-{quote.number}.pdf")


@require_POST
@role_required(SUBSCRIBE, fresh=SensitiveAction(gettext_lazy("Accept a quote"), AcceptForm))
def accept(request: Request, number: str) -> HttpResponse:
    quote, form = quote_of(request.tenant, number), AcceptForm(request.POST)
    if not form.is_valid():
        return subscription_page(request, status=422, accept=form)
    try:
        accept_offer(quote=quote, signed=form.signed, actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return subscription_page(request, accept=form, **refusal.answer)
    messages.success(request, _("The quote is accepted."))
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def set_aside(request: Request, number: str) -> HttpResponse:
    try:
        services.withdraw_quote(quote=quote_of(request.tenant, number), actor=signed_in_user(request))
    except Refusal as refusal:
        return subscription_page(request, **refusal.answer)
    messages.success(request, _("The quote is set aside."))
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def order(request: Request, number: str) -> HttpResponse:
    quote = quote_of(request.tenant, number)
    form = OrderForm(request.POST, request.FILES, quote=quote, renews=runs(request.tenant))
    if quote.is_ordered:
        return _taken(request)
    if not form.is_valid():
        return subscription_page(request, status=422, order_form=form)
    try:
        order_subscription(quote=quote, actor=signed_in_user(request), at=timezone.now(), **form.given)
    except purchase_orders.OrderTaken:
        return _taken(request)
    except Refusal as refusal:
        return subscription_page(request, order_form=form, **refusal.answer)
    messages.success(request, _("We have your purchase order."))
    return redirect("desk_subscription")


def _taken(request: Request) -> HttpResponse:
    """A second click, or somebody else's: what was sent first holds, and the page says what comes of it."""
    messages.info(request, str(purchase_orders.OrderTaken.message))
    return redirect("desk_subscription")


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def order_file(request: Request, number: str) -> HttpResponse:
    quote = quote_of(request.tenant, number)
    with schema_context("public"):
        found = PurchaseOrder.objects.filter(quote=quote.pk, file__isnull=False).first()
    if found is None:
        raise Http404
    return given(bytes(found.file or b""), found.file_name)
