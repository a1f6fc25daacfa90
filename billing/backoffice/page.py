"""*Abonnement*: one page for where the city stands, the next step, what it pays, its documents and whom we write to."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.permissions import role_required
from billing.abilities import SUBSCRIBE
from billing.backoffice.forms import AcceptForm, AskForm, NumberForm, ObjectionForm, OrderLinkForm
from billing.backoffice.owing import owed
from billing.enums import QuoteState
from billing.forms import ContactForm, NumbersForm, OrderForm
from billing.models import AnsweredObjection, InterestClaim, Payment, Quote
from billing.selectors.steps import steps_of
from billing.selectors.subscription import Situation, Stage, situation_of
from billing.services.accounts import account_shown
from billing.services.card import is_being_made, link_of
from billing.services.facts import open_years
from billing.services.order_links import HOLDS
from billing.services.pack import papers_of
from billing.services.plans import Price, price_shown
from billing.services.quotes import THRESHOLD_CENTS
from billing.services.receipts import payments_with_receipt
from common.requests import Request
from tenants.models import Municipality

# What comes next binds the authority.
BINDING = (Stage.QUOTED, Stage.ACCEPTED, Stage.ORDERED)
# Stripe keeps an invoice as a draft for so long.
DRAFT_FOR = timedelta(hours=1)


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
    price, claims = _price(city, at), _claims(found)
    context = {
        "situation": found,
        "stage": found.stage.value,
        "steps": steps_of(found),
        "price": price,
        "on_quotation": price is None,
        "pays": _pays(found, price),
        "receipts": _receipts(found),
        "answered": _answered(found),
        "claims": claims,
        "interest_owed": next((each for each in claims if not each.paid_on), None),
        "card": _card(found, at) if found.stage == Stage.TO_PAY else None,
        "corrects_until": _corrects_until(found),
        "is_back": request.GET.get("carte") == "payee",
        "papers": papers_of(found.account or account_shown(city)),
        "today": city.day_of(at),
        "objects_again": all(each.objections for each in found.overdue),
        "owed": owed(found),
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


def _answered(found: Situation) -> list[AnsweredObjection]:
    if found.account is None:
        return []
    with schema_context("public"):
        return list(found.account.answered_objections.all())


def _corrects_until(found: Situation) -> datetime | None:
    """When the first invoice is made: until then the order may still be corrected."""
    begun = found.subscription
    if begun is None or begun.activated_at is None or not begun.stripe_id or found.invoices:
        return None
    return begun.activated_at + DRAFT_FOR


def _claims(found: Situation) -> list[InterestClaim]:
    """The interest that was asked for."""
    if found.account is None:
        return []
    with schema_context("public"):
        asked = InterestClaim.objects.filter(invoice__account=found.account).exclude(number="")
        return list(asked.select_related("invoice").defer("document", "invoice__facturx", "invoice__plain"))


def _forms(found: Situation) -> dict[str, Any]:
    quote = found.renewal or found.quote
    forms: dict[str, Any] = {"ask": AskForm(), "accept": AcceptForm(), "contact_form": ContactForm()}
    if found.account and found.subscription and found.subscription.runs:
        with schema_context("public"):
            forms["facts_form"] = NumbersForm(account=found.account, years=open_years(found.account))
        if found.without_number:
            forms["number_form"] = NumberForm(account=found.account)
    if found.may_renew:
        forms["ask"] = AskForm(renews=True)
        if found.renewal and found.renewal.state == QuoteState.ACCEPTED:
            forms |= _order(found.renewal, renews=True)
    if found.overdue and found.account and not found.account.is_objected:
        forms["objection"] = ObjectionForm()
    if quote is not None and found.stage in (Stage.ACCEPTED, Stage.ORDERED):
        forms |= _order(quote)
    if quote is not None:
        forms["ask"] = AskForm(initial={"timing": quote.timing, "years": quote.years}, renews=found.may_renew)
    return forms


def _order(quote: Quote, *, renews: bool = False) -> dict[str, Any]:
    link = {"order_link": getattr(quote, "order_link", None), "link_form": OrderLinkForm(), "link_days": HOLDS.days}
    return {"order_form": OrderForm(quote=quote, renews=renews), **link}


def _pays(found: Situation, price: Price | None) -> dict[str, Any] | None:
    """What the quote says; where none counts, the price of today for one year."""
    quote = None if found.asks_for_a_quote else found.quote
    offered = quote or price
    if offered is None:
        return None
    over_years = quote.over_years_cents if quote else offered.yearly_cents
    return {
        "offered": offered,
        "quote": quote,
        "counted_in": _counted_in(quote),
        "is_under": over_years < THRESHOLD_CENTS,
        "threshold": THRESHOLD_CENTS,
    }


def _counted_in(quote: Quote | None) -> int | None:
    """The year of the directory that has the population; None where an operator may have typed it."""
    if quote is None:
        return settings.POPULATION_YEAR
    return None if quote.made_by_operator else min(quote.issued_on.year, settings.POPULATION_YEAR)
