"""Asking for a platform, and starting a run again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from common.events import on_commit_here
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun, SignUp
from onboarding.queue import dispatch
from tenants.models import DEFAULT_COLOUR

# A run offered to the workers and not finished by then is offered again (onboarding.tasks).
OFFERED_AGAIN_AFTER = timedelta(seconds=10)


def ask_for_platform(
    *,
    authority_name: str,
    kind: str,
    authority_code: str,
    slug: str,
    challenge_set: str,
    admin_email: str,
    colour: str = DEFAULT_COLOUR,
    siren: str = "",
    department_code: str = "",
    population: int | None = None,
    framing: dict[str, Any] | None = None,
    verified: bool = False,
    sign_up: SignUp | None = None,
    dispatched: bool = True,
) -> ProvisioningRun:
    """Write a run down and offer it to the workers; if none can be reached now, the sweeper will."""
    with transaction.atomic():
        run = ProvisioningRun.objects.create(
            sign_up=sign_up,
            authority_name=authority_name,
            kind=kind,
            authority_code=authority_code,
            siren=siren,
            department_code=department_code,
            population=population,
            framing=framing or {},
            slug=slug,
            colour=colour,
            challenge_set=challenge_set,
            admin_email=admin_email.strip().lower(),
            verified=verified,
            next_try_at=timezone.now() + (OFFERED_AGAIN_AFTER if dispatched else timedelta()),
        )
        record("platform_asked_for", actor=None, subject=run, slug=slug)
        if dispatched:
            on_commit_here(lambda: dispatch(run.pk))
    return run


def retry(*, run: ProvisioningRun, operator: User, at: datetime) -> None:
    """Give a failed run a fresh start from its step."""
    with transaction.atomic():
        changed = ProvisioningRun.objects.filter(pk=run.pk, state=RunState.FAILED).update(
            state=RunState.RUNNING, attempts=0, next_try_at=at, ended_at=None
        )
        if changed:
            record("provisioning_retried", actor=operator, subject=run)
            on_commit_here(lambda: dispatch(run.pk))
