"""A year for the accountant: what has left, what came and went, what lies on accounts, interest."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing.models import Account, InterestClaim, Invoice, Payment
from billing.selectors.overview import LEFT


def invoices_of(year: int) -> QuerySet[Invoice]:
    """What has left, in the order of its day and number."""
    return (
        Invoice.objects.filter(state__in=LEFT, issued_on__year=year)
        .select_related("account", "subscription__quote", "corrects__subscription__quote")
        .defer("facturx", "plain", "corrects__facturx", "corrects__plain")
        .order_by("issued_on", "number")
    )


def payments_of(year: int) -> QuerySet[Payment]:
    """What came and went back, in the order of its day."""
    found = Payment.objects.filter(received_on__year=year).select_related("account", "invoice")
    return found.defer("invoice__facturx", "invoice__plain").order_by("received_on", "pk")


def lying() -> QuerySet[Account]:
    """Accounts with money that has paid nothing yet, or credit, as it is now. `at_bank`: what operators entered."""
    at_bank = Coalesce(Sum("payments__cents", filter=Q(payments__invoice=None)), 0)
    some = ~Q(at_bank=0) | ~Q(cash_cents=0) | ~Q(credit_cents=0)
    return Account.objects.annotate(at_bank=at_bank).filter(some).order_by("legal_name", "pk")


def interest_of(year: int) -> QuerySet[InterestClaim]:
    """What was decided: asked for, or given up."""
    found = InterestClaim.objects.filter(decided_at__year=year).select_related("invoice__account", "rate")
    return found.defer("document", "invoice__facturx", "invoice__plain").order_by("decided_at", "pk")


def deferred_cents(cents: int, *, begins_on: date | None, ends_on: date | None, year: int) -> int:
    """Of a sum without tax for a period, what is for the days after 31 December: by days, half a cent up."""
    if begins_on is None or ends_on is None:
        return 0
    days = (ends_on - begins_on).days + 1
    first = max(begins_on, date(year, 12, 31) + timedelta(days=1))
    after = max(0, (ends_on - first).days + 1)
    return (2 * cents * after + days) // (2 * days) if days > 0 else 0
