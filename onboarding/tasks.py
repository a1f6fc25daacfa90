"""Thin entry points for the worker."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from onboarding import provisioning
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun
from onboarding.queue import dispatch
from onboarding.services import runs, sign_ups


@shared_task(name="onboarding.tasks.provision")
def provision(run_key: str, **kwargs: Any) -> None:
    provisioning.advance(run_key)


@shared_task(name="onboarding.tasks.resume_provisioning")
def resume_provisioning(**kwargs: Any) -> None:
    """Offer again every unfinished run that is due: a worker was killed, or Redis was away.

    A run in a worker's hands stays with it: `advance` lets only one at it.
    """
    due = ProvisioningRun.objects.filter(state=RunState.RUNNING, next_try_at__lte=timezone.now())
    keys = list(due.order_by("created_at", "pk").values_list("pk", flat=True)[:200])
    # Not offered again while the queue may still hold it: a hundred cities at once stay a hundred tasks.
    ProvisioningRun.objects.filter(pk__in=keys).update(next_try_at=timezone.now() + runs.OFFERED_AGAIN_AFTER)
    for key in keys:
        dispatch(key)


@shared_task(name="onboarding.tasks.forget_unconfirmed")
def forget_unconfirmed(**kwargs: Any) -> None:
    sign_ups.forget_unconfirmed(at=timezone.now())
