"""A fact becomes a message to each site that is told of it, in the transaction that ends its event."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from common.city import present_city
from common.db import connection
from webhooks.enums import EndpointState
from webhooks.models import Delivery, Endpoint
from webhooks.registry import Fact, Kind, Tell
from webhooks.services.waking import wake

TEST = "webhook.test"


def tell(what: Kind, fact_of: Tell, **payload: Any) -> None:
    """Received from the outbox. To sites that were stopped nothing is kept; to those that are paused it waits."""
    if connection.schema_name == "public":
        return
    told = Endpoint.objects.filter(kinds__contains=[what.key]).exclude(state=EndpointState.DISABLED).order_by("pk")
    endpoints = list(told)
    if not endpoints:
        return
    city = present_city()
    if city is None or not city.is_public:
        return
    try:
        fact = fact_of(**payload)
    except ObjectDoesNotExist:
        return
    if fact is not None:
        add_messages(endpoints, what.key, fact, base=city.url, at=timezone.now())


def add_messages(endpoints: list[Endpoint], kind: str, fact: Fact, *, base: str, at: datetime) -> list[Delivery]:
    """Locked until the commit, so that one that is being deleted or stopped keeps none."""
    body = composed(kind, fact, base=base, at=at)
    keys = [each.pk for each in endpoints]
    there = Endpoint.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    alive = [each for each in there if each.state != EndpointState.DISABLED]
    rows = [Delivery(endpoint=each, kind=kind, body=body, created_at=at, due_at=at) for each in alive]
    made = Delivery.objects.bulk_create(rows)
    if made:
        wake(at=at)
    return made


def composed(kind: str, fact: Fact, *, base: str, at: datetime) -> str:
    said = {
        "type": kind,
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {**fact.data, "url": urljoin(base, fact.page)},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
