"""Quotes and orders: what was offered stays what it was, whatever becomes of prices."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.documents.identifiers import check_engagement_number, check_service_code, check_siret
from billing.enums import QuoteState, Timing
from billing.models import Account, PurchaseOrder, Quote, Series, Subscription
from billing.printed import PrintedWords
from billing.services.plans import Price, price_for
from billing.services.standing import locked
from billing.services.years import running_of
from common.names_of_places import of_place
from common.refusals import Refusal
from common.text import Words
from tenants.enums import AuthorityKind
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
ADDRESS, TOWN = PrintedWords(maximum=120, one_line=True), PrintedWords(maximum=80, one_line=True)


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


class OrderTooLate(Refusal):
    code = "order_too_late"
    message = gettext_lazy(
        "The time to order this quote is over. Ask for another one: it takes a moment, at the price of today."
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


class OrderTaken(Refusal):
    code = "order_taken"
    message = gettext_lazy("We have your purchase order already: nothing that was sent since has changed it.")


class QuoteInUse(Refusal):
    code = "quote_in_use"
    message = gettext_lazy("A subscription has begun with this quote.")


class SiretRefused(Refusal):
    code = "siret_refused"
    status = 422
    message = gettext_lazy("This is no SIRET: it has fourteen digits, and the last one checks the others.")


class SiretOfAnother(Refusal):
    code = "siret_of_another"
    status = 422
    message = gettext_lazy("This SIRET is that of another authority: its first nine digits are not your SIREN.")


class EngagementMissing(Refusal):
    code = "engagement_missing"
    status = 422
    message = gettext_lazy("Chorus Pro asks for an engagement number for your authority: it stands on your order.")


class EngagementRefused(Refusal):
    code = "engagement_refused"
    status = 422
    message = gettext_lazy(
        "An engagement number has fifty signs at most: letters without accents, digits, and - _ / . + with a space "
        "between them."
    )


# Chorus Pro lists it for each buyer, and routes nothing by it.
EVERYBODY = "FACTURES_PUBLIQUES"


class ServiceCodeOfNobody(Refusal):
    code = "service_code_of_nobody"
    status = 422
    message = gettext_lazy(
        "FACTURES_PUBLIQUES is no service code of yours: leave the field empty, or ask your accountant for the code."
    )


class ServiceCodeRefused(Refusal):
    code = "service_code_refused"
    status = 422
    message = gettext_lazy(
        "A service code has a hundred signs at most: letters without accents, digits, and - _ / . + with a space "
        "between them."
    )


# As its documents say it, in French whoever reads them: « Commune de Saran ». Groups bear what they are in their name.
_KINDS = {AuthorityKind.COMMUNE: "Commune", AuthorityKind.DEPARTMENT: "Département", AuthorityKind.REGION: "Région"}


def legal_name_of(municipality: Municipality) -> str:
    kind = _KINDS.get(AuthorityKind(municipality.kind), "")
    return f"{kind} {of_place(municipality.name, kind=municipality.kind)}" if kind else municipality.name


def account_of(municipality: Municipality, *, at: datetime) -> Account:
    """Made at the first need of it."""
    made, _was_made = Account.objects.get_or_create(
        municipality=municipality,
        defaults={
            "legal_name": legal_name_of(municipality),
            "siren": municipality.siren,
            # Where else would a commune have its town hall: who orders may say so.
            "town": municipality.name[:80] if municipality.kind == AuthorityKind.COMMUNE else "",
            "created_at": at,
        },
    )
    return made


def next_number(prefix: str, day: date) -> str:
    """D-2026-0001. Inside the transaction that makes the document: given up with it, so without a gap."""
    key = f"{prefix}-{day.year}"
    Series.objects.get_or_create(key=key)
    series = Series.objects.select_for_update(no_key=True).get(key=key)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{key}-{series.last:04d}"


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


def checked_siret(account: Account, siret: str) -> str:
    """Without spaces. Raises SiretRefused, SiretOfAnother."""
    digits = "".join(siret.split())
    codes = {problem.code for problem in check_siret(digits, siren=account.siren)}
    if "SIRET" in codes:
        raise SiretRefused
    if codes:
        raise SiretOfAnother
    return digits


def checked_engagement(account: Account, number: str) -> str:
    """As the accountant reads it on the order. Raises EngagementMissing, EngagementRefused."""
    number = number.strip()
    if not number and account.needs_engagement:
        raise EngagementMissing
    if number and check_engagement_number(number):
        raise EngagementRefused
    return number


def checked_service_code(code: str) -> str:
    """Raises ServiceCodeRefused, ServiceCodeOfNobody."""
    code = code.strip()
    if code.upper() == EVERYBODY:
        raise ServiceCodeOfNobody
    if code and check_service_code(code):
        raise ServiceCodeRefused
    return code


@dataclass(frozen=True)
class Place:
    """Where the authority is, as invoices say it."""

    address: str
    postcode: str
    town: str

    @property
    def kept(self) -> dict[str, str]:
        """Raises TextTooLong, SignRefused."""
        address, town = ADDRESS.cleaned(self.address), TOWN.cleaned(self.town)
        return {"address": address, "postcode": self.postcode, "town": town}


def place_order(
    *,
    quote: Quote,
    siret: str,
    engagement_number: str,
    service_code: str,
    file: tuple[str, bytes] | None,
    actor: User | None,
    at: datetime,
    place: Place | None = None,
    placed_by: str = "",
) -> PurchaseOrder:
    """The order for an accepted quote; again replaces what it says, until the subscription has begun.

    `actor`: None where the accountant of the authority does it by the link that somebody sent, and `placed_by` who says
    so. Called like `issue_quote`. Raises OrderTaken, QuoteNotAccepted, QuoteGone, NotVerified, OrderTooLate,
    SiretRefused, SiretOfAnother, EngagementMissing, EngagementRefused, ServiceCodeRefused, TextTooLong, SignRefused.
    """
    with transaction.atomic():
        with schema_context("public"):
            account = locked(quote.account)
            quote = Quote.objects.select_for_update(no_key=True, of=("self",)).get(pk=quote.pk)
            if quote.is_ordered:
                raise OrderTaken
            check_accepted(quote)
            check_verified(account)
            if account.municipality.day_of(at) > quote.last_day:
                raise OrderTooLate
            said = {
                "siret": checked_siret(account, siret),
                "engagement_number": checked_engagement(account, engagement_number),
                "service_code": checked_service_code(service_code),
                "placed_by": placed_by,
            }
            given = {"file_name": file[0], "file": file[1]} if file else {}
            order, _was_made = PurchaseOrder.objects.update_or_create(
                quote=quote, defaults={**said, "received_at": at, **given}
            )
            where = place.kept if place else {}
            Account.objects.filter(pk=account.pk).update(
                siret=said["siret"], service_code=said["service_code"], timing=quote.timing, **where
            )
        record("order_placed", actor=actor, subject=quote, number=quote.number, by_link=bool(placed_by))
    return order
