"""Whatever an operator has before them (a line of the bank, a letter, a call), and the pages that it leads to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.text import slugify

from billing.models import Deposit, Invoice, Payment, Quote
from common.text import clean_text
from tenants.models import Municipality

MOST = 30
MOST_SIGNS = 100


@dataclass(frozen=True)
class Found:
    """Of each the first ones; `is_cut`: there are more of some."""

    invoices: list[Invoice]
    cities: list[Municipality]
    quotes: list[Quote]
    payments: list[Payment]

    @property
    def lists(self) -> list[list[Any]]:
        return [self.invoices, self.cities, self.quotes, self.payments]

    @property
    def is_cut(self) -> bool:
        return any(len(each) == MOST for each in self.lists)

    def __bool__(self) -> bool:
        return any(self.lists)


def find(typed: str, *, cents: int | None) -> Found | None:
    """By the number of an invoice, quote or flow, an engagement, a reference, the name, slug, SIREN or SIRET of a city,
    and, where what is typed is an amount (`cents`), by it. None where nothing is typed. Four queries.
    """
    words = clean_text(typed, one_line=True)[:MOST_SIGNS]
    if not words:
        return None
    of_quotes = Quote.objects.filter(number__icontains=words).select_related("account__municipality")
    found: list[QuerySet[Any]] = [_invoices(words, cents), _cities(words), of_quotes, _payments(words, cents)]
    invoices, cities, quotes, payments = (list(each[:MOST]) for each in found)
    return Found(invoices, cities, quotes, payments)


def _invoices(words: str, cents: int | None) -> QuerySet[Invoice]:
    in_flow = Deposit.objects.filter(invoice=OuterRef("pk"), flow__icontains=words)
    which = Q(number__icontains=words) | Q(engagement_number__icontains=words) | Q(Exists(in_flow))
    if cents:
        left = Q(total_cents=F("paid_cents") + F("credited_cents") + cents)
        which |= Q(total_cents=cents) | Q(net_cents=cents) | left
    return Invoice.objects.filter(which).select_related("account__municipality").defer("facturx", "plain")


def _cities(words: str) -> QuerySet[Municipality]:
    which = Q(name__icontains=words) | Q(billing_account__legal_name__icontains=words)
    if slug := slugify(words):  # « Besancon », too
        which |= Q(slug__icontains=slug)
    digits = "".join(words.split())
    if digits.isascii() and digits.isdigit():
        which |= Q(siren__startswith=digits) | Q(billing_account__siren__startswith=digits)
        which |= Q(billing_account__siret__startswith=digits)
    return Municipality.objects.filter(which).order_by("name", "pk")


def _payments(words: str, cents: int | None) -> QuerySet[Payment]:
    which = Q(reference__icontains=words)
    if cents:
        which |= Q(cents__in=[cents, -cents])
    found = Payment.objects.filter(which).select_related("account__municipality", "invoice")
    return found.defer("invoice__facturx", "invoice__plain").order_by("-received_on", "-pk")
