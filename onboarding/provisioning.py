"""The provisioning engine: reserve → schema → content → administrator → check → ready.

Each step may run twice: it does what is missing and leaves the rest. The run remembers its next
step, in the transaction that ends the one before. A session-level lock keeps two workers off the
same run; it goes with the connection, so that a killed worker's run is free at once.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import User
from accounts.services import appoint
from common.db import connection
from onboarding.checks import check_platform
from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun, StepRecord
from tenants.events import municipality_provisioned
from tenants.models import Municipality
from tenants.schema import create_schema
from tenants.services import AuthorityAlreadyServed, SlugTaken, mark_ready, reserve_municipality

logger = logging.getLogger(__name__)

ORDER = [Step.RESERVE, Step.SCHEMA, Step.CONTENT, Step.ADMINISTRATOR, Step.CHECK, Step.READY]


def advance(run_key: UUID | str) -> ProvisioningRun | None:
    """Take a run from wherever it is to its end. None when another worker has it.

    A refusal (address or authority taken meanwhile) ends the run; anything else is tried again,
    later each time, at most `MAX_ATTEMPTS` times.
    """
    connection.set_schema_to_public()
    with _only_one(str(run_key)) as mine:
        if not mine:
            return None
        run = ProvisioningRun.objects.select_related("municipality", "sign_up").get(pk=run_key)
        try:
            while not run.is_over:
                _do_next_step(run)
        except (SlugTaken, AuthorityAlreadyServed) as refusal:
            _end(run, RunState.REFUSED, str(refusal.message))
        except Exception as problem:
            logger.exception("provisioning %s stopped at %s", run.pk, run.step)
            _try_later(run, problem)
        return run


def _do_next_step(run: ProvisioningRun) -> None:
    started = time.perf_counter()
    step = Step(run.step)
    with schema_context("public"):
        _ACTIONS[step](run)
    seconds = round(time.perf_counter() - started, 4)
    with transaction.atomic():
        StepRecord.objects.get_or_create(run=run, step=step, defaults={"seconds": seconds})
        if step == ORDER[-1]:
            run.state, run.ended_at = RunState.DONE, timezone.now()
        else:
            run.step = ORDER[ORDER.index(step) + 1]
        run.problem = ""
        run.save(update_fields=["step", "state", "ended_at", "problem"])


# ── The steps ────────────────────────────────────────────────────────────────


def _reserve(run: ProvisioningRun) -> None:
    if run.municipality is not None:
        return
    with transaction.atomic():
        run.municipality = reserve_municipality(
            slug=run.slug,
            name=run.authority_name,
            kind=run.kind,
            authority_code=run.authority_code,
            siren=run.siren,
            department_code=run.department_code,
            population=run.population,
            colour=run.colour,
            verified_at=timezone.now() if run.verified else None,
        )
        run.save(update_fields=["municipality"])


def _schema(run: ProvisioningRun) -> None:
    create_schema(_city(run).schema_name)


def _content(run: ProvisioningRun) -> None:
    """Whoever has content for a new city writes it, in its schema and with its role, all or nothing."""
    city = _city(run)
    logo = run.sign_up.logo if run.sign_up else None
    with schema_context(city.schema_name), transaction.atomic():
        municipality_provisioned.send(
            sender=None,
            municipality=city,
            challenge_set=run.challenge_set,
            framing=run.framing,
            logo=bytes(logo) if logo else None,
        )


def _administrator(run: ProvisioningRun) -> None:
    """The account, and the mail that invites its owner in; once, with the step."""
    city = _city(run)
    with schema_context(city.schema_name), transaction.atomic():
        if User.objects.filter(email__iexact=run.admin_email, role=Role.ADMINISTRATOR).exists():
            return
        appoint(email=run.admin_email, role=Role.ADMINISTRATOR, actor=None)
        send_mail_later(
            template="onboarding/email/platform_ready",
            to=run.admin_email,
            context={"city": city, "desk_url": f"{city.url}gestion/"},
        )


def _check(run: ProvisioningRun) -> None:
    check_platform(_city(run), admin_email=run.admin_email)


def _ready(run: ProvisioningRun) -> None:
    mark_ready(municipality=_city(run), at=timezone.now())


_ACTIONS: dict[Step, Callable[[ProvisioningRun], None]] = {
    Step.RESERVE: _reserve,
    Step.SCHEMA: _schema,
    Step.CONTENT: _content,
    Step.ADMINISTRATOR: _administrator,
    Step.CHECK: _check,
    Step.READY: _ready,
}


def _city(run: ProvisioningRun) -> Municipality:
    assert run.municipality is not None, "reserved first"
    return run.municipality


# ── Ends ─────────────────────────────────────────────────────────────────────


def _end(run: ProvisioningRun, state: RunState, problem: str) -> None:
    run.state, run.problem, run.ended_at = state, problem[:300], timezone.now()
    run.save(update_fields=["state", "problem", "ended_at"])


def _try_later(run: ProvisioningRun, problem: Exception) -> None:
    run.attempts += 1
    run.problem = repr(problem)[:300]
    if run.attempts >= ProvisioningRun.MAX_ATTEMPTS:
        run.state, run.ended_at = RunState.FAILED, timezone.now()
    run.next_try_at = timezone.now() + timedelta(seconds=2**run.attempts)
    run.save(update_fields=["attempts", "problem", "state", "ended_at", "next_try_at"])


@contextmanager
def _only_one(key: str) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with schema_context("public"), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [key])
