"""What the next invoices say of the city, the engagement number of each year, and whether it goes on."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tenants.utils import schema_context

from accounts.permissions import role_required, signed_in_user
from billing.abilities import SUBSCRIBE
from billing.backoffice.forms import NumberForm
from billing.backoffice.page import subscription_page
from billing.forms import NumbersForm
from billing.models import RUNNING, Account, OrderedYear, Subscription
from billing.services import ending
from billing.services import facts as services
from common.refusals import Refusal
from common.requests import Request


@require_POST
@role_required(SUBSCRIBE)
def change(request: Request) -> HttpResponse:
    with schema_context("public"):
        account = _account(request)
        form = NumbersForm(request.POST, account=account, years=services.open_years(account))
    if not form.is_valid():
        return subscription_page(request, status=422, facts_form=form)
    try:
        changed = services.change_facts(
            account=account,
            facts=form.facts,
            numbers=form.numbers,
            actor=signed_in_user(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return subscription_page(request, facts_form=form, **refusal.answer)
    if changed:
        messages.success(request, _("What leaves from now on says it so."))
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def number(request: Request, pk: int) -> HttpResponse:
    """That of a year."""
    with schema_context("public"):
        account = _account(request)
        if not OrderedYear.objects.filter(subscription__account=account, pk=pk).exists():
            raise Http404
    form = NumberForm(request.POST, account=account)
    if not form.is_valid():
        return subscription_page(request, status=422, number_form=form)
    try:
        services.give_number(
            account=account,
            year_id=pk,
            number=form.cleaned_data["number"],
            actor=signed_in_user(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error("number", refusal.message)
        return subscription_page(request, status=refusal.status, number_form=form)
    messages.success(request, _("The invoice of this year will bear this number."))
    return redirect("desk_subscription")


@require_POST
@role_required(SUBSCRIBE)
def renewal(request: Request) -> HttpResponse:
    """Say that it will not be renewed, or go back on that: nothing is owed after the last day either way."""
    with schema_context("public"):
        found = Subscription.objects.filter(account__municipality=request.tenant.pk, state__in=RUNNING)
        running = found.select_related("account").first()
    if running is None:
        raise Http404
    declined = request.POST.get("declined") == "1"
    try:
        ending.decline(subscription=running, actor=signed_in_user(request), at=timezone.now(), declined=declined)
    except Refusal as refusal:
        return subscription_page(request, **refusal.answer)
    if declined:
        messages.success(request, _("It is noted. Nothing is owed after the last day, and you may still renew."))
    else:
        messages.success(request, _("It is noted. To renew, accept a quote and send the order."))
    return redirect("desk_subscription")


def _account(request: Request) -> Account:
    account: Account | None = Account.objects.filter(municipality=request.tenant.pk).first()
    if account is None:
        raise Http404
    return account
