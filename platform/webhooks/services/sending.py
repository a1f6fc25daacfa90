"""Sending what waits in the present city: one message at a time, to each site in its turn, by one worker.

A round lasts for some seconds; then the city waits behind those that came meanwhile. So a city with ten thousand
messages for a site that hangs takes one worker's connection, and nobody else's. Nothing is open while one waits for an
answer; what was answered is written in a transaction of its own. A kill between the two sends that message once more.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from common.city import present_city
from common.outbox import announce_later
from webhooks.addresses import NoTarget, target_of
from webhooks.clients import Answer, post
from webhooks.enums import DeliveryState, EndpointState, Outcome
from webhooks.events import endpoint_disabled
from webhooks.models import Delivery, Endpoint
from webhooks.services import waking
from webhooks.services.endpoints import disable
from webhooks.signing import signatures

logger = logging.getLogger(__name__)

ROUND_SECONDS = 20.0
# Between one try of a message and the next (Standard Webhooks): ten tries, in a little more than three days.
BACK_OFF = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
]
# A site that fails rests as long, an hour at most: then one of those that wait is tried.
_LONGEST_REST = timedelta(hours=1)
# Failing since then without one success, a site is sent nothing more.
STOPPED_AFTER = timedelta(days=5)
_LOG_KEPT = 20
# Of a city whose pages nobody reads at present.
_NOT_NOW = timedelta(hours=1)


@dataclass(frozen=True)
class _Due:
    endpoint: Endpoint
    delivery: Delivery


def send_for_a_while() -> None:
    until = time.monotonic() + ROUND_SECONDS
    if not _is_read():
        with transaction.atomic():
            waking.rest(at=timezone.now(), at_least=_NOT_NOW)
        return
    while time.monotonic() < until and send_next(at=timezone.now()):
        pass
    with transaction.atomic():
        waking.rest(at=timezone.now())


def _is_read() -> bool:
    city = present_city()
    return city is not None and city.is_public and city.moved_at is None and city.maintenance_since is None


def send_next(*, at: datetime) -> bool:
    """Send one of those that are due; False: there is none."""
    due = _next(at)
    if due is None:
        return False
    answer = _sent(due, at=at)
    _note(due, answer, at=at)
    return True


def _next(at: datetime) -> _Due | None:
    """The first of the site whose turn it is: of those that have something due, the one tried longest ago."""
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), due_at__lte=at)
    resting = Q(rests_until__gt=at)
    endpoints = Endpoint.objects.filter(Exists(due), state=EndpointState.ACTIVE).exclude(resting)
    endpoint = endpoints.order_by(F("tried_at").asc(nulls_first=True), "pk").first()
    if endpoint is None:
        return None
    delivery = Delivery.objects.filter(endpoint=endpoint, due_at__lte=at).order_by("due_at", "created_at", "pk").first()
    return _Due(endpoint, delivery) if delivery else None


def _sent(due: _Due, *, at: datetime) -> Answer:
    try:
        target = target_of(due.endpoint.url)
    except NoTarget:  # it was one for the release before
        return Answer(Outcome.PRIVATE, 0)
    timestamp = int(at.timestamp())
    keys = [due.endpoint.secret]
    if due.endpoint.old_secret_until and at < due.endpoint.old_secret_until:
        keys.append(due.endpoint.old_secret)
    body, message_id = due.delivery.body, due.delivery.message_id
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(keys, message_id=message_id, timestamp=timestamp, body=body),
    }
    return post(target, body=body, headers=headers)


def _note(due: _Due, answer: Answer, *, at: datetime) -> None:
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(of=("self",), no_key=True).filter(pk=due.endpoint.pk).first()
        delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=due.delivery.pk).first()
        if endpoint is None or delivery is None:  # deleted meanwhile
            return
        endpoint.tried_at = at
        if delivery.state == DeliveryState.WAITING:
            _write(delivery, answer, at=at)
        if answer.outcome == Outcome.RECEIVED:
            endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
        else:
            _count_failure(endpoint, at=at)
        if endpoint.old_secret_until and endpoint.old_secret_until <= at:
            endpoint.old_secret, endpoint.old_secret_until = "", None
        endpoint.save(
            update_fields=["tried_at", "failures", "failing_since", "rests_until", "old_secret", "old_secret_until"]
        )
        if endpoint.state == EndpointState.ACTIVE and _is_lost(endpoint, answer, at=at):
            disable(endpoint, at=at)
            announce_later(endpoint_disabled, endpoint_id=endpoint.pk)


def _write(delivery: Delivery, answer: Answer, *, at: datetime) -> None:
    entry: dict[str, Any] = {
        "at": at.isoformat(),
        "outcome": answer.outcome,
        "status": answer.status,
        "ms": answer.milliseconds,
        "answer": answer.text,
    }
    delivery.log = [*delivery.log, entry][-_LOG_KEPT:]
    delivery.tries += 1
    delivery.outcome, delivery.status = answer.outcome, answer.status
    delivery.milliseconds, delivery.tried_at = answer.milliseconds, at
    if answer.outcome == Outcome.RECEIVED:
        delivery.state, delivery.due_at = DeliveryState.SENT, None
    elif delivery.tries > len(BACK_OFF):
        delivery.state, delivery.due_at = DeliveryState.FAILED, None
    else:
        delivery.due_at = at + BACK_OFF[delivery.tries - 1]
    delivery.save()


def _count_failure(endpoint: Endpoint, *, at: datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or at
    rest = BACK_OFF[min(endpoint.failures, len(BACK_OFF)) - 1]
    endpoint.rests_until = at + min(rest, _LONGEST_REST)


def _is_lost(endpoint: Endpoint, answer: Answer, *, at: datetime) -> bool:
    if answer.outcome == Outcome.GONE:
        return True
    return endpoint.failing_since is not None and at - endpoint.failing_since >= STOPPED_AFTER
