"""What moderation does when others act."""

from typing import Any

from django.dispatch import receiver

from consultations.moderation.events import report_made
from consultations.moderation.services.morning import tell_at_once


@receiver(report_made)
def tell_of_what_is_grave(sender: Any, *, report_id: int, **kwargs: Any) -> None:
    tell_at_once(report_id=report_id)
