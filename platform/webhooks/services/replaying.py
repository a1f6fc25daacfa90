"""Sending by hand: a trial, one message once more, or all that was not received since a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet
from django.urls import reverse

from accounts.audit import record
from accounts.models import User
from common.city import present_city
from webhooks.enums import DeliveryState, EndpointState
from webhooks.models import Delivery, Endpoint
from webhooks.registry import Fact
from webhooks.selectors import next_try
from webhooks.services.facts import TEST, add_messages
from webhooks.services.refusals import NotSending
from webhooks.services.waking import wake

_SECOND_PRESS = timedelta(seconds=5)


def send_trial(*, endpoint: Endpoint, actor: User, at: datetime) -> Delivery:
    """A message that says nothing but that it is one. Of two presses the second sends nothing. Raises NotSending."""
    with transaction.atomic():
        row = _sending(endpoint)
        just_sent = row.deliveries.filter(kind=TEST, created_at__gt=at - _SECOND_PRESS).first()
        if just_sent is not None:
            return just_sent
        (made,) = add_messages([row], TEST, Fact(reverse("home"), {}), base=present_city().url, at=at)
        _put_back(Delivery.objects.filter(pk=made.pk), row, at=_before_all(row, at))
        record("webhook_tried", actor=actor, subject=row)
    return made


def send_again(*, delivery: Delivery, actor: User, at: datetime) -> None:
    """As it was, with the same `webhook-id`. One that waits is tried now, before all others. Raises NotSending."""
    with transaction.atomic():
        row = _sending(delivery.endpoint)
        message = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if message.state == DeliveryState.WAITING and next_try(message, row, at=at) is None:
            return
        _put_back(Delivery.objects.filter(pk=message.pk), row, at=_before_all(row, at))
        record("webhook_sent_again", actor=actor, subject=row, messages=1)


def send_failed_again(*, endpoint: Endpoint, since: datetime, actor: User, at: datetime) -> int:
    """All that were given up since; how many. Raises NotSending."""
    with transaction.atomic():
        row = _sending(endpoint)
        failed = Delivery.objects.filter(endpoint=row, state=DeliveryState.FAILED, created_at__gte=since)
        count = _put_back(failed, row, at=at)
        if count:
            record("webhook_sent_again", actor=actor, subject=row, messages=count)
    return count


def _sending(endpoint: Endpoint) -> Endpoint:
    row = Endpoint.objects.select_for_update(of=("self",), no_key=True).get(pk=endpoint.pk)
    if row.state != EndpointState.ACTIVE:
        raise NotSending
    return row


def _before_all(row: Endpoint, at: datetime) -> datetime:
    """Before what waits there already: a site that fails again would rest, and what was asked for by hand with it."""
    first: datetime | None = row.deliveries.filter(due_at__lte=at).aggregate(at=Min("due_at"))["at"]
    return min(first, at) - timedelta(microseconds=1) if first else at


def _put_back(messages: QuerySet[Delivery], row: Endpoint, *, at: datetime) -> int:
    """By hand is now, however long the site should rest after a failure."""
    count = messages.update(state=DeliveryState.WAITING, due_at=at, tries=0)
    if count:
        Endpoint.objects.filter(pk=row.pk).update(rests_until=None)
        wake(at=at)
    return count
