"""*Faire remplir par la comptabilité*: the link by which an accountant without an account sends the order."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from billing.abilities import SUBSCRIBE
from billing.backoffice.forms import OrderLinkForm
from billing.backoffice.page import quote_of, subscription_page
from billing.limits import ORDER_LINKS
from billing.services import order_links as services
from common.limits import consume
from common.refusals import Refusal
from common.requests import Request


@require_POST
@role_required(SUBSCRIBE)
def send(request: Request, number: str) -> HttpResponse:
    quote, form = quote_of(request.tenant, number), OrderLinkForm(request.POST)
    if not form.is_valid():
        return subscription_page(request, status=422, link_form=form)
    email = form.cleaned_data["email"]
    try:
        consume(ORDER_LINKS, request=request, key=request.tenant.schema_name)
        services.send_link(quote=quote, email=email, actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return subscription_page(request, link_form=form, **refusal.answer)
    messages.success(request, _("The link is on its way to %(email)s.") % {"email": email})
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def withdraw(request: Request, number: str) -> HttpResponse:
    services.withdraw_link(quote=quote_of(request.tenant, number), actor=signed_in_user(request))
    messages.success(request, _("The link is withdrawn: it opens nothing any more."))
    return redirect("desk_subscription")
