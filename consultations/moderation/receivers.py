"""What moderation does when others act."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from consultations.moderation.events import report_made
from consultations.moderation.services.holding import wait_no_longer, wait_to_be_read
from consultations.moderation.services.morning import tell_at_once
from consultations.participation.services.holding import held, taken_back
from consultations.participation.services.visibility import Hideable


@receiver(report_made)
def tell_of_what_is_grave(sender: Any, *, report_id: int, **kwargs: Any) -> None:
    tell_at_once(report_id=report_id)


@receiver(held)
def somebody_reads_it(sender: Any, *, thing: Hideable, at: datetime, **kwargs: Any) -> None:
    """In the same transaction: nothing waits for nobody."""
    wait_to_be_read(thing=thing, at=at)


@receiver(taken_back)
def nobody_needs_to(sender: type[Hideable], *, key: int, **kwargs: Any) -> None:
    wait_no_longer(model=sender, key=key)
