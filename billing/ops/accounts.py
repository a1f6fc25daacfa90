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
from billing.enums import QuoteState, SubscriptionState
from billing.models import RUNNING, Account, Invoice, PurchaseOrder, Quote, Subscription
from billing.ops.acting import acted
from billing.ops.forms import AccountForm, AgreeForm, AnswerForm, EndForm, OwnContactForm
from billing.selectors.subscription import Situation, runs, situation_of
from billing.services import ending, facts, objections, quotes
from billing.services.agreed import agree_quote
from billing.services.balances import on_account
from billing.services.facts import open_years
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
    form = AgreeForm(request.POST, population=city.population, renews=runs(city))
    return acted(
        request,
        form,
        lambda: agree_quote(municipality=city, operator=signed_in_user(request), at=timezone.now(), **form.given),
        said=_("The quote is on the page of the city, and its administrators are told."),
        back=("ops_account", pk),
        refused=lambda status: account_page(request, city, status=status, agree=form),
    )


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("End a subscription with its period"), EndForm, _name))
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """What was ordered after the period that runs is cut, and nothing is renewed."""
    city, form = get_object_or_404(Municipality, pk=pk), EndForm(request.POST)
    found = Subscription.objects.filter(account__municipality=city, state__in=RUNNING).select_related("account")
    running = get_object_or_404(found)
    return acted(
        request,
        form,
        lambda: ending.end_with_period(
            subscription=running, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        said=_("It ends with its period. Nothing is invoiced after it."),
        back=("ops_account", pk),
        refused=lambda status: account_page(request, city, status=status, end=form),
    )


@require_POST
def change_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """For what leaves from now on."""
    bought = get_object_or_404(Account.objects.select_related("municipality"), municipality=pk)
    form = AccountForm(request.POST, account=bought, years=open_years(bought))
    return acted(
        request,
        form,
        lambda: facts.change_facts(
            account=bought,
            facts=form.facts,
            numbers=form.numbers,
            actor=signed_in_user(request),
            at=timezone.now(),
        ),
        said=_("What leaves from now on says it so."),
        back=("ops_account", pk),
        refused=lambda status: account_page(request, bought.municipality, status=status, facts=form),
    )


@never_cache
@require_safe
def quote_pdf(request: HttpRequest, number: str) -> HttpResponse:
    quote = get_object_or_404(Quote.objects.select_related("account"), number=number)
    return given(quote_pdf_of(quote), f"devis-{quote.number}.pdf")


@never_cache
@require_safe
def order_file(request: HttpRequest, number: str) -> HttpResponse:
    order = get_object_or_404(PurchaseOrder, quote__number=number, file__isnull=False)
    return given(bytes(order.file or b""), f"bon-{number}.pdf")


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
    accepted = _accepted(found, city)
    context = {
        "municipality": city,
        "situation": found,
        "invoices": Invoice.objects.filter(account=bought).defer("facturx", "plain") if bought else [],
        "on_account": on_account(bought) + bought.cash_cents if bought else 0,
        "withdrawable": [each for each in found.quotes if not each.is_ordered],
        "agree": None if accepted else _agree_form(found, city),
        "accepted": accepted,
        **_running(found),
        "facts": AccountForm(account=bought, years=open_years(bought)) if bought else None,
        "answered": list(bought.answered_objections.all()) if bought else [],
        "contacts": _contacts(found, forms.pop("contact", None)),
        "answer": AnswerForm() if bought and bought.is_objected else None,
        **forms,
    }
    return render(request, "billing/ops/account.html", context, status=status)


def _contacts(found: Situation, refused: OwnContactForm | None) -> list[OwnContactForm]:
    return [
        refused if refused and refused.contact.pk == each.pk else OwnContactForm(contact=each)
        for each in found.contacts
    ]


def _accepted(found: Situation, city: Municipality) -> Quote | None:
    """What the authority has said yes to and may still order: no other price takes its place."""
    today = city.day_of(timezone.now())
    said_yes = (each for each in found.quotes if each.state == QuoteState.ACCEPTED and not each.is_ordered)
    return next((each for each in said_yes if each.last_day >= today), None)


def _agree_form(found: Situation, city: Municipality) -> AgreeForm | None:
    """None while a subscription runs that cannot be renewed yet, and where nobody can read a quote."""
    is_over = found.subscription is None or found.subscription.state == SubscriptionState.ENDED
    is_there = city.ready_at is not None and city.state != LifecycleState.DELETED
    if not is_there or not (is_over or found.may_renew):
        return None
    return AgreeForm(population=city.population, renews=found.may_renew)


def _running(found: Situation) -> dict[str, Any]:
    """What may be done with the subscription."""
    running = found.subscription
    if running is None or not running.runs or (running.declined_at and running.is_in_its_last_year):
        return {}
    return {"end": EndForm()}
