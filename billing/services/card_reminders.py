"""Orders whose card has not paid: its city is written to twice, operators once; then the order has lapsed.

Each word once, of what the day asks for. Nobody is bound before the card has paid.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from billing.documents.amounts import printed
from billing.enums import Method, QuoteState, SubscriptionState
from billing.models import Account, Quote, Subscription
from billing.services import card
from billing.services.closing import NOT_INVOICED
from billing.services.contacts import page_of, people_of
from billing.services.mirror import read_again
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task

# Days after the order: a first word; a second one, which operators get too, with the day on which it lapses; that day.
FIRST, SECOND, LAPSES = 5, 15, 30
WORDS = (FIRST, SECOND, LAPSES)
# However late a round comes: between the two words, and from the second one until it lapses.
APART, NOTICE = timedelta(days=7), timedelta(days=LAPSES - SECOND)


def to_tell(*, at: datetime) -> list[int]:
    """Those of which a word is due, somewhere at least: it may be tomorrow there."""
    due = Q()
    for days in WORDS:
        due |= Q(created_at__lte=at - timedelta(days=days - 2), card_told_days__lt=days)
    open_cities = _waiting().exclude(account__municipality__state__in=NOT_INVOICED)
    return list(open_cities.filter(due).order_by("pk").values_list("pk", flat=True))


def tell(subscription_id: int, *, at: datetime) -> None:
    """The word whose day has come, a week after the one before at least. Again: nothing happens."""
    with schema_context("public"), transaction.atomic():
        account = locked(Account.objects.get(subscriptions=subscription_id))
        found = _waiting().select_related("quote").filter(pk=subscription_id).first()
        if found is None:
            return
        day_of = account.municipality.day_of
        ordered_on, today = day_of(found.created_at), day_of(at)
        days = next((each for each in WORDS if each > found.card_told_days), None)
        if days is None or today < _day_of(days, ordered_on, told_on=found.card_told_on):
            return
        found.card_told_days, found.card_told_on = days, today
        found.save(update_fields=["card_told_days", "card_told_on"])
        if days == LAPSES:
            enqueue(lapse, subscription_id=found.pk)
            return
        record("order_reminded", actor=None, subject=found, days=days)
        _write(account, found.quote, days=days, lapses_on=_day_of(LAPSES, ordered_on, told_on=today))


def _day_of(word: int, ordered_on: date, *, told_on: date | None) -> date:
    due_on, after = ordered_on + timedelta(days=word), NOTICE if word == LAPSES else APART
    return max(due_on, told_on + after) if told_on else due_on


@outbox_task
def lapse(*, subscription_id: int, **kwargs: Any) -> None:
    """Close the page at Stripe, then set the quote aside; where the card has paid meanwhile, it begins instead."""
    account = Account.objects.filter(subscriptions=subscription_id).first()
    if account is None:
        return  # done already
    account = locked(account)
    found = _waiting().select_related("quote").filter(pk=subscription_id).first()
    if found is None:
        return
    if card.close_page(found):
        enqueue(read_again, kind="checkout.session.completed", object_id=found.stripe_page)
        return
    record("order_lapsed", actor=None, subject=found, number=found.quote.number)
    quote = found.quote
    found.delete()
    Quote.objects.filter(pk=quote.pk).update(state=QuoteState.WITHDRAWN)
    _write(account, quote, days=LAPSES, lapses_on=account.municipality.day_of(timezone.now()))


def _waiting() -> Any:
    return Subscription.objects.filter(state=SubscriptionState.PENDING, method=Method.CARD, stripe_id="")


def _write(account: Account, quote: Quote, *, days: int, lapses_on: date) -> None:
    city = account.municipality
    said = {
        "municipality": city,
        "quote": quote,
        "price": printed(quote.total_cents),
        "lapses_on": lapses_on,
        "has_lapsed": days == LAPSES,
        "is_last": days == SECOND,
        "page": page_of(city),
        "service_email": settings.SERVICE_EMAIL,
    }
    for address in people_of(account):
        send_mail_later(template="billing/email/card_waits", to=address, context=said)
    if days == SECOND:
        page = f"{settings.PUBLIC_BASE_URL}/ops/facturation/collectivites/{city.pk}/"
        send_mail_later(
            template="billing/email/card_waits_ops", to=settings.SERVICE_EMAIL, context={**said, "page": page}
        )
