"""A quote at a price that an operator has agreed on: where the list has none, or another one is granted.

One offer waits at a time. What the authority has accepted, or pays, is not touched.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.documents.amounts import printed
from billing.enums import QuoteState
from billing.models import Quote
from billing.seller import seller
from billing.services.accounts import account_of
from billing.services.contacts import administrators_of, page_of
from billing.services.plans import Price, territory_of, vat_rate, version_on
from billing.services.quotes import AlreadySubscribed, check_free, quote_at, waiting_quotes
from billing.services.standing import locked
from common.refusals import Refusal
from common.text import Words
from tenants.models import Municipality

REASON = Words(minimum=10, maximum=500)
# Of a year, without tax: a hundred times the dearest of the list is a slip of the keyboard.
MOST_CENTS = 100_000_000


class NotAPrice(Refusal):
    code = "not_a_price"
    status = 422
    message = gettext_lazy("A year costs more than 0 € and at most 1 000 000 €, without VAT.")


class PopulationMissing(Refusal):
    code = "population_missing"
    status = 422
    message = gettext_lazy("Say how many live there: the register does not know, and the quote says it.")


class QuoteAccepted(Refusal):
    code = "quote_accepted"

    def __init__(self, number: str) -> None:
        super().__init__(
            gettext("The authority has accepted quote %(number)s: it stays, unless it is set aside first.")
            % {"number": number}
        )


class HasSubscription(Refusal):
    code = "has_subscription"
    message = gettext_lazy(
        "A subscription runs at the price that was ordered. What follows is quoted from 90 days before its end."
    )


def checked_price(cents: int | None) -> int:
    """Raises NotAPrice."""
    if cents is None or not 0 < cents <= MOST_CENTS:
        raise NotAPrice
    return cents


def agree_quote(
    *,
    municipality: Municipality,
    yearly_cents: int | None,
    timing: str,
    years: int,
    reason: str,
    operator: User,
    at: datetime,
    population: int | None = None,
) -> Quote:
    """An offer at `yearly_cents` without tax, which the authority accepts like any other; it is written to.

    Quotes that it has asked for and not accepted are set aside. The same again that day: the quote that there is.
    `population`: where the register does not know. Raises NotAPrice, PopulationMissing, QuoteAccepted, HasSubscription,
    NoPrice, TextTooShort, TextTooLong.
    """
    cents, reason = checked_price(yearly_cents), REASON.cleaned(reason)
    with schema_context("public"), transaction.atomic():
        account = locked(account_of(municipality, at=at))
        city = account.municipality
        price = _price(city, cents, population, at=at)
        try:
            running = check_free(account, at=at)
        except AlreadySubscribed as taken:
            raise HasSubscription from taken
        timing = running.quote.timing if running else timing
        waiting = list(waiting_quotes(account, at=at))
        for accepted in waiting:
            if accepted.state == QuoteState.ACCEPTED:
                raise QuoteAccepted(accepted.number)
        quote, is_new = quote_at(
            price, account, timing=timing, years=years, at=at, made_by_operator=True, reason=reason
        )
        if is_new:
            record("quote_agreed", actor=operator, subject=quote, number=quote.number, cents=cents, reason=reason)
            _set_aside(waiting, operator)
            _tell(quote, waiting)
    return quote


def _price(city: Municipality, cents: int, population: int | None, *, at: datetime) -> Price:
    """All but the amount is as for any quote."""
    today = city.day_of(at)
    population = city.population or population
    if not population:
        raise PopulationMissing
    territory = territory_of(city)
    return Price(version_on(today), population, cents, territory, vat_rate(territory, on=today))


def _set_aside(quotes: list[Quote], operator: User) -> None:
    for quote in quotes:
        quote.state = QuoteState.WITHDRAWN
        quote.save(update_fields=["state"])
        record("quote_withdrawn", actor=operator, subject=quote, number=quote.number)


def _tell(quote: Quote, replaced: list[Quote]) -> None:
    city = quote.account.municipality
    context = {
        "municipality": city,
        "quote": quote,
        "price": printed(quote.yearly_cents),
        "replaced": ", ".join(each.number for each in replaced),
        "service_email": seller().email,
        "page": page_of(city),
    }
    for address in administrators_of(city):
        send_mail_later(template="billing/email/quote", to=address, context=context)
