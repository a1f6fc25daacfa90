"""The provisioning engine: reserve → schema → content → administrator → check → ready.

Each step may run twice: it does what is missing and leaves the rest. The run remembers its next
step, in the transaction that ends the one before; the last step and the end of the run are one
transaction, so that a city is seen when its run is done and never before.

A session-level lock keeps two workers off the same run; it goes with the connection, so that a
killed worker's run is free at once. A worker whose connection was lost goes no further, and what a
step has done is recorded only while the run is still at that step: whoever comes late changes nothing.

A run that was cancelled stops at the end of its step and is rolled back: schema, role, domains and
the city's row in the register, in that order. While the run points at a city, something is left to remove.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import User
from accounts.services import appoint
from common.allowances import holds_nothing_yet
from common.db import connection
from consultations.library.selectors import latest_set
from onboarding.checks import PlatformIncomplete, check_platform
from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun, StepRecord
from onboarding.queue import next_runs
from tenants.events import municipality_provisioned
from tenants.models import Municipality
from tenants.schema import create_schema, drop_schema
from tenants.services import AuthorityAlreadyServed, SlugTaken, mark_ready, reserve_municipality
from tenants.verification import requests

logger = logging.getLogger(__name__)

ORDER = [Step.RESERVE, Step.SCHEMA, Step.CONTENT, Step.ADMINISTRATOR, Step.CHECK, Step.READY]

# Nothing a step asks of the database waits or lasts longer: it fails, and is tried again.
STATEMENT_TIMEOUT, LOCK_TIMEOUT = "30s", "10s"
# A worker that has held a run's lock for so long without asking the database anything is frozen.
HUNG_AFTER = timedelta(minutes=3)
# Waits between tries: 2, 6, 18, 54 s, a little more or less so that many runs don't come back at once.
FIRST_WAIT, WAIT_GROWS, LONGEST_WAIT = 2.0, 3, 300.0
# A run that kills its workers, never failing by itself, comes back ever more seldom.
MIN_LEASE, LONGEST_LEASE = timedelta(seconds=10), timedelta(minutes=5)


class Stopped(Exception):
    """The run was cancelled, or another worker has gone further."""


def advance_next() -> ProvisioningRun | None:
    """Take the run whose turn it is to its end; None when none waits, or other workers have them all."""
    connection.set_schema_to_public()
    for key in next_runs(at=timezone.now()):
        run = advance(key, only_if_due=True)
        if run is not None:
            return run
    return None


def advance(run_key: UUID | str, *, only_if_due: bool = False) -> ProvisioningRun | None:
    """Take a run from its step to its end, or remove what a cancelled one has made.

    None when another worker has it (or, `only_if_due`, has just had it), or when the database went away, which does not
    count as an attempt. A refusal (address or authority taken meanwhile) ends the run; any other error is tried again,
    later each time, at most `MAX_ATTEMPTS` times.
    """
    connection.set_schema_to_public()
    with _only_one(str(run_key)) as mine:
        if not mine or not _take(run_key, at=timezone.now(), only_if_due=only_if_due):
            return None
        with _nothing_lasts():
            run = ProvisioningRun.objects.get(pk=run_key)
            try:
                _carry_through(run)
            except (SlugTaken, AuthorityAlreadyServed) as refusal:
                _end(run, RunState.REFUSED, str(refusal.message))
            except Exception as problem:
                if not connection.is_usable():
                    logger.warning("provisioning %s lost the database at %s", run.pk, run.step)
                    return None
                logger.exception("provisioning %s stopped at %s", run.pk, run.step)
                _try_later(run, problem, at=timezone.now())
            return run


def _carry_through(run: ProvisioningRun) -> None:
    try:
        while not run.is_over:
            _do_next_step(run)
    except Stopped:
        run.refresh_from_db()
    if run.state == RunState.CANCELLED:
        _roll_back(run)


def _do_next_step(run: ProvisioningRun) -> None:
    started = time.perf_counter()
    step = Step(run.step)
    with schema_context("public"):
        if step == ORDER[-1]:
            # Seen by everyone and done, or neither.
            with transaction.atomic():
                _durably()
                _hold(run)
                _ACTIONS[step](run)
                _note(run, step, seconds=time.perf_counter() - started)
        else:
            _ACTIONS[step](run)
            seconds = time.perf_counter() - started
            with transaction.atomic():
                _note(run, step, seconds=seconds)


def _hold(run: ProvisioningRun) -> None:
    """Lock the run until the transaction ends. Raises Stopped where it is no longer at its step."""
    at_its_step = ProvisioningRun.objects.filter(pk=run.pk, state=RunState.RUNNING, step=run.step)
    if at_its_step.select_for_update(of=("self",)).values_list("pk").first() is None:
        raise Stopped


def _note(run: ProvisioningRun, step: Step, *, seconds: float) -> None:
    """Go on to the next step. Raises Stopped where the run is no longer at this one."""
    changes: dict[str, object] = {"problem": ""}
    if step == ORDER[-1]:
        changes |= {"state": RunState.DONE, "ended_at": timezone.now()}
    else:
        changes["step"] = ORDER[ORDER.index(step) + 1]
    if not ProvisioningRun.objects.filter(pk=run.pk, state=RunState.RUNNING, step=step).update(**changes):
        raise Stopped
    StepRecord.objects.bulk_create([StepRecord(run=run, step=step, seconds=round(seconds, 4))], ignore_conflicts=True)
    for name, value in changes.items():
        setattr(run, name, value)


# ── The steps ────────────────────────────────────────────────────────────────


def _reserve(run: ProvisioningRun) -> None:
    if run.municipality is not None:
        return
    with transaction.atomic():
        # A run that was cancelled meanwhile must not take its address.
        _hold(run)
        verified_at = timezone.now() if run.verified else None
        run.municipality = reserve_municipality(run.wanted, verified_at=verified_at)
        run.save(update_fields=["municipality"])


def _schema(run: ProvisioningRun) -> None:
    create_schema(_city(run).schema_name)


def _content(run: ProvisioningRun) -> None:
    """Announce the city, so that apps write its content, in its schema and with its role, all or nothing."""
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
        holds_nothing_yet()


def _administrator(run: ProvisioningRun) -> None:
    city = _city(run)
    with schema_context(city.schema_name), transaction.atomic():
        if not User.objects.filter(email__iexact=run.admin_email, role=Role.ADMINISTRATOR).exists():
            appoint(email=run.admin_email, role=Role.ADMINISTRATOR, actor=None)


def _check(run: ProvisioningRun) -> None:
    check_platform(_city(run), admin_email=run.admin_email, expected=_questions(run))


def _ready(run: ProvisioningRun) -> None:
    """Serve the host, mail the invitation to the administrator and, where needed, the operators; in one transaction."""
    city = _city(run)
    mark_ready(municipality=city, at=timezone.now())
    if city.verified_at is None:
        requests.ask(municipality=city, asker_email=run.admin_email, at=timezone.now())
    with schema_context(city.schema_name), transaction.atomic():
        send_mail_later(
            template="onboarding/email/platform_ready",
            to=run.admin_email,
            context={"city": city, "desk_url": f"{city.url}gestion/"},
        )


_ACTIONS: dict[Step, Callable[[ProvisioningRun], None]] = {
    Step.RESERVE: _reserve,
    Step.SCHEMA: _schema,
    Step.CONTENT: _content,
    Step.ADMINISTRATOR: _administrator,
    Step.CHECK: _check,
    Step.READY: _ready,
}


def _questions(run: ProvisioningRun) -> list[str]:
    """The questions of its challenges, as the sign-up reworded them or as the library has them."""
    library = {each.code: each.question for each in latest_set(run.challenge_set).challenges.all()}
    chosen = run.framing.get("challenges") or [{"code": code} for code in library]
    questions = [each.get("question") or library.get(each["code"], "") for each in chosen]
    return [question for question in questions if question and "{" not in question]


def _city(run: ProvisioningRun) -> Municipality:
    assert run.municipality is not None, "reserved first"
    return run.municipality


# ── Cancelled ────────────────────────────────────────────────────────────────


def _roll_back(run: ProvisioningRun) -> None:
    """Remove what the run has made. It may be killed anywhere and runs again."""
    city = run.municipality
    if city is None:
        return
    assert city.ready_at is None, "a city that was ever seen is closed, not rolled back"
    drop_schema(city.schema_name)
    _forget_city(run, city)


def _forget_city(run: ProvisioningRun, city: Municipality) -> None:
    """Remove its addresses and its row in the register; the run no longer points at it."""
    with transaction.atomic():
        _durably()
        Municipality.objects.filter(pk=city.pk, ready_at__isnull=True).delete()
        record("provisioning_rolled_back", actor=None, subject=run, schema=city.schema_name)
    run.municipality = None


# ── Ends ─────────────────────────────────────────────────────────────────────


def _end(run: ProvisioningRun, state: RunState, problem: str) -> None:
    _change(run, state=state, problem=problem[:300], ended_at=timezone.now())


def _try_later(run: ProvisioningRun, problem: Exception, *, at: datetime) -> None:
    attempts = run.attempts + 1
    words = str(problem) if isinstance(problem, PlatformIncomplete) else repr(problem)
    changes = {"attempts": attempts, "problem": words[:300], "next_try_at": at + _wait(attempts)}
    # Rolling back is never given up: there is nothing that somebody else could do about it.
    if attempts >= ProvisioningRun.MAX_ATTEMPTS and run.state == RunState.RUNNING:
        changes |= {"state": RunState.FAILED, "ended_at": at}
    _change(run, **changes)


def _change(run: ProvisioningRun, **changes: object) -> None:
    """Update the run, unless it was cancelled meanwhile; the object too."""
    ProvisioningRun.objects.filter(pk=run.pk, state=run.state).update(**changes)
    run.refresh_from_db()


def _wait(attempts: int) -> timedelta:
    seconds = min(LONGEST_WAIT, FIRST_WAIT * WAIT_GROWS ** (min(attempts, 10) - 1))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311  # no secret


# ── One worker at a time, and none for ever ──────────────────────────────────


@contextmanager
def _only_one(key: str) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if _connection_is_lost():
            connection.close()  # the next one that is asked for is a new one
        elif mine:
            with schema_context("public"), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [key])


@contextmanager
def _nothing_lasts() -> Iterator[None]:
    """Time limits for every statement inside. Commits don't wait for the disk: a step that is lost is done again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),"
            " set_config('synchronous_commit', 'off', false)",
            [STATEMENT_TIMEOUT, LOCK_TIMEOUT],
        )
    try:
        yield
    finally:
        if not _connection_is_lost():
            with schema_context("public"), connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout; RESET lock_timeout; RESET synchronous_commit")


