"""Invoices that we have Stripe make and number: of a period at its end, or in the place of one that was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from billing.clients import invoices
from billing.models import Quote, Subscription
from billing.services import selling
from billing.services.calls import keep, once
from billing.services.mirror import read_again
from billing.services.years import year_of
from common.outbox import enqueue


@dataclass(frozen=True)
class Wanted:
    """One line, without tax. Both days are in the period. `metadata` tells this invoice from all others of ours."""

    subscription: Subscription
    label: str
    net_cents: int
    vat_basis_points: int
    begins_on: date
    ends_on: date
    engagement_number: str
    metadata: Mapping[str, str]


def keep_keys(key: str, subscription: Subscription, begins_on: date | None, rate: int, *, at: datetime) -> None:
    """Of all calls that `make_final` makes for this key, at a rate of VAT."""
    selling.keep_keys(_quote(subscription, begins_on), rate, at=at)
    keep(key, f"{key}:final", at=at)


def make_final(key: str, wanted: Wanted, *, at: datetime) -> str:
    """Stripe's id of the invoice, with its number; its row follows. Again: the same one. Raises CallFailed."""
    quote = _quote(wanted.subscription, wanted.begins_on)
    customer, rate = selling.customer_of(quote, at=at), selling.tax_rate_of(wanted.vat_basis_points, at=at)
    told = {
        "subscription": str(wanted.subscription.pk),
        "engagement": wanted.engagement_number,
        **wanted.metadata,
    }
    since = at - timedelta(days=60)

    def find() -> str:
        # One whose line was never made stays a draft that nobody sees.
        theirs = invoices.invoices(customer_id=customer, since=since)
        return next((each.id for each in theirs if each.metadata == told and each.subtotal == wanted.net_cents), "")

    made = once(
        key,
        lambda key: (
            invoices.create_invoice(
                key=key,
                customer_id=customer,
                description=wanted.label,
                amount=wanted.net_cents,
                tax_rate_id=rate,
                metadata=told,
                period=_period(wanted),
            ).id
        ),
        find=find,
        at=at,
    )
    once(
        f"{key}:final",
        lambda key: invoices.finalize_invoice(key=key, invoice_id=made).id,
        find=lambda: "" if invoices.retrieve_invoice(made).status == "draft" else made,
        at=at,
    )
    enqueue(read_again, kind="invoice.finalized", object_id=made)
    return made


def _quote(subscription: Subscription, begins_on: date | None) -> Quote:
    """By which that period was ordered."""
    year = year_of(subscription, begins_on)
    quote = year.quote if year else subscription.quote
    quote.account = subscription.account
    return quote


def _period(wanted: Wanted) -> tuple[datetime, datetime]:
    """From the first midnight to that after the last day, where the city is."""
    here = ZoneInfo(wanted.subscription.account.municipality.time_zone)
    return (
        datetime.combine(wanted.begins_on, time.min, here),
        datetime.combine(wanted.ends_on + timedelta(days=1), time.min, here),
    )
