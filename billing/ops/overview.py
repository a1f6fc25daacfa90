"""*Facturation*: what came in by month, and what waits for an operator."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audit import record
from accounts.permissions import signed_in_user
from billing.documents.amounts import plain
from billing.enums import HELD_UP
from billing.models import Invoice
from billing.ops.forms import FlowForm, TogetherForm
from billing.selectors import overview
from billing.services.interest import paid_late
from billing.services.renewals import prices_that_change
from common.sheets import csv_response
from common.text import whole_number

SHOWN = 100
# Of the demonstration's first invoice; the service sells since 2026.
FIRST_YEAR = 2025


@require_safe
def billing(request: HttpRequest) -> HttpResponse:
    return billing_page(request)


def billing_page(request: HttpRequest, *, status: int = 200, **refused: Any) -> HttpResponse:
    """`refused`: together or flow, forms that are not right yet."""
    today = timezone.localdate()
    lists: dict[str, QuerySet[Any]] = {
        "trials": overview.trials_ending(on=today),
        "quotes": overview.quotes_waiting(),
        "held_back": overview.held_back(),
        "to_deposit": overview.to_deposit(),
        "differences": overview.differences(),
        "overdue": overview.overdue(on=today),
        "not_yet_due": overview.not_yet_due(on=today),
        "objections": overview.objections(),
        "next_prices": prices_that_change(on=today),
        "money_lying": overview.money_lying(),
        "paid_late": paid_late().select_related("account__municipality"),
    }
    context = {
        "months": overview.revenue(on=today),
        "today": today,
        "together": refused.get("together") or TogetherForm(initial={"seen_on": today}),
        "flows": _flows(refused.get("flow"), today),
        "held_up": HELD_UP,
        "years": range(today.year, FIRST_YEAR - 1, -1),
        **{name: found[:SHOWN] for name, found in lists.items()},
    }
    return render(request, "billing/ops/billing.html", context, status=status)


def _flows(refused: FlowForm | None, today: date) -> list[dict[str, Any]]:
    """What Chorus Pro has said nothing of, by flow, with the form that says it of all at once."""
    typed = refused["flow"].value() if refused else None
    return [
        {
            "flow": flow,
            "form": refused
            if refused and typed == flow.number
            else FlowForm(initial={"flow": flow.number, "seen_on": today}, number=number),
        }
        for number, flow in enumerate(overview.at_chorus(on=today, most=SHOWN))
    ]


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    page = Paginator(overview.accounts(), 50).get_page(request.GET.get("page", 1))
    return render(request, "billing/ops/accounts.html", {"page": page})


@never_cache
@require_safe
def accountants_file(request: HttpRequest, year: str) -> HttpResponse:
    """For the accountant: what has left in a year, with what was paid of it."""
    if not FIRST_YEAR <= whole_number(year) <= timezone.localdate().year:
        raise Http404
    record("billing_exported", actor=signed_in_user(request), year=year)
    head = [
        _("Number"),
        _("Day"),
        _("Kind"),
        _("Corrects"),
        _("Customer"),
        "SIREN",
        "SIRET",
        _("Without tax"),
        _("Rate of VAT"),
        _("VAT"),
        _("With tax"),
        _("Paid"),
        _("Credited"),
        _("Left to pay"),
        _("Due on"),
        _("Paid on"),
    ]
    rows = map(_row, overview.accountants_rows(int(year)))
    return csv_response(f"facturation-{year}.csv", head, rows)


class _Sum(int):
    """Of cents, as French spreadsheets add it up. No text: a minus is then no formula (common.sheets)."""

    def __str__(self) -> str:
        return plain(int(self)).replace(".", ",")


def _row(invoice: Invoice) -> list[Any]:
    is_credit = invoice.corrects_id is not None
    sign = -1 if is_credit else 1
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
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
