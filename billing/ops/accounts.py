"""One account, for operators: all that a city has asked for, ordered, got and paid, and its objection."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from billing.downloads import given
from billing.enums import SubscriptionState
from billing.models import Account, Invoice, Quote
from billing.ops.acting import acted
from billing.ops.forms import AgreeForm, AnswerForm, KeepPriceForm, SayPriceForm
from billing.selectors.subscription import Situation, situation_of
from billing.services import objections, quotes
from billing.services.agreed import agree_quote
from billing.services.balances import on_account
from billing.services.quote_documents import quote_pdf_of
from common.refusals import Refusal
from tenants.enums import LifecycleState
from tenants.models import Municipality


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """By its city, which may have no account yet."""
    return account_page(request, get_object_or_404(Municipality, pk=pk))


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    found = get_object_or_404(Account.objects.select_related("municipality"), municipality=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return account_page(request, found.municipality, status=422, answer=form)
    try:
        answer = form.cleaned_data["answer"]
        objections.settle_objection(found, answer, operator=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return account_page(request, found.municipality, status=refusal.status, answer=form)
    messages.success(request, _("The city has your answer by e-mail."))
    return redirect("ops_account", pk)


@require_POST
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Have what was objected again suspend reminders and reading only."""
    found = get_object_or_404(Account, municipality=pk)
    try:
        objections.take_up(found, operator=signed_in_user(request), at=timezone.now())
        messages.success(request, _("Reminders and reading only wait for your answer."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("ops_account", pk)


def _name(*, pk: int) -> str:
    return Municipality.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Make a quote at an agreed price"), AgreeForm, _name))
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """A quote at a price of its own, where the list has none or another one is granted."""
    city = get_object_or_404(Municipality.objects.ready(), pk=pk)
    form = AgreeForm(request.POST, population=city.population)
    return acted(
        request,
        form,
        lambda: agree_quote(
            municipality=city, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        said=_("The quote is on the page of the city, and its administrators are told."),
        back=("ops_account", pk),
        refused=lambda status: account_page(request, city, status=status, agree=form),
    )


@never_cache
@require_safe
def quote_pdf(request: HttpRequest, number: str) -> HttpResponse:
    quote = get_object_or_404(Quote.objects.select_related("account"), number=number)
    return given(quote_pdf_of(quote), f"devis-{quote.number}.pdf")


@require_POST
def withdraw_quote(request: HttpRequest, number: str) -> HttpResponse:
    quote = get_object_or_404(Quote.objects.select_related("account"), number=number)
    try:
        quotes.withdraw_quote(quote=quote, actor=signed_in_user(request))
        messages.success(request, _("The quote is set aside."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("ops_account", quote.account.municipality_id)


def account_page(request: HttpRequest, city: Municipality, *, status: int = 200, **forms: Any) -> HttpResponse:
    found = situation_of(city, at=timezone.now())
    bought = found.account
    context = {
        "municipality": city,
        "situation": found,
        "invoices": Invoice.objects.filter(account=bought).defer("facturx", "plain") if bought else [],
        "on_account": on_account(bought) + bought.cash_cents if bought else 0,
        "withdrawable": [each for each in found.quotes if not hasattr(each, "subscription")],
        **_next_price(found),
        "agree": _agree_form(found, city),
        "answer": AnswerForm() if bought and bought.is_objected else None,
        **forms,
    }
    return render(request, "billing/ops/account.html", context, status=status)


def _agree_form(found: Situation, city: Municipality) -> AgreeForm | None:
    """None while a subscription runs, and where nobody can read a quote."""
    runs = found.subscription is not None and found.subscription.state != SubscriptionState.ENDED
    is_there = city.ready_at is not None and city.state != LifecycleState.DELETED
    return AgreeForm(population=city.population) if is_there and not runs else None


def _next_price(found: Situation) -> dict[str, Any]:
    """The price of the next period, where it changes, and what may be done about it."""
    if found.subscription is None or found.on is None:
        return {}
    price = found.subscription.next_prices.filter(from_on__gt=found.on).first()
    if price is None:
        return {}
    is_open = price.kept_at is None and price.applied_at is None
    return {
        "next_price": price,
        "keep_price": KeepPriceForm() if is_open else None,
        "say_price": SayPriceForm() if is_open and price.announced_at is None else None,
    }
