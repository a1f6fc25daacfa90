"""Whom we write to about the invoices of a city, where it asks an operator to put that right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from billing.models import Contact
from billing.ops.accounts import account_page
from billing.ops.acting import acted
from billing.ops.forms import OwnContactForm
from billing.services.contacts import change_contact, remove_contact


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("account__municipality"), pk=pk)
    form, city = OwnContactForm(request.POST, contact=contact), contact.account.municipality
    return acted(
        request,
        form,
        lambda: change_contact(contact=contact, actor=signed_in_user(request), **form.cleaned_data),
        said=_("What is sent from now on goes there."),
        back=("ops_account", city.pk),
        refused=lambda status: account_page(request, city, status=status, contact=form),
    )


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("account"), pk=pk)
    remove_contact(contact=contact, actor=signed_in_user(request))
    messages.success(request, _("Nothing is sent there any more."))
    return redirect("ops_account", contact.account.municipality_id)
