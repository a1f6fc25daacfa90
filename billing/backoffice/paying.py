"""How an order is paid: by card, on a page of Stripe's that one is led to by a link; or by transfer after all."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from billing.abilities import SUBSCRIBE
from billing.backoffice.page import quote_of, subscription_page
from billing.enums import Method, SubscriptionState
from billing.services.activation import activate
from common.refusals import Refusal
from common.requests import Request


@require_POST
@role_required(SUBSCRIBE)
def by_card(request: Request, number: str) -> HttpResponse:
    """Have a page to pay on made; one that is there, or on its way, is enough."""
    return _pay(request, number, Method.CARD)


@require_POST
@role_required(SUBSCRIBE)
def by_transfer(request: Request, number: str) -> HttpResponse:
    """Nobody pays on the page any more; an invoice comes."""
    return _pay(request, number, Method.TRANSFER)


def _pay(request: Request, number: str, method: Method) -> HttpResponse:
    quote = quote_of(request.tenant, number)
    try:
        wanted = activate(quote=quote, actor=signed_in_user(request), at=timezone.now(), method=method)
    except Refusal as refusal:
        return subscription_page(request, **refusal.answer)
    if wanted.state == SubscriptionState.PENDING and wanted.method == Method.TRANSFER != method:
        messages.info(request, _("Payment by transfer was chosen meanwhile: nothing is changed."))
    elif wanted.method != method or wanted.state != SubscriptionState.PENDING:
        messages.info(request, _("It has begun meanwhile: nothing is changed any more."))
    elif method == Method.TRANSFER and wanted.stripe_page:
        # Stripe may know what we do not yet.
        messages.success(request, _("You pay by transfer, unless a card has paid already: the invoice comes here."))
    elif method == Method.TRANSFER:
        messages.success(request, _("You pay by transfer: the invoice comes here."))
    return redirect("desk_subscription")
