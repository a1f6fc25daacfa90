"""*Abonnement*: one page for where the city stands, the next step, what it pays, its documents and whom we write to."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.permissions import role_required
from billing.abilities import SUBSCRIBE
from billing.backoffice.forms import AcceptForm, AskForm, ContactForm, ObjectionForm, OrderLinkForm
from billing.forms import OrderForm
from billing.models import Payment, Quote
from billing.selectors.steps import steps_of
from billing.selectors.subscription import Situation, Stage, situation_of
from billing.services.card import is_being_made, link_of
from billing.services.order_links import HOLDS
from billing.services.pack import papers_of
from billing.services.plans import Price, price_shown
from billing.services.quotes import THRESHOLD_CENTS
from billing.services.receipts import payments_with_receipt
from billing.services.renewals import price_that_runs, price_to_come
from common.requests import Request
from tenants.models import Municipality

# What comes next binds the authority.
BINDING = (Stage.QUOTED, Stage.ACCEPTED, Stage.ORDERED)


@role_required(SUBSCRIBE)
def subscription(request: Request) -> HttpResponse:
    return subscription_page(request)


def quote_of(city: Municipality, number: str) -> Quote:
    """Of this city: that of another one does not exist."""
    with schema_context("public"):
        found = Quote.objects.select_related("account", "order", "subscription").defer("order__file")
        quote = found.filter(account__municipality=city.pk, number=number).first()
    if quote is None:
        raise Http404
    return quote


def subscription_page(request: Request, *, status: int = 200, notice: str = "", **forms: Any) -> HttpResponse:
    """`forms`: those that were refused, as the page calls them; the others are new."""
    city, at = request.tenant, timezone.now()
    found = situation_of(city, at=at)
    price = _price(city, at)
    context = {
        "situation": found,
        "stage": found.stage.value,
        "steps": steps_of(found),
        "price": price,
        "on_quotation": price is None,
        "pays": _pays(found, price),
        "receipts": _receipts(found),
        "card": _card(found, at) if found.stage == Stage.TO_PAY else None,
        "is_back": request.GET.get("carte") == "payee",
        "papers": papers_of(found.account) if found.account else [],
        "today": city.day_of(at),
        "objects_again": all(each.objections for each in found.overdue),
        "must_verify": found.stage in BINDING and not city.is_verified,
        "notice": notice,
        **_forms(found),
        **forms,
    }
    return render(request, "billing/backoffice/subscription.html", context, status=status)


def _price(city: Municipality, at: datetime) -> Price | None:
    with schema_context("public"):
        return price_shown(city, on=city.day_of(at))


def _card(found: Situation, at: datetime) -> dict[str, Any]:
    """Where to pay; without a link it is being made, or over."""
    assert found.subscription
    with schema_context("public"):
        link = link_of(found.subscription, at=at)
        return {"link": link, "ends_at": found.subscription.page_ends_at, "is_made": is_being_made(found.subscription)}


def _receipts(found: Situation) -> list[Payment]:
    if found.account is None:
        return []
    with schema_context("public"):
        paid = payments_with_receipt(found.account).select_related("invoice")
        return list(paid.defer("invoice__facturx", "invoice__plain").order_by("-received_on", "-pk"))


def _forms(found: Situation) -> dict[str, Any]:
    quote = found.quote
    forms: dict[str, Any] = {"ask": AskForm(), "accept": AcceptForm(), "contact_form": ContactForm()}
    if found.overdue and found.account and not found.account.is_objected:
        forms["objection"] = ObjectionForm()
    if quote is not None and found.stage in (Stage.ACCEPTED, Stage.ORDERED):
        forms["order_form"] = OrderForm(quote=quote)
        forms["order_link"], forms["link_form"] = getattr(quote, "order_link", None), OrderLinkForm()
        forms["link_days"] = HOLDS.days
    if quote is not None:
        forms["ask"] = AskForm(initial={"timing": quote.timing, "years": quote.years})
    return forms


def _pays(found: Situation, price: Price | None) -> dict[str, Any] | None:
    """What the quote says; where none counts, the price of today for one year."""
    quote = None if found.asks_for_a_quote else found.quote
    offered = quote or price
    if offered is None:
        return None
    over_years = quote.over_years_cents if quote else offered.yearly_cents
    runs = found.subscription if quote and found.subscription and found.subscription.quote_id == quote.pk else None
    to_come = None
    if runs is not None and found.on is not None:
        with schema_context("public"):
            offered, to_come = price_that_runs(runs), price_to_come(runs, on=found.on)
    return {
        "to_come": to_come,
        "offered": offered,
        "quote": quote,
        "is_under": over_years < THRESHOLD_CENTS,
        "threshold": THRESHOLD_CENTS,
    }
