"""Every city together: which structure each has, and bringing those behind to that of this release.

A release's changes are recorded once (tenants.changes) and replayed city by city, some at a time.
Each transaction holds one or more whole migrations with their rows in django_migrations: a kill
leaves a city before or after it, and the next run goes on from there. A city that fails keeps its
structure and says why; the others go on.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from queue import Empty, SimpleQueue
from threading import Event

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count
from django_tenants.utils import schema_context
from psycopg import sql

from common.db import as_owner, connection
from tenants.changes import change_from
from tenants.enums import LifecycleState
from tenants.models import Municipality, StructureChange
from tenants.schema import grant_rights
from tenants.structure import (
    LockHeld,
    current_fingerprint,
    current_snapshot,
    migrate,
    migration_executor,
    session_lock,
)

logger = logging.getLogger(__name__)

TRIES = 4
FIRST_PAUSE_SECONDS = 0.5  # before the second try; then twice as long each time
# Another process with the same city: it ends soon, or holds nothing that anybody waits for.
WAIT_FOR_CITY_SECONDS = 60.0
_SCHEMAS_A_QUERY = 200
# lock_not_available, deadlock_detected; and two GRANTs of one table at once, which has no code of its own.
_PASSING = {"55P03", "40P01"}
_PASSING_WORDS = "tuple concurrently updated"
_NEW = ("CREATE TABLE", "ADD COLUMN")


# ── Status ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class StructureCount:
    """How many cities have a structure; it is empty for those not made yet, or made before structures were noted."""

    structure: str
    cities: int
    problems: int
    up_to_date: bool


@dataclass(frozen=True)
class Status:
    structure: str
    structures: list[StructureCount]
    states: dict[str, int]
    in_maintenance: int
    problems: list[dict[str, str]]

    @property
    def behind(self) -> int:
        return sum(count.cities for count in self.structures if not count.up_to_date)


def status() -> Status:
    """What the register says of the fleet: two queries, however many cities."""
    current = current_fingerprint()
    cities: Counter[str] = Counter()
    states: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    in_maintenance = 0
    rows = Municipality.objects.order_by("structure", "state").values_list("structure", "state")
    for structure, state, number, stopped in rows.annotate(number=Count("pk"), stopped=Count("maintenance_since")):
        states[state] += number
        if state != LifecycleState.DELETED:
            cities[structure] += number
            in_maintenance += stopped
    refused = Municipality.objects.exclude(structure_problem="").exclude(structure=current)
    refused = refused.exclude(state=LifecycleState.DELETED).order_by("name", "pk")
    said = [
        {"slug": slug, "schema": schema_name, "structure": structure, "problem": problem}
        for slug, schema_name, structure, problem in refused.values_list(
            "slug", "schema_name", "structure", "structure_problem"
        )
    ]
    problems.update(row["structure"] for row in said)
    counts = [
        StructureCount(structure, number, problems[structure], structure == current)
        for structure, number in sorted(cities.items(), key=lambda item: (item[0] != current, -item[1], item[0]))
    ]
    return Status(current, counts, dict(states), in_maintenance, said)


# ── Bringing the fleet up to date ────────────────────────────────────────────


@dataclass(frozen=True)
class City:
    schema_name: str
    slug: str
    structure: str


@dataclass(frozen=True)
class Outcome:
    """Of one city. `result` is done, skipped (nothing was to do after all) or failed."""

    city: City
    result: str
    problem: str = ""


@dataclass
class Report:
    structure: str
    outcomes: list[Outcome] = field(default_factory=list)
    recorded: list[StructureChange] = field(default_factory=list)
    seconds: float = 0.0

    def having(self, result: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.result == result]

    @property
    def cities_per_second(self) -> float:
        return len(self.having("done")) / self.seconds if self.seconds else 0.0


def migrate_fleet(*, jobs: int = 4, heard: Callable[[Outcome], object] = lambda outcome: None) -> Report:
    """Give every city the structure of this release; `heard` is told of each. One query when all have it.

    `public` must be up to date. Two at once do no harm: they take turns in each city.
    """
    started = time.perf_counter()
    connection.set_schema_to_public()
    report = Report(current_fingerprint())
    cities = _behind(report.structure)
    if cities:
        current_snapshot()
        for outcome in _brought_up_to_date(cities, report, jobs):
            report.outcomes.append(outcome)
            heard(outcome)
        _made_durable()
    report.seconds = time.perf_counter() - started
    return report


def _behind(structure: str) -> list[City]:
    cities = Municipality.objects.exclude(structure=structure).exclude(state=LifecycleState.DELETED)
    return [City(*row) for row in cities.order_by("pk").values_list("schema_name", "slug", "structure")]


def _brought_up_to_date(cities: list[City], report: Report, jobs: int) -> Iterator[Outcome]:
    legacy = [city for city in cities if not city.structure]
    made, current = _found_out(legacy, report.structure) if legacy else (set(), set())
    for city in legacy:
        if city.schema_name not in made - current:
            yield Outcome(city, "skipped")
    groups: dict[str, list[City]] = {}
    for city in cities:
        if city.structure or city.schema_name in made - current:
            groups.setdefault(city.structure, []).append(city)
    for structure, group in groups.items():
        try:
            change = change_from(structure)
        except Exception as problem:
            # Nothing of it was tried in a city.
            logger.exception("the change from structure %s could not be recorded", structure)
            yield from _refuse(group, report.structure, f"Recording: {_short(problem)}")
            continue
        if change is not None:
            report.recorded.append(change)
        yield from _in_parallel(group, partial(_advance, change=change, structure=report.structure), jobs)


def _found_out(cities: Sequence[City], structure: str) -> tuple[set[str], set[str]]:
    """Of cities without a noted structure: those that have a schema, and those found up to date (now noted)."""
    names = [city.schema_name for city in cities]
    applied: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) ORDER BY nspname", [names])
        made = [row[0] for row in cursor.fetchall()]
        for start in range(0, len(made), _SCHEMAS_A_QUERY):
            looks = [
                sql.SQL("SELECT {name}, array_agg(app || '.' || name) FROM {schema}.django_migrations").format(
                    name=sql.Literal(schema), schema=sql.Identifier(schema)
                )
                for schema in made[start : start + _SCHEMAS_A_QUERY]
            ]
            cursor.execute(sql.SQL(" UNION ALL ").join(looks))
            applied |= {schema: set(found or []) for schema, found in cursor.fetchall()}
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    leaves = MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes()
    last = {f"{app}.{name}" for app, name in leaves if app in labels}
    current = {schema for schema, found in applied.items() if last <= found}
    Municipality.objects.filter(schema_name__in=current, structure="").update(structure=structure, structure_problem="")
    return set(made), current


def _refuse(cities: Sequence[City], structure: str, problem: str) -> list[Outcome]:
    with schema_context("public"):
        names = [city.schema_name for city in cities]
        # Not those that another process has brought up to date meanwhile.
        Municipality.objects.filter(schema_name__in=names).exclude(structure=structure).update(
            structure_problem=problem[:300]
        )
    return [Outcome(city, "failed", problem[:300]) for city in cities]


# ── Some at a time ───────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Turn:
    city: City
    number: int = 1
    not_before: float = 0.0


def _in_parallel(cities: Sequence[City], action: Callable[[City], Outcome], jobs: int) -> Iterator[Outcome]:
    """Act on each city, in threads with a connection each. One met with locks is tried again after the others."""
    turns: SimpleQueue[_Turn] = SimpleQueue()
    outcomes: SimpleQueue[Outcome | None] = SimpleQueue()
    stop = Event()
    for city in cities:
        turns.put(_Turn(city))

    def work() -> None:
        try:
            while not stop.is_set():
                turn = turns.get_nowait()
                stop.wait(max(0.0, turn.not_before - time.monotonic()))
                outcome = _one_turn(turn, action)
                if isinstance(outcome, Outcome):
                    outcomes.put(outcome)
                else:
                    turns.put(outcome)
        except Empty:
            pass
        finally:
            connection.close()
            outcomes.put(None)

    threads = min(_affordable(jobs), len(cities))
    connection.close()  # this thread's goes back to the pool while the others work
    with ThreadPoolExecutor(threads) as pool:
        workers = [pool.submit(work) for _unused in range(threads)]
        try:
            for _unused in range(threads):
                yield from iter(outcomes.get, None)
        finally:
            stop.set()  # interrupted: each ends its city, and no other is begun
    for worker in workers:
        worker.result()


def _affordable(jobs: int) -> int:
    """As many threads as were asked for and as the pool has connections for, but one for this thread."""
    pool: dict[str, int] = settings.DATABASES["default"]["OPTIONS"].get("pool") or {}
    return max(1, min(jobs, pool.get("max_size", jobs + 1) - 1))


def _one_turn(turn: _Turn, action: Callable[[City], Outcome]) -> Outcome | _Turn:
    """What came of it, or the turn to take later."""
    try:
        with as_owner():
            return action(turn.city)
    except Exception as problem:
        connection.close()  # whatever state it was left in
        if _passes(problem) and turn.number < TRIES:
            pause = FIRST_PAUSE_SECONDS * 2 ** (turn.number - 1)
            return _Turn(turn.city, turn.number + 1, time.monotonic() + pause)
        logger.warning("fleet: %s stays at its structure: %s", turn.city.schema_name, _short(problem))
        return _refuse([turn.city], current_fingerprint(), _short(problem))[0]
    finally:
        connection.set_schema_to_public()


def _passes(problem: Exception) -> bool:
    cause = problem.__cause__
    return isinstance(problem, DatabaseError) and (
        getattr(cause, "sqlstate", None) in _PASSING or _PASSING_WORDS in str(cause)
    )


def _short(problem: Exception) -> str:
    """One line to act on, without PostgreSQL's DETAIL: that quotes what people wrote."""
    where = "".join(f"{note}: " for note in getattr(problem, "__notes__", []))
    diagnosis = getattr(problem.__cause__, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or f"{type(problem).__name__}: {problem}".splitlines()[0]
    return where + said


# ── One city ─────────────────────────────────────────────────────────────────


def _advance(city: City, *, change: StructureChange | None, structure: str) -> Outcome:
    """Take a city to `structure`; what it already has is left out. Runs as the service, in the city's schema."""
    connection.set_schema(city.schema_name)
    try:
        with session_lock(city.schema_name, seed=0, within=WAIT_FOR_CITY_SECONDS):
            applied = _applied(city.schema_name, structure)
            if applied is None:
                return Outcome(city, "skipped")
            if change is None:
                _migrate_plainly(city, structure)
            else:
                _replay(city, change, applied)
    except LockHeld as problem:
        raise LockHeld(f"another process has held this city for {WAIT_FOR_CITY_SECONDS:.0f} s") from problem
    return Outcome(city, "done")


def _applied(schema_name: str, structure: str) -> set[tuple[str, str]] | None:
    """The migrations that a city has. None when it wants none: brought up to date, or deleted, since it was read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT structure FROM public.tenants_municipality WHERE schema_name = %s AND state <> %s",
            [schema_name, LifecycleState.DELETED],
        )
        row = cursor.fetchone()
        if row is None or row[0] == structure:
            return None
        # By its full name: without the schema, the path would lead to public's.
        cursor.execute(sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(schema_name)))
        return set(cursor.fetchall())


def _replay(city: City, change: StructureChange, applied: set[tuple[str, str]]) -> None:
    missing = [entry for entry in change.migrations if (entry[0], entry[1]) not in applied]
    # Columns too: of some tables a city that only reads may write single ones.
    changes_rights = any(
        statements is None or any(word in statement.upper() for statement in statements for word in _NEW)
        for _app, _name, statements in change.migrations
    )
    runs = [list(run) for _kind, run in groupby(missing, key=lambda entry: entry[2] is None)]
    if not runs or runs[-1][0][2] is None:
        runs.append([])  # only notes the structure
    for run in runs:
        if run and run[0][2] is None:
            for app, name, _statements in run:
                _run_python(city, app, name)
            continue
        with _patient_transaction():
            for app, name, statements in run:
                _run_sql(app, name, statements)
            if changes_rights:
                _grant_again(city)
            if run is runs[-1]:
                _note(city, change.after)


@contextmanager
def _patient_transaction() -> Iterator[None]:
    """A transaction that does not keep a city's visitors waiting behind it: it gives up a lock it cannot get."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Lost with the machine, a city is as before and its turn comes again: see _made_durable.
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true), set_config('synchronous_commit', 'off', true)",
                [_lock_timeout()],
            )
        yield


