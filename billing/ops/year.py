"""A year for the accountant, as tables: semicolons, UTF-8 with its mark, commas in sums, no formulas."""

from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audit import record
from accounts.permissions import signed_in_user
from billing.documents.amounts import plain
from billing.downloads import given
from billing.enums import PaymentKind
from billing.models import Account, InterestClaim, Invoice, Payment
from billing.selectors import year as of_year
from billing.services.interest import ADDED_BASIS_POINTS
from common.sheets import csv_response, write_csv
from common.text import whole_number

# Of the demonstration's first invoice; the service sells since 2026.
FIRST_YEAR = 2025
Table = tuple[list[Any], Iterable[list[Any]]]


@never_cache
@require_safe
def invoices_file(request: HttpRequest, year: str) -> HttpResponse:
    """What has left in a year, with what was paid of it."""
    known = _known(request, year)
    return csv_response(f"facturation-{known}.csv", *invoices(known))


@never_cache
@require_safe
def all_files(request: HttpRequest, year: str) -> HttpResponse:
    known, written = _known(request, year), BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as file:
        for name, table in TABLES.items():
            content = BytesIO()
            write_csv(content, *table(known))
            file.writestr(f"{name}-{known}.csv", content.getvalue())
    return given(written.getvalue(), f"comptabilite-{known}.zip", "application/zip")


def _known(request: HttpRequest, year: str) -> int:
    """One that there is; that it was taken is in the trail."""
    if not FIRST_YEAR <= whole_number(year) <= timezone.localdate().year:
        raise Http404
    record("billing_exported", actor=signed_in_user(request), year=year)
    return int(year)


class _Sum(int):
    """Of cents, as French spreadsheets add it up. No text: a minus is then no formula (common.sheets)."""

    def __str__(self) -> str:
        return plain(int(self)).replace(".", ",")


def invoices(year: int) -> Table:
    head = [_("Number"), _("Day"), _("Kind"), _("Corrects"), _("Customer"), "SIREN", "SIRET", _("Without tax")]
    head += [_("Rate of VAT"), _("VAT"), _("With tax"), _("Paid"), _("Credited"), _("Left to pay"), _("Due on")]
    head += [_("Paid on"), _("Engagement number"), _("Territory"), _("Service from"), _("Service until")]
    head += [_("Deferred after 31 December, without tax")]
    return head, (_invoice(each, year) for each in of_year.invoices_of(year))


def _invoice(invoice: Invoice, year: int) -> list[Any]:
    is_credit = invoice.corrects_id is not None
    sign = -1 if is_credit else 1
    # A credit note is for the period of what it takes back.
    of = invoice.corrects or invoice
    sold = of.subscription
    begins_on, ends_on = of.period_begins_on, of.period_ends_on
    return [
        str(invoice.number),
        _day(invoice.issued_on),
        invoice.get_kind_display(),
        str(invoice.corrects.number) if invoice.corrects else "",
        invoice.account.legal_name,
        invoice.account.siren,
        invoice.account.siret,
        _Sum(sign * invoice.net_cents),
        _Sum(invoice.vat_basis_points),
        _Sum(sign * invoice.vat_cents),
        _Sum(sign * invoice.total_cents),
        _Sum(invoice.paid_cents),
        _Sum(invoice.credited_cents),
        "" if is_credit else _Sum(invoice.left_cents),
        _day(invoice.due_on),
        _day(invoice.paid_on),
        invoice.engagement_number,
        sold.quote.get_territory_display() if sold else "",
        _day(begins_on),
        _day(ends_on),
        _Sum(sign * of_year.deferred_cents(invoice.net_cents, begins_on=begins_on, ends_on=ends_on, year=year)),
    ]


def payments(year: int) -> Table:
    head = [_("Day"), _("Way"), _("Amount"), _("Reference"), _("Invoice"), _("Customer"), "SIREN", _("Stripe’s id")]
    return head, map(_payment, of_year.payments_of(year))


def _payment(paid: Payment) -> list[Any]:
    return [
        _day(paid.received_on),
        way_of(paid),
        _Sum(paid.cents),
        paid.reference,
        str(paid.invoice.number) if paid.invoice else "",
        paid.account.legal_name,
        paid.account.siren,
        paid.stripe_id,
    ]


def way_of(paid: Payment) -> str:
    """To which account money came, or from which it went back."""
    if paid.kind == PaymentKind.BY_HAND:
        return _("Transfer to our bank")
    if paid.kind == PaymentKind.REFUND and not paid.stripe_id:
        return _("Sent back from our bank")
    return {
        PaymentKind.TRANSFER: _("Transfer to Stripe"),
        PaymentKind.CARD: _("Card, through Stripe"),
        PaymentKind.REFUND: _("Sent back by Stripe"),
    }.get(PaymentKind(paid.kind), paid.get_kind_display())


def lying(_year: int) -> Table:
    head = [_("On"), _("Customer"), "SIREN", _("At our bank"), _("At Stripe"), _("Credit for the next invoices")]
    return head, map(_lying, of_year.lying())


def _lying(account: Account) -> list[Any]:
    sums = [account.at_bank, account.cash_cents, account.credit_cents]  # type: ignore[attr-defined]
    return [_day(timezone.localdate()), account.legal_name, account.siren, *map(_Sum, sums)]


def interest(year: int) -> Table:
    head = [_("Decided on"), _("Invoice"), _("Customer"), "SIREN", _("Days"), _("Rate"), _("Interest"), _("Fixed sum")]
    return [*head, _("It is asked for"), _("Statement"), _("Paid on")], map(_claim, of_year.interest_of(year))


def _claim(claim: InterestClaim) -> list[Any]:
    invoice = claim.invoice
    return [
        _day(timezone.localdate(claim.decided_at)),
        str(invoice.number),
        invoice.account.legal_name,
        invoice.account.siren,
        claim.days,
        _Sum(claim.rate.basis_points + ADDED_BASIS_POINTS),
        _Sum(claim.interest_cents),
        _Sum(claim.fixed_cents),
        _("no") if claim.is_waived else _("yes"),
        claim.number,
        _day(claim.paid_on),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


# By the name of the file.
TABLES: dict[str, Callable[[int], Table]] = {
    "factures": invoices,
    "journal-des-paiements": payments,
    "sommes-sans-facture": lying,
    "interets": interest,
}
