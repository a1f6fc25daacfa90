"""Who stops such messages by the link of one of ours is counted with it (common.outbox: at least once)."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from consultations.animation.models import Recipient
from notifications.events import agreement_withdrawn


def connect() -> None:
    agreement_withdrawn.connect(_withdrawn, dispatch_uid="campaigns: agreement withdrawn")


def _withdrawn(sender: object, signal: object, user_id: int, about: str, **payload: Any) -> None:
    try:
        key = UUID(hex=about)
    except ValueError:
        return
    own = Recipient.objects.filter(pk=key, user=user_id, unsubscribed_at=None)
    own.update(unsubscribed_at=timezone.now())
