"""What operators see of all that is sold: what came in, and what waits for them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from billing.enums import InvoiceKind, InvoiceState, Method, QuoteState, SubscriptionState
from billing.models import Account, Difference, Invoice, Payment, Quote, Subscription
from tenants.enums import LifecycleState
from tenants.models import Municipality

MONTHS = 12
# Of a trial, the last days: then it is time to write.
ENDING = timedelta(days=14)
# Chorus Pro takes up a deposit within a day or two: after so many, somebody has forgotten to look.
STUCK = timedelta(days=3)
# What has left counts, whatever became of it since: a credit note takes it back in its own month.
LEFT = (InvoiceState.ISSUED, InvoiceState.PAID, InvoiceState.CANCELLED)


@dataclass
class Month:
    """In cents. `invoiced` and `credited` are without tax; `received` is what came less what went back."""

    first: date
    invoiced: int = 0
    credited: int = 0
    received: int = 0

    @property
    def net(self) -> int:
        return self.invoiced - self.credited


def revenue(*, on: date) -> list[Month]:
    """The last twelve months, this one first. Two queries."""
    months = {first: Month(first) for first in _months(on)}
    since = min(months)
    issued = Invoice.objects.filter(state__in=LEFT, issued_on__gte=since).order_by()
    for month, kind, cents in (
        issued.annotate(month=TruncMonth("issued_on")).values_list("month", "kind").annotate(cents=Sum("net_cents"))
    ):
        if month in months:
            name = "invoiced" if kind == InvoiceKind.INVOICE else "credited"
            setattr(months[month], name, cents)
    came = Payment.objects.filter(received_on__gte=since).order_by()
    for month, cents in (
        came.annotate(month=TruncMonth("received_on")).values_list("month").annotate(cents=Sum("cents"))
    ):
        if month in months:
            months[month].received = cents
    return list(months.values())


def _months(on: date) -> list[date]:
    found, first = [], on.replace(day=1)
    for _unused in range(MONTHS):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def trials_ending(*, on: date) -> QuerySet[Municipality]:
    """Those that nothing follows yet, the next to end first."""
    trials = Municipality.objects.ready().filter(state=LifecycleState.TRIAL, trial_ends_on__lte=on + ENDING)
    return trials.exclude(billing_account__subscriptions__isnull=False).order_by("trial_ends_on", "pk")


def quotes_waiting() -> QuerySet[Quote]:
    """For a yes, or for the order that follows it; the oldest first. Those that are no longer valid, too."""
    waiting = Quote.objects.free().filter(state__in=(QuoteState.ISSUED, QuoteState.ACCEPTED))
    return waiting.select_related("account__municipality", "version").order_by("created_at", "pk")


def cards_to_pay() -> QuerySet[Subscription]:
    """Of orders that are there, to be paid by a card that has not; the oldest first."""
    waiting = Subscription.objects.filter(state=SubscriptionState.PENDING, method=Method.CARD)
    living = waiting.exclude(account__municipality__state=LifecycleState.DELETED)
    return living.select_related("account__municipality", "quote__order").defer("quote__order__file").order_by("pk")


def held_back() -> QuerySet[Invoice]:
    """What a check does not let leave."""
    return _for_lists(Invoice.objects.filter(state=InvoiceState.BLOCKED))


def to_deposit() -> QuerySet[Invoice]:
    return _for_lists(Invoice.objects.to_deposit()).order_by("issued_on", "pk")


@dataclass
class Flow:
    """Of a deposit, those of which Chorus Pro has said nothing since, and for how many days."""

    number: str
    since: date
    days: int
    invoices: list[Any]

    @property
    def is_stuck(self) -> bool:
        """For longer than it takes."""
        return self.days > STUCK.days


def at_chorus(*, on: date, most: int) -> list[Flow]:
    """The oldest first. One query."""
    flows: dict[tuple[str, date], Flow] = {}
    for each in _for_lists(Invoice.objects.at_chorus())[:most]:
        found: Any = each
        new = Flow(found.flow, found.since, (on - found.since).days, [])
        flows.setdefault((found.flow, found.since), new).invoices.append(found)
    return list(flows.values())


def not_yet_due(*, on: date) -> QuerySet[Invoice]:
    return _for_lists(Invoice.objects.not_yet_due(on=on)).order_by("available_on", "pk")


def overdue(*, on: date) -> QuerySet[Invoice]:
    return _for_lists(Invoice.objects.overdue(on=on)).order_by("available_on", "pk")


def money_lying() -> QuerySet[Account]:
    """Accounts with money that has paid nothing yet: `at_bank` was entered by hand, `cash_cents` is at Stripe."""
    at_bank = Coalesce(Sum("payments__cents", filter=Q(payments__invoice=None)), 0)
    lying = Account.objects.annotate(at_bank=at_bank).filter(Q(at_bank__gt=0) | Q(cash_cents__gt=0))
    return lying.select_related("municipality").order_by("legal_name", "pk")


def objections() -> QuerySet[Account]:
    """Each with whether it still `owes` something."""
    waiting = Account.objects.filter(objected_at__isnull=False).annotate(
        owes=Exists(Invoice.objects.unpaid().filter(account=OuterRef("pk")))
    )
    return waiting.select_related("municipality").order_by("objected_at", "pk")


def differences() -> QuerySet[Difference]:
    """Those that nobody has mended or explained."""
    return Difference.objects.filter(mended_at=None, explained_at=None).select_related("account")


def accounts() -> QuerySet[Account]:
    """All that have bought or may, by name."""
    subscriptions = Prefetch("subscriptions")
    return Account.objects.select_related("municipality").prefetch_related(subscriptions).order_by("legal_name", "pk")


def _for_lists(found: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return found.select_related("account__municipality").defer("facturx", "plain")
