"""What billing does when something happens elsewhere."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from billing.events import city_stopped
from billing.models import Account
from billing.services.closing import follow_city
from billing.services.reminders import tell_of_reading_only
from billing.services.standing import follow
from tenants.enums import LifecycleState
from tenants.events import municipality_closing_changed, municipality_state_changed


@receiver(municipality_state_changed)
def follow_a_city_that_is_back(*, municipality_id: int, before: str, **kwargs: Any) -> None:
    """What was paid while an operator had it suspended has its effect then."""
    if before == LifecycleState.SUSPENDED:
        account = Account.objects.filter(municipality=municipality_id, stopped_at__isnull=False).first()
        if account is not None:
            follow(account, at=timezone.now())


@receiver(municipality_closing_changed)
def follow_a_city_that_is_closed(*, municipality_id: int, **kwargs: Any) -> None:
    """Closed, reopened or deleted."""
    follow_city(municipality_id, at=timezone.now())


@receiver(city_stopped)
def say_what_is_owed(*, invoice_id: int, **kwargs: Any) -> None:
    tell_of_reading_only(invoice_id=invoice_id)
