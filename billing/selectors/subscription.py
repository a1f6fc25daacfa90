"""What a city has bought, as its own desk and operators see it: where it stands between a quote and a payment."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django_tenants.utils import schema_context

from billing.enums import InvoiceKind, InvoiceState, Method, QuoteState, SubscriptionState
from billing.models import (
    NUMBER_ASKED,
    RUNNING,
    Account,
    Contact,
    Invoice,
    OrderedYear,
    PurchaseOrder,
    Quote,
    Subscription,
)
from tenants.enums import LifecycleState
from tenants.models import Municipality


class Stage(StrEnum):
    """What comes next: each has a sentence of its own."""

    NO_QUOTE = "NO_QUOTE"
    QUOTED = "QUOTED"
    EXPIRED = "EXPIRED"
    ACCEPTED = "ACCEPTED"
    ORDERED = "ORDERED"
    SETTING_UP = "SETTING_UP"
    TO_PAY = "TO_PAY"
    ACTIVE = "ACTIVE"
    LATE = "LATE"
    OBJECTED = "OBJECTED"
    READ_ONLY = "READ_ONLY"
    ENDED = "ENDED"


@dataclass(frozen=True)
class Situation:
    """`quote` is the one that counts now, `quotes` all of them; of invoices what has a number, the latest first.

    `years` are those of the subscription; `renewal` is the quote that waits for what follows it.
    """

    stage: Stage
    account: Account | None = None
    quote: Quote | None = None
    order: PurchaseOrder | None = None
    subscription: Subscription | None = None
    quotes: list[Quote] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    years: list[OrderedYear] = field(default_factory=list)
    renewal: Quote | None = None
    on: date | None = None

    @property
    def offers(self) -> list[tuple[Quote, PurchaseOrder | None]]:
        """All quotes, each with its order if it has one."""
        return [(each, getattr(each, "order", None)) for each in self.quotes]

    @property
    def unpaid(self) -> list[Invoice]:
        invoices = [each for each in self.invoices if each.kind == InvoiceKind.INVOICE]
        return [each for each in invoices if each.state == InvoiceState.ISSUED and each.left_cents > 0]

    @property
    def overdue(self) -> list[Invoice]:
        return [each for each in self.unpaid if each.due_on and self.on and each.due_on < self.on]

    @property
    def may_renew(self) -> bool:
        return bool(self.subscription and self.on and self.subscription.may_be_renewed(on=self.on))

    @property
    def without_number(self) -> OrderedYear | None:
        """The next year of an order, where its engagement number is not known yet and is asked for."""
        if self.subscription is None or self.on is None or not self.subscription.runs:
            return None
        soon = self.on + NUMBER_ASKED
        waiting = (each for each in self.years if each.number > 1 and not each.engagement_number)
        return next((each for each in waiting if each.ends_on >= self.on and each.begins_on <= soon), None)

    @property
    def open_until(self) -> date | None:
        """The last day on which people write, where it is over and nothing is ordered."""
        return self.subscription.open_until if self.subscription and self.stage in _OVER else None

    @property
    def asks_for_a_quote(self) -> bool:
        return self.stage in (Stage.NO_QUOTE, Stage.EXPIRED, Stage.ENDED)


def runs(city: Municipality) -> bool:
    """Whether what is quoted and ordered now is for the time after a subscription."""
    with schema_context("public"):
        return Subscription.objects.filter(account__municipality=city.pk, state__in=RUNNING).exists()


def situation_of(municipality: Municipality, *, at: datetime) -> Situation:
    """Seven queries at most, however long the history is."""
    today = municipality.day_of(at)
    with schema_context("public"):
        account = Account.objects.filter(municipality=municipality.pk).first()
        if account is None:
            return Situation(Stage.NO_QUOTE, on=today)
        quotes = list(account.quotes.select_related("order", "subscription", "order_link").defer("order__file"))
        subscription = account.subscriptions.first()
        years = list(subscription.years.select_related("quote")) if subscription else []
        invoices = account.invoices.filter(number__isnull=False, state__in=SHOWN).select_related("corrects")
        found = list(invoices.defer(*FILES))
        contacts = list(account.contacts.all())
    quote, renewal = _that_counts(quotes, subscription, years, on=today)
    stage = _stage(municipality, account, quote, subscription, on=today)
    return Situation(
        stage=stage,
        account=account,
        quote=quote,
        order=getattr(quote, "order", None),
        subscription=subscription,
        quotes=quotes,
        invoices=found,
        contacts=contacts,
        years=years,
        renewal=renewal,
        on=today,
    )


# What a city reads: nothing that a check holds back.
SHOWN = (InvoiceState.ISSUED, InvoiceState.PAID, InvoiceState.CANCELLED)
FILES = ("facturx", "plain", "corrects__facturx", "corrects__plain")


# It has run to its end, whatever waits for what begins again.
_OVER = (Stage.ENDED, Stage.QUOTED, Stage.EXPIRED, Stage.ACCEPTED, Stage.ORDERED)


def _that_counts(
    quotes: list[Quote], subscription: Subscription | None, years: list[OrderedYear], *, on: date
) -> tuple[Quote | None, Quote | None]:
    """That of the year that runs, while a subscription lives; else the accepted one, or the latest that waits.

    One whose time is over counts last. Beside it, what waits for the time after.
    """
    free = [each for each in quotes if not each.is_ordered]
    accepted = [each for each in free if each.state == QuoteState.ACCEPTED]
    waiting = [each for each in free if each.state == QuoteState.ISSUED]
    next_one = next(iter(sorted([*accepted, *waiting], key=lambda each: each.last_day < on)), None)
    if subscription is None or subscription.state == SubscriptionState.ENDED:
        return next_one, None
    begun = [each.quote_id for each in years if each.begins_on <= on + timedelta(days=1)]
    pk = begun[-1] if begun else subscription.quote_id
    return next(each for each in quotes if each.pk == pk), next_one


_OF_SUBSCRIPTIONS = {SubscriptionState.PENDING: Stage.SETTING_UP, SubscriptionState.ACTIVE: Stage.ACTIVE}


def _stage(
    municipality: Municipality, account: Account, quote: Quote | None, subscription: Subscription | None, *, on: date
) -> Stage:
    if subscription is not None and subscription.state == SubscriptionState.LATE:
        return _when_late(municipality, account)
    if subscription is not None and subscription.state != SubscriptionState.ENDED:
        if subscription.state == SubscriptionState.PENDING and subscription.method == Method.CARD:
            return Stage.TO_PAY
        return _OF_SUBSCRIPTIONS[SubscriptionState(subscription.state)]
    if quote is None:
        return Stage.ENDED if subscription is not None else Stage.NO_QUOTE
    if quote.last_day < on:
        return Stage.EXPIRED
    if quote.state == QuoteState.ACCEPTED:
        return Stage.ORDERED if hasattr(quote, "order") else Stage.ACCEPTED
    return Stage.QUOTED


def _when_late(municipality: Municipality, account: Account) -> Stage:
    if account.is_suspended:
        return Stage.OBJECTED
    is_stopped = account.stopped_at is not None and municipality.state == LifecycleState.READ_ONLY
    return Stage.READ_ONLY if is_stopped else Stage.LATE
