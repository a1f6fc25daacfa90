"""Thin entry points for the worker."""

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from onboarding import provisioning
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun

logger = logging.getLogger(__name__)


@shared_task(name="onboarding.tasks.provision")
def provision(run_key: str, **kwargs: Any) -> None:
    provisioning.advance(run_key)


@shared_task(name="onboarding.tasks.resume_provisioning")
def resume_provisioning(**kwargs: Any) -> None:
    """Offer again every unfinished run that is due: a worker was killed, or Redis was away. One in hand is left alone."""
    due = ProvisioningRun.objects.filter(state=RunState.RUNNING, next_try_at__lte=timezone.now())
    for key in due.order_by("created_at", "pk").values_list("pk", flat=True)[:200]:
        dispatch(key)


def dispatch(run_key: object) -> None:
    try:
        provision.apply_async(args=[str(run_key)], retry=False)
    except (BrokerAway, OSError):
        logger.warning("broker away, provisioning run waits for the sweeper")
