"""What is told of the end of a subscription, and of the numbers of its next years; and what comes after the end.

Each is told once, of what the day asks for: nobody looks at all cities.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from billing.documents.amounts import printed
from billing.enums import SubscriptionState
from billing.models import NUMBER_ASKED, OFFERED, RUNNING, Account, OrderedYear, Subscription
from billing.seller import seller
from billing.services.beginning import stop_writing
from billing.services.contacts import page_of, people_of
from billing.services.plans import price_shown
from billing.services.standing import locked
from tenants.enums import LifecycleState

# Days before the last one that is ordered; and the day after.
WORDS, OVER = (OFFERED.days, 30, 7), 0


# The end


def ending(*, on: date) -> QuerySet[Subscription]:
    """For operators: those of which nothing is ordered to follow, the next to end first."""
    soon = Subscription.objects.filter(state__in=RUNNING, ends_on__lte=on + OFFERED)
    return soon.select_related("account__municipality").order_by("ends_on", "pk")


def to_tell(*, at: datetime) -> list[int]:
    """Those of which a word is due, somewhere at least: it may be tomorrow there."""
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    due = Q()
    for days in WORDS:
        due |= Q(ends_on__lte=tomorrow + timedelta(days=days)) & (Q(told_days=None) | Q(told_days__gt=days))
    running = Subscription.objects.filter(due, state__in=RUNNING, declined_at=None)
    over = _over().filter(ends_on__gte=tomorrow - timedelta(days=settings.ENDED_GRACE_DAYS)).exclude(told_days=OVER)
    return sorted({*running.values_list("pk", flat=True), *over.values_list("pk", flat=True)})


def tell(subscription_id: int, *, at: datetime) -> None:
    """The word whose day has come, to those whom the city has named and to its administrators. Again: nothing."""
    with schema_context("public"), transaction.atomic():
        subscription = _locked(subscription_id)
        days = _word(subscription, on=subscription.account.municipality.day_of(at))
        if days is None:
            return
        subscription.told_days = days
        subscription.save(update_fields=["told_days"])
        record("end_told", actor=None, subject=subscription, days=days)
        template = "billing/email/renewal" if days else "billing/email/subscription_over"
        _write(subscription.account, template, _end(subscription, at=at))


def _word(subscription: Subscription, *, on: date) -> int | None:
    ends_on, told = subscription.ends_on, subscription.told_days
    if ends_on is None:
        return None
    if subscription.state == SubscriptionState.ENDED:
        is_news = told != OVER and subscription.open_until is not None and on <= subscription.open_until
        return OVER if is_news and _over().filter(pk=subscription.pk).exists() else None
    if not subscription.runs or subscription.declined_at:
        return None
    due = min((days for days in WORDS if (ends_on - on).days <= days), default=None)
    return due if due is not None and (told is None or told > due) else None


def _end(subscription: Subscription, *, at: datetime) -> dict[str, Any]:
    city = subscription.account.municipality
    last = subscription.years.select_related("quote").last()
    price = price_shown(city, on=city.day_of(at))
    return {
        "subscription": subscription,
        "open_until": subscription.open_until,
        "before": printed(last.quote.yearly_cents) if last else "",
        "after": printed(price.yearly_cents) if price else "",
        "population": price.population if price else None,
    }


def to_stop(*, at: datetime) -> list[int]:
    """Those that have ended so long ago that their city only reads."""
    before = timezone.localdate(at) - timedelta(days=settings.ENDED_GRACE_DAYS - 1)
    late = _over().filter(ends_on__lt=before, account__municipality__state=LifecycleState.ACTIVE)
    return list(late.order_by("pk").values_list("pk", flat=True))


def stop(subscription_id: int, *, at: datetime) -> None:
    """Announced, and its days over. Again: nothing happens."""
    with schema_context("public"), transaction.atomic():
        subscription = _locked(subscription_id)
        on = subscription.account.municipality.day_of(at)
        is_told = subscription.told_days == OVER and _over().filter(pk=subscription_id).exists()
        if is_told and subscription.open_until and on > subscription.open_until:
            stop_writing(subscription, at=at)


def _over() -> QuerySet[Subscription]:
    """Those that have run to their end, and that nothing has followed."""
    follows = Subscription.objects.filter(account=OuterRef("account")).exclude(state=SubscriptionState.ENDED)
    later = Subscription.objects.filter(account=OuterRef("account"), created_at__gt=OuterRef("created_at"))
    return Subscription.objects.filter(
        ~Exists(follows), ~Exists(later), state=SubscriptionState.ENDED, ends_on=F("period_ends_on")
    )


# The numbers of later years


def years_to_ask(*, at: datetime) -> list[int]:
    soon = timezone.localdate(at) + NUMBER_ASKED + timedelta(days=1)
    waiting = OrderedYear.objects.filter(engagement_number="", asked_at=None, number__gt=1, begins_on__lte=soon)
    return list(waiting.filter(subscription__state__in=RUNNING).order_by("pk").values_list("pk", flat=True))


def ask_for_number(year_id: int, *, at: datetime) -> None:
    """Write for the engagement number of a year that begins soon. Again: nothing happens."""
    with schema_context("public"), transaction.atomic():
        subscription = _locked(OrderedYear.objects.get(pk=year_id).subscription_id)
        account, year = subscription.account, OrderedYear.objects.select_related("quote").get(pk=year_id)
        is_soon = year.begins_on - account.municipality.day_of(at) <= NUMBER_ASKED
        if not is_soon or year.asked_at or year.engagement_number or not subscription.runs:
            return
        year.asked_at = at
        year.save(update_fields=["asked_at"])
        record("number_asked_for", actor=None, subject=subscription)
        _write(account, "billing/email/engagement", {"year": year, "is_needed": account.needs_engagement})


# Parts


def _locked(subscription_id: int) -> Subscription:
    account = locked(Account.objects.get(subscriptions=subscription_id))
    found: Subscription = Subscription.objects.select_related("quote").get(pk=subscription_id)
    found.account = account
    return found


def _write(account: Account, template: str, context: dict[str, Any]) -> None:
    city = account.municipality
    known = {"municipality": city, "service_email": seller().email, "page": page_of(city)}
    for address in people_of(account):
        send_mail_later(template=template, to=address, context={**known, **context})
