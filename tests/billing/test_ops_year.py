"""A year for the accountant: what left, what came, what lies, what is for the year after, interest."""

import csv
import io
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from billing.enums import InvoiceKind, PaymentKind
from billing.models import Account, InterestClaim, InterestRate, Quote
from billing.selectors.year import deferred_cents
from tests.billing.purchases import NOW, a_payment, an_invoice
from tests.billing.test_ops import PAGE, ops, quote

__all__ = ["ops", "quote"]
YEAR = timezone.localdate().year


def tables(ops: Client) -> dict[str, list[list[str]]]:
    answer = ops.get(f"{PAGE}{YEAR}.zip")
    assert answer["Content-Disposition"] == f'attachment; filename="comptabilite-{YEAR}.zip"'
    with ZipFile(io.BytesIO(answer.content)) as file:
        read = {name: file.read(name) for name in file.namelist()}
    assert all(content.startswith(b"\xef\xbb\xbf") for content in read.values())
    return {
        name.removesuffix(f"-{YEAR}.csv"): list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        for name, content in read.items()
    }


def column(table: list[list[str]], name: str) -> list[str]:
    return [row[table[0].index(name)] for row in table[1:]]


def test_invoices_say_their_period_and_what_is_for_the_year_after(ops: Client, quote: Quote) -> None:
    period: dict[str, Any] = {
        "period_begins_on": date(YEAR, 7, 1),
        "period_ends_on": date(YEAR + 1, 6, 30),
        "engagement_number": "=2026-1",
        "subscription": quote.subscription,
        "issued_on": timezone.localdate(),
    }
    invoice = an_invoice(quote, **period)
    an_invoice(quote, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice, net_cents=36_500, issued_on=timezone.localdate())
    table = tables(ops)["factures"]
    assert column(table, "Service du") == [f"{YEAR}-07-01"] * 2
    assert column(table, "Numéro d’engagement")[0] == "'=2026-1"
    assert column(table, "Territoire") == ["France métropolitaine"] * 2
    after = (date(YEAR + 1, 6, 30) - date(YEAR, 12, 31)).days
    whole = (date(YEAR + 1, 6, 30) - date(YEAR, 6, 30)).days
    said = [round(340_000 * after / whole), -round(36_500 * after / whole)]
    shown = [f"{cents / 100:.2f}".replace(".", ",") for cents in said]
    assert column(table, "Produit constaté d’avance, HT") == shown


def test_the_journal_has_what_came_and_went_each_with_its_way(ops: Client, quote: Quote) -> None:
    today = timezone.localdate()
    invoice = an_invoice(quote)
    a_payment(invoice, cents=1, kind=PaymentKind.BY_HAND, reference="@MANDAT", received_on=today)
    a_payment(invoice, cents=2, kind=PaymentKind.TRANSFER, stripe_id="txn_1", received_on=today)
    a_payment(invoice, cents=3, kind=PaymentKind.CARD, stripe_id="pi_1", received_on=today)
    for stripe_id in ("", "re_1"):
        quote.account.payments.create(
            kind=PaymentKind.REFUND, cents=-22_000, received_on=today, stripe_id=stripe_id, created_at=NOW
        )
    a_payment(invoice, received_on=date(YEAR - 1, 12, 31))
    table = tables(ops)["journal-des-paiements"]
    assert column(table, "Montant") == ["0,01", "0,02", "0,03", "-220,00", "-220,00"]
    assert column(table, "Moyen") == [
        "Virement sur notre banque",
        "Virement chez Stripe",
        "Carte, par Stripe",
        "Rendu par notre banque",
        "Remboursé par Stripe",
    ]
    assert column(table, "Référence")[0] == "'@MANDAT"
    assert column(table, "Facture") == [invoice.number] * 3 + ["", ""]


def test_money_that_has_paid_nothing_is_in_a_table_of_its_own(ops: Client, quote: Quote) -> None:
    assert tables(ops)["sommes-sans-facture"][1:] == []
    quote.account.payments.create(kind=PaymentKind.BY_HAND, cents=22_000, received_on=date(YEAR, 1, 2), created_at=NOW)
    Account.objects.update(cash_cents=7)
    table = tables(ops)["sommes-sans-facture"]
    assert column(table, "À notre banque") == ["220,00"]
    assert column(table, "Chez Stripe") == ["0,07"]


def test_interest_is_there_asked_for_or_given_up(ops: Client, quote: Quote) -> None:
    rate = InterestRate.objects.create(from_on=date(YEAR, 1, 1), basis_points=215, source="BCE", entered_at=NOW)
    InterestClaim.objects.create(
        invoice=an_invoice(quote),
        rate=rate,
        days=50,
        interest_cents=3_115,
        fixed_cents=4_000,
        decided_at=timezone.now(),
        decided_by="a@example.org",
    )
    table = tables(ops)["interets"]
    assert table[1][4:] == ["50", "10,15", "31,15", "40,00", "oui", "", ""]


def test_it_is_on_record_and_there_is_no_other_year(ops: Client) -> None:
    tables(ops)
    assert AuditEntry.objects.get(action="billing_exported").details == {"year": str(YEAR)}
    assert ops.get(f"{PAGE}{YEAR + 1}.zip").status_code == 404


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "cents"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 0),
        (date(2026, 12, 31), date(2027, 1, 1), 50),
        (date(2027, 1, 1), date(2027, 12, 31), 100),
        (date(2026, 12, 30), date(2027, 1, 1), 33),
        (None, None, 0),
    ],
)
def test_what_is_for_later_is_counted_by_days(begins_on: Any, ends_on: Any, cents: int) -> None:
    assert deferred_cents(100, begins_on=begins_on, ends_on=ends_on, year=2026) == cents