def _durably() -> None:
    """Make the present transaction wait for the disk, and with it all earlier ones."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")


def _take(run_key: UUID | str, *, at: datetime, only_if_due: bool) -> bool:
    """Keep the run from being offered again for a while; whether it could be taken."""
    runs = ProvisioningRun.objects.filter(pk=run_key)
    if only_if_due:
        runs = runs.filter(next_try_at__lte=at).exclude(state__in=[RunState.DONE, RunState.REFUSED, RunState.FAILED])
    created_at = runs.values_list("created_at", flat=True).first()
    if created_at is None:
        return False
    lease = min(max((at - created_at) / 10, MIN_LEASE), LONGEST_LEASE)
    return bool(runs.update(next_try_at=at + lease))


def _connection_is_lost() -> bool:
    return connection.connection is None or connection.connection.closed


def end_hung_workers(*, at: datetime) -> int:
    """Close the connections of workers that hold a run and have been silent (a frozen machine, an endless loop); how
    many.

    That frees the lock and the run, and the worker can no longer write when it wakes up.
    """
    held = """
        SELECT run.key, pg_terminate_backend(activity.pid)
        FROM onboarding_provisioningrun run
        JOIN pg_locks lock ON lock.locktype = 'advisory' AND lock.objsubid = 1 AND lock.granted
         AND ((lock.classid::bigint << 32) | lock.objid::bigint) = hashtextextended(run.key::text, 1)
         AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        JOIN pg_stat_activity activity ON activity.pid = lock.pid
        WHERE run.state IN ('RUNNING', 'CANCELLED') AND greatest(activity.query_start, activity.state_change) < %s
    """
    with connection.cursor() as cursor:
        cursor.execute(held, [at - HUNG_AFTER])
        hung = cursor.fetchall()
    for key, _ended in hung:
        logger.error("provisioning %s was in the hands of a worker that is hung: cut off", key)
    return len(hung)
