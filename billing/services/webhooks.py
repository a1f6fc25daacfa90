"""What Stripe tells of: kept as it comes, in no time; what follows from it is a task's (services.mirror)."""

from datetime import datetime

from django.db import transaction

from billing.clients.records import Event
from billing.clients.stripe import KINDS
from billing.models import WebhookEvent
from billing.services.mirror import take
from common.outbox import enqueue


def receive(*, event: Event, at: datetime, not_ours: str = "") -> bool:
    """Keep an event, and have it taken. False for one that is kept already: nothing happens.

    `not_ours` says why it is of no concern (another mode, another account): it is kept, and that is all.
    """
    outcome = not_ours or ("" if event.kind in KINDS and event.object_id else "not_followed")
    with transaction.atomic():
        _found, is_new = WebhookEvent.objects.get_or_create(
            id=event.id,
            defaults={
                "type": event.kind,
                "object_id": event.object_id,
                "created_at": event.created_at,
                "received_at": at,
                "processed_at": at if outcome else None,
                "outcome": outcome,
            },
        )
        if is_new and not outcome:
            enqueue(take, event_id=event.id)
    return is_new
