"""Quotes: what was offered stays what it was, whatever becomes of prices."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.enums import QuoteState, Timing
from billing.models import Account, Quote, Subscription
from billing.services.accounts import account_of
from billing.services.plans import Price, price_for
from billing.services.series import next_number
from billing.services.standing import locked
from billing.services.years import running_of
from common.refusals import Refusal
from common.text import Words
from tenants.models import Municipality

VALID_FOR = timedelta(days=90)
# Accepted on its last day it may still be ordered: committees meet once a month.
TO_ORDER = timedelta(days=30)
MOST_YEARS = 4
# Without tax, over the whole time that is foreseen (CCP, article R2122-8, since 1 April 2026).
THRESHOLD_CENTS = 6_000_000
# What a quote says of whom it is made for: it stays, whatever an order then says of them.
OF_THE_BUYER = ("legal_name", "siren", "siret", "vat_number", "address", "postcode", "town")
SIGNATURE = Words(minimum=5, maximum=160, one_line=True)


class QuoteExpired(Refusal):
    code = "quote_expired"
    message = gettext_lazy("This quote is no longer valid. Ask for another one: it takes a moment.")


class NotVerified(Refusal):
    """Anybody may have signed a city up: an order binds an authority, and so does its invoice."""

    code = "not_verified"
    message = gettext_lazy(
        "Nobody has verified yet that you speak for the authority: until then nothing can be accepted or ordered in "
        "its name. See where that stands under Verification."
    )


class AlreadySubscribed(Refusal):
    code = "already_subscribed"
    message = gettext_lazy(
        "Your authority has a subscription. It can be renewed from 90 days before the last day that is ordered."
    )


class QuoteGone(Refusal):
    code = "quote_gone"
    message = gettext_lazy("This quote was withdrawn, or another one has taken its place.")


class QuoteNotAccepted(Refusal):
    code = "quote_not_accepted"
    message = gettext_lazy("This quote is not accepted yet: accept it first.")


class AgreedQuoteWaits(Refusal):
    code = "agreed_quote_waits"

    def __init__(self, number: str) -> None:
        super().__init__(
            gettext("Quote %(number)s, made for you at an agreed price, waits. Set it aside first, or write to us.")
            % {"number": number}
        )


class QuoteInUse(Refusal):
    code = "quote_in_use"
    message = gettext_lazy("A subscription has begun with this quote.")


def issue_quote(*, municipality: Municipality, timing: str, actor: User, at: datetime, years: int = 1) -> Quote:
    """The price of today, for ninety days. The same again on the same day: the quote that there is.

    While a subscription runs it is for what comes after it, invoiced when this one is. Called from the city's own
    schema, whose trail keeps it, or from the service's. Raises OnQuotation, NoPrice, AgreedQuoteWaits,
    AlreadySubscribed.
    """
    with transaction.atomic():
        with schema_context("public"):
            account = locked(account_of(municipality, at=at))
            running = check_free(account, at=at)
            for agreed in waiting_quotes(account, at=at).filter(made_by_operator=True)[:1]:
                raise AgreedQuoteWaits(agreed.number)
            timing = running.quote.timing if running else timing
            price = price_for(municipality, on=municipality.day_of(at))
            quote, is_new = quote_at(price, account, timing=timing, years=years, at=at)
        if is_new:
            record("quote_issued", actor=actor, subject=quote, number=quote.number)
    return quote


def waiting_quotes(account: Account, *, at: datetime) -> QuerySet[Quote]:
    """Which the authority may still accept, or has accepted and may still order."""
    free = account.quotes.free().alias(counts_until=Coalesce("order_until", "valid_until"))
    counts = Q(state__in=(QuoteState.ISSUED, QuoteState.ACCEPTED), counts_until__gte=account.municipality.day_of(at))
    return free.filter(counts)


def check_free(account: Account, *, at: datetime | None = None) -> Subscription | None:
    """Another quote could not be ordered, and would be an option on its price. Raises AlreadySubscribed.

    With the moment `at`: a subscription that may be renewed then is no obstacle, and is returned.
    """
    running = running_of(account)
    if running and not (at and running.may_be_renewed(on=account.municipality.day_of(at))):
        raise AlreadySubscribed
    return running


def check_accepted(quote: Quote) -> None:
    """Raises QuoteNotAccepted, QuoteGone."""
    if quote.state != QuoteState.ACCEPTED:
        raise QuoteNotAccepted if quote.state == QuoteState.ISSUED else QuoteGone


def check_verified(account: Account) -> None:
    """Raises NotVerified."""
    if not account.municipality.is_verified:
        raise NotVerified


def quote_at(
    price: Price, account: Account, *, timing: str, years: int, at: datetime, **more: Any
) -> tuple[Quote, bool]:
    """The quote of a price, and whether there was none yet. Its account is locked."""
    today = account.municipality.day_of(at)
    offered: dict[str, Any] = {
        "version": price.version,
        "population": price.population,
        "years": years,
        "yearly_cents": price.yearly_cents,
        "territory": price.territory,
        "vat_basis_points": price.vat_basis_points,
        "timing": Timing(timing),
        "issued_on": today,
        **more,
    }
    same = account.quotes.filter(state=QuoteState.ISSUED, **offered).first()
    if same is not None:
        return same, False
    quote = account.quotes.create(
        number=next_number("D", today),
        valid_until=today + VALID_FOR,
        created_at=at,
        buyer={name: getattr(account, name) for name in OF_THE_BUYER},
        **offered,
    )
    return quote, True


def accept_quote(*, quote: Quote, signed: str, actor: User, at: datetime) -> Quote:
    """Say yes, in the name of who signs the order. Again: nothing happens. Others that wait are withdrawn.

    Called like `issue_quote`. Raises NotVerified, AlreadySubscribed, QuoteExpired, QuoteGone, TextTooShort,
    TextTooLong.
    """
    signed = SIGNATURE.cleaned(signed)
    with transaction.atomic():
        with schema_context("public"):
            account = locked(quote.account)
            quote = Quote.objects.select_for_update(no_key=True, of=("self",)).get(pk=quote.pk)
            if quote.state == QuoteState.ACCEPTED:
                return quote
            if quote.state == QuoteState.WITHDRAWN:
                raise QuoteGone
            check_verified(account)
            check_free(account, at=at)
            today = account.municipality.day_of(at)
            if today > quote.valid_until:
                raise QuoteExpired
            others = account.quotes.free().filter(state__in=(QuoteState.ISSUED, QuoteState.ACCEPTED))
            others.exclude(pk=quote.pk).update(state=QuoteState.WITHDRAWN)
            quote.state, quote.accepted_at, quote.accepted_by = QuoteState.ACCEPTED, at, signed
            quote.order_until = max(quote.valid_until, today + TO_ORDER)
            quote.save(update_fields=["state", "accepted_at", "accepted_by", "order_until"])
        record("quote_accepted", actor=actor, subject=quote, number=quote.number)
    return quote


def withdraw_quote(*, quote: Quote, actor: User) -> None:
    """Set aside a quote that nothing has begun with; again: nothing happens. Raises QuoteInUse."""
    with transaction.atomic():
        with schema_context("public"):
            locked(quote.account)
            quote = Quote.objects.select_for_update(no_key=True, of=("self",)).get(pk=quote.pk)
            if quote.state == QuoteState.WITHDRAWN:
                return
            if quote.is_ordered:
                raise QuoteInUse
            quote.state = QuoteState.WITHDRAWN
            quote.save(update_fields=["state"])
        record("quote_withdrawn", actor=actor, subject=quote, number=quote.number)
