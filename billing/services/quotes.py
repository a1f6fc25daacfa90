"""Quotes and orders: what was offered stays what it was, whatever becomes of prices."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from billing.documents.identifiers import check_engagement_number, check_service_code, check_siret
from billing.enums import QuoteState, Timing
from billing.models import Account, PurchaseOrder, Quote, Series
from billing.services.plans import price_for
from common.refusals import Refusal
from common.text import Words
from tenants.models import Municipality

VALID_FOR = timedelta(days=90)
# Without tax, over the whole time that is foreseen (CCP, article R2122-8, since 1 April 2026).
THRESHOLD_CENTS = 6_000_000
SIGNATURE = Words(minimum=5, maximum=160, one_line=True)


class QuoteExpired(Refusal):
    code = "quote_expired"
    message = gettext_lazy("This quote is no longer valid. Ask for another one: it takes a moment.")


class QuoteGone(Refusal):
    code = "quote_gone"
    message = gettext_lazy("This quote was withdrawn, or another one has taken its place.")


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


class ServiceCodeRefused(Refusal):
    code = "service_code_refused"
    status = 422
    message = gettext_lazy(
        "A service code has a hundred signs at most: letters without accents, digits, and - _ / . + with a space "
        "between them."
    )


def account_of(municipality: Municipality, *, at: datetime) -> Account:
    """Made at the first need of it."""
    made, _was_made = Account.objects.get_or_create(
        municipality=municipality,
        defaults={"legal_name": municipality.name, "siren": municipality.siren, "created_at": at},
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


def issue_quote(
    *, municipality: Municipality, timing: str, actor: User, at: datetime, years: int = 1, by_operator: bool = False
) -> Quote:
    """The price of today, for ninety days. The same again on the same day: the quote that there is.

    Raises OnQuotation, NoPrice.
    """
    today = timezone.localdate(at)
    price = price_for(municipality, on=today)
    population = municipality.population
    assert population is not None, "It has a price."
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=account_of(municipality, at=at).pk)
        same = account.quotes.filter(
            state=QuoteState.ISSUED,
            issued_on=today,
            version=price.version,
            population=population,
            timing=Timing(timing),
            years=years,
        ).first()
        if same is not None:
            return same
        quote = Quote.objects.create(
            account=account,
            number=next_number("D", today),
            version=price.version,
            population=population,
            years=years,
            yearly_cents=price.yearly_cents,
            territory=price.territory,
            vat_basis_points=price.vat_basis_points,
            timing=Timing(timing),
            issued_on=today,
            valid_until=today + VALID_FOR,
            made_by_operator=by_operator,
            created_at=at,
        )
        record("quote_issued", actor=actor, subject=quote, number=quote.number)
    return quote


def accept_quote(*, quote: Quote, signed: str, actor: User, at: datetime) -> Quote:
    """Say yes, in the name of who signs the order. Again: nothing happens. Others that wait are withdrawn.

    Raises QuoteExpired, QuoteGone, TextTooShort, TextTooLong.
    """
    signed = SIGNATURE.cleaned(signed)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=quote.account_id)
        quote = Quote.objects.select_for_update(no_key=True).get(pk=quote.pk)
        if quote.state == QuoteState.ACCEPTED:
            return quote
        if quote.state == QuoteState.WITHDRAWN:
            raise QuoteGone
        if timezone.localdate(at) > quote.valid_until:
            raise QuoteExpired
        Quote.objects.filter(account=quote.account_id, state=QuoteState.ISSUED).exclude(pk=quote.pk).update(
            state=QuoteState.WITHDRAWN
        )
        quote.state, quote.accepted_at, quote.accepted_by = QuoteState.ACCEPTED, at, signed
        quote.save(update_fields=["state", "accepted_at", "accepted_by"])
        record("quote_accepted", actor=actor, subject=quote, number=quote.number)
    return quote


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
    """Raises ServiceCodeRefused."""
    code = code.strip()
    if code and check_service_code(code):
        raise ServiceCodeRefused
    return code


def place_order(
    *,
    quote: Quote,
    siret: str,
    engagement_number: str,
    service_code: str,
    file: tuple[str, bytes] | None,
    actor: User,
    at: datetime,
) -> PurchaseOrder:
    """The order for an accepted quote; again replaces what it says, until the subscription has begun.

    Raises QuoteGone, SiretRefused, SiretOfAnother, EngagementMissing, EngagementRefused, ServiceCodeRefused.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=quote.account_id)
        quote = Quote.objects.select_for_update(no_key=True).get(pk=quote.pk)
        if quote.state != QuoteState.ACCEPTED or hasattr(quote, "subscription"):
            raise QuoteGone
        siret, engagement = checked_siret(account, siret), checked_engagement(account, engagement_number)
        service_code = checked_service_code(service_code)
        given = {"file_name": file[0], "file": file[1]} if file else {}
        order, _was_made = PurchaseOrder.objects.update_or_create(
            quote=quote,
            defaults={
                "siret": siret,
                "engagement_number": engagement,
                "service_code": service_code,
                "received_at": at,
                **given,
            },
        )
        Account.objects.filter(pk=account.pk).update(siret=siret, service_code=service_code)
        record("order_placed", actor=actor, subject=quote, number=quote.number)
    return order
