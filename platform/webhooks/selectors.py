"""What the desk shows of webhooks."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_datetime

from webhooks.enums import DeliveryState, Outcome
from webhooks.models import Delivery, Endpoint


def endpoints() -> QuerySet[Endpoint]:
    """With how many messages wait, and were not received."""
    found = Endpoint.objects.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING)),
        failed=Count("deliveries", filter=Q(deliveries__state=DeliveryState.FAILED)),
    )
    return found.order_by("name", "pk")


def log_of(endpoint: Endpoint, *, state: str = "") -> QuerySet[Delivery]:
    """The last ones first, without what they say and were answered."""
    found = Delivery.objects.filter(endpoint=endpoint).defer("body", "log").order_by("-created_at", "-pk")
    return found.filter(state=state) if state else found


def tries_of(delivery: Delivery) -> list[dict[str, Any]]:
    """The last one first."""
    return [
        {**each, "at": parse_datetime(each["at"]), "words": Outcome(each["outcome"]).label}
        for each in delivery.log[::-1]
    ]


def next_try(delivery: Delivery, endpoint: Endpoint, *, at: datetime) -> datetime | None:
    """When one that waits is next tried, by its own turn and once the site has rested. None: it is being sent."""
    moments = [each for each in (delivery.due_at, endpoint.rests_until) if each and each > at]
    return max(moments) if delivery.state == DeliveryState.WAITING and moments else None


def failed_since(endpoint: Endpoint) -> datetime | None:
    """Since when something is there that was not received."""
    oldest = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.FAILED).order_by("created_at").first()
    return oldest.created_at if oldest else None
