"""Asking for a platform; starting a run again, or giving it up."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from common.events import on_commit_here
from common.refusals import Refusal
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun, SignUp
from onboarding.queue import dispatch
from onboarding.selectors import name_in_mails
from tenants.models import WantedCity

# A run that its caller makes itself (manage.py provision) is left to it that long.
LEFT_TO_CALLER = timedelta(seconds=60)


class RunRefusal(Refusal):
    """The run's present state does not allow it."""


class RunIsDone(RunRefusal):
    code = "run_is_done"
    message = _("This platform is ready: it is no longer cancelled, it is closed.")


class NothingToCancel(RunRefusal):
    code = "nothing_to_cancel"
    message = _("This run was refused: nothing was made, there is nothing to cancel.")


class NotFailed(RunRefusal):
    code = "run_not_failed"
    message = _("Only a run that failed can be started again.")


class AlreadyCancelled(RunRefusal):
    code = "run_already_cancelled"
    message = _("This run was cancelled: its address is free. Ask for the platform anew.")


def ask_for_platform(
    wanted: WantedCity,
    *,
    challenge_set: str,
    admin_email: str,
    framing: dict[str, Any] | None = None,
    verified: bool = False,
    sign_up: SignUp | None = None,
    operator: User | None = None,
    dispatched: bool = True,
) -> ProvisioningRun:
    """Create a run and offer it to the workers; if none can be reached, the sweeper will.

    `operator`: who asks, where it is one of them. `dispatched=False`: the caller makes it itself, at once.
    """
    with transaction.atomic():
        run = ProvisioningRun.objects.create(
            **asdict(wanted),
            sign_up=sign_up,
            framing=framing or {},
            challenge_set=challenge_set,
            admin_email=admin_email.strip().lower(),
            verified=verified,
            next_try_at=timezone.now() + (timedelta() if dispatched else LEFT_TO_CALLER),
        )
        record("platform_asked_for", actor=operator, subject=run, slug=wanted.slug)
        if dispatched:
            on_commit_here(lambda: dispatch(run.pk))
    return run


def retry(*, run: ProvisioningRun, operator: User, at: datetime) -> None:
    """Give a failed run a fresh start from its step. Running again already: nothing happens.

    Raises RunIsDone, AlreadyCancelled or NotFailed.
    """
    with transaction.atomic():
        run = ProvisioningRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.state == RunState.RUNNING:
            return
        if run.state != RunState.FAILED:
            refusals = {RunState.DONE: RunIsDone, RunState.CANCELLED: AlreadyCancelled}
            raise refusals.get(RunState(run.state), NotFailed)
        run.state, run.attempts, run.next_try_at, run.ended_at = RunState.RUNNING, 0, at, None
        run.save(update_fields=["state", "attempts", "next_try_at", "ended_at"])
        record("provisioning_retried", actor=operator, subject=run)
        on_commit_here(lambda: dispatch(run.pk))


def cancel(*, run: ProvisioningRun, operator: User | None, at: datetime) -> None:
    """Cancel a run. A worker removes what it has made, and its address is free again.

    A worker that is at it stops at the end of its step. `operator` is None when the person who confirmed cancels;
    otherwise that person gets a mail. Cancelled already: nothing happens. Raises RunIsDone or NothingToCancel.
    """
    with transaction.atomic():
        run = ProvisioningRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if run.state == RunState.CANCELLED:
            return
        if run.state == RunState.DONE:
            raise RunIsDone
        if run.state == RunState.REFUSED:
            raise NothingToCancel
        run.state, run.ended_at = RunState.CANCELLED, at
        run.attempts, run.problem, run.next_try_at = 0, "", timezone.now()
        run.save(update_fields=["state", "ended_at", "attempts", "problem", "next_try_at"])
        record("provisioning_cancelled", actor=operator, subject=run, slug=run.slug, by_requester=operator is None)
        if operator is not None:
            name = name_in_mails(kind=run.kind, code=run.authority_code, name=run.authority_name)
            context = {"name": name, "kind": run.kind}
            send_mail_later(template="onboarding/email/cancelled", to=run.admin_email, context=context)
        if run.municipality_id is not None:
            on_commit_here(lambda: dispatch(run.pk))
