"""Thin entry points for the worker."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from billing.services.issuing import issue_what_waits


@shared_task(name="billing.tasks.issue_what_waits")
def issue_waiting(**kwargs: Any) -> int:
    """Each hour: what a check held back leaves once that is mended."""
    return issue_what_waits(at=timezone.now())