@contextmanager
def _patient_session() -> Iterator[None]:
    """The same for migrations that commit as they go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_lock_timeout()])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _lock_timeout() -> str:
    return f"{settings.FLEET_LOCK_TIMEOUT * 1000:.0f}ms"


def _made_durable() -> None:
    """Wait for the disk once, for all the commits before this one, which did not."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")  # a transaction without a number commits nothing


def _run_sql(app: str, name: str, statements: list[str]) -> None:
    noted = sql.SQL("INSERT INTO django_migrations (app, name, applied) VALUES ({}, {}, now())").format(
        sql.Literal(app), sql.Literal(name)
    )
    # Each migration was a transaction of its own: its deferred checks are made before the next begins.
    checked = ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
    try:
        with connection.cursor() as cursor:
            # A newline first, because a statement may end in a comment.
            cursor.execute("\n;\n".join([*statements, noted.as_string(), *checked]))
    except DatabaseError as problem:
        problem.add_note(f"{app}.{name}")
        raise


def _run_python(city: City, app: str, name: str) -> None:
    executor = migration_executor()
    try:
        if executor.loader.disk_migrations[app, name].atomic:
            # Its row of django_migrations too: Django writes that after deferred statements.
            with _patient_transaction():
                executor.migrate([(app, name)])
                _grant_again(city)
            return
        with _patient_session():
            executor.migrate([(app, name)])
    except Exception as problem:
        problem.add_note(f"{app}.{name}")
        raise


def _migrate_plainly(city: City, structure: str) -> None:
    """For a city whose structure nobody captured."""
    with _patient_session():
        migrate(city.schema_name)
    connection.set_schema(city.schema_name)
    with _patient_transaction():
        _grant_again(city)
        _note(city, structure)


def _grant_again(city: City) -> None:
    """New tables get the rights that the city's state allows; its row stays locked, so the state stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM public.tenants_municipality WHERE schema_name = %s FOR UPDATE", [city.schema_name]
        )
        (state,) = cursor.fetchone()
    grant_rights(city.schema_name, state=state)


def _note(city: City, structure: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.tenants_municipality SET structure = %s, structure_problem = '' WHERE schema_name = %s",
            [structure, city.schema_name],
        )
