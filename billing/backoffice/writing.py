"""Whom we write to, and what the city answers to an invoice."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tenants.utils import schema_context

from accounts.permissions import role_required, signed_in_user
from billing.abilities import SUBSCRIBE
from billing.backoffice.forms import ObjectionForm
from billing.backoffice.page import subscription_page
from billing.forms import ContactForm
from billing.limits import SENT_AGAIN
from billing.models import Account, Contact
from billing.services import contacts as services
from billing.services import mailing
from billing.services.objections import object_to
from common.limits import consume
from common.refusals import Refusal
from common.requests import Request


@require_POST
@role_required(SUBSCRIBE)
def add_contact(request: Request) -> HttpResponse:
    form = ContactForm(request.POST)
    if not form.is_valid():
        return subscription_page(request, status=422, contact_form=form)
    try:
        services.add_contact(
            municipality=request.tenant, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return subscription_page(request, status=refusal.status, contact_form=form)
    messages.success(request, _("%(email)s is in the list.") % {"email": form.cleaned_data["email"]})
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def remove_contact(request: Request, pk: int) -> HttpResponse:
    with schema_context("public"):
        contact = Contact.objects.filter(account__municipality=request.tenant.pk, pk=pk).first()
    if contact is None:
        raise Http404
    services.remove_contact(contact=contact, actor=signed_in_user(request))
    messages.success(request, _("%(email)s is no longer in the list.") % {"email": contact.email})
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def send_open_invoices(request: Request, pk: int) -> HttpResponse:
    with schema_context("public"):
        contact = (
            Contact.objects.filter(account__municipality=request.tenant.pk, pk=pk).select_related("account").first()
        )
    if contact is None:
        raise Http404
    try:
        consume(SENT_AGAIN, request=request, key=request.tenant.schema_name)
        mailing.send_open_invoices(contact=contact, actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return subscription_page(request, **refusal.answer)
    messages.success(request, _("What is to be paid is on its way to %(email)s.") % {"email": contact.email})
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def objection(request: Request) -> HttpResponse:
    with schema_context("public"):
        account = Account.objects.filter(municipality=request.tenant.pk).first()
    if account is None:
        raise Http404
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return subscription_page(request, status=422, objection=form)
    try:
        suspends = object_to(account, form.cleaned_data["words"], actor=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return subscription_page(request, status=refusal.status, objection=form)
    if suspends:
        messages.success(request, _("We have what you wrote. People write on the platform until we have answered."))
    else:
        messages.success(request, _("We have what you wrote, and answer you. The terms go on meanwhile."))
    return redirect("desk_subscription")
