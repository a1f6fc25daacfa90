"""Thin entry points for the worker."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from onboarding import provisioning, queue
from onboarding.services import claims, sign_ups
from tenants import spares


# Not acknowledged late: a run that kills its worker would come back at once, for ever. What a killed worker
# leaves is offered again by the sweeper. Past the limits the step is interrupted, then its process ended.
@shared_task(name="onboarding.tasks.provision", acks_late=False, soft_time_limit=120, time_limit=150)
def provision(run_key: str, **kwargs: Any) -> None:
    """Make the city whose turn it is; `run_key` only says which confirmation sent the message."""
    provisioning.advance_next()


@shared_task(name="onboarding.tasks.resume_provisioning")
def resume_provisioning(**kwargs: Any) -> None:
    """Offer again the runs that nobody works on: a worker was killed, Redis was away, a retry is due."""
    now = timezone.now()
    provisioning.end_hung_workers(at=now)
    queue.offer_what_waits(at=now)


@shared_task(name="onboarding.tasks.refill_spare_schemas")
def refill_spare_schemas(**kwargs: Any) -> int:
    """Make the schemas that the next cities will take; not while one waits that is to be made now."""
    return spares.refill(at=timezone.now(), goes_on=lambda: not queue.next_runs(at=timezone.now(), at_most=1))


@shared_task(name="onboarding.tasks.forget_unconfirmed")
def forget_unconfirmed(**kwargs: Any) -> None:
    now = timezone.now()
    sign_ups.forget_unconfirmed(at=now)
    claims.forget_claims(at=now)
