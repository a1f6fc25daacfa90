"""All cities: which structure each has, and bringing those behind to that of this release.

A release's changes are recorded once (tenants.changes) and replayed city by city, some at a time. Each transaction
holds whole migrations with their rows in django_migrations: a kill leaves a city before or after it, and the next run
continues there. A city that fails keeps its structure and its error; the others continue.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
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
from tenants import spares
from tenants.changes import change_from
from tenants.enums import LifecycleState
from tenants.many import ask_many
from tenants.models import Municipality, StructureChange
from tenants.replay import City, Outcome, advance, wait_for_disk
from tenants.structure import current_fingerprint, current_snapshot

logger = logging.getLogger(__name__)

TRIES = 4
FIRST_PAUSE_SECONDS = 0.5  # before the second try; then twice as long each time
# lock_not_available, deadlock_detected; and two GRANTs of one table at once, which has no code of its own.
_PASSING = {"55P03", "40P01"}
_PASSING_WORDS = "tuple concurrently updated"


# ── Status ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class StructureCount:
    """How many cities have a structure; "" for those not made yet, or made before structures were noted."""

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
    spares: int
    problems: list[dict[str, str]]
    moved: list[dict[str, str]]

    @property
    def behind(self) -> int:
        return sum(count.cities for count in self.structures if not count.up_to_date)


def status() -> Status:
    """The fleet according to the register: four queries, however many cities."""
    current = current_fingerprint()
    cities: Counter[str] = Counter()
    states: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    in_maintenance = 0
    rows = Municipality.objects.filter(moved_at=None).order_by("structure", "state").values_list("structure", "state")
    for structure, state, number, stopped in rows.annotate(number=Count("pk"), stopped=Count("maintenance_since")):
        states[state] += number
        if state != LifecycleState.DELETED:
            cities[structure] += number
            in_maintenance += stopped
    refused = Municipality.objects.filter(moved_at=None).exclude(structure_problem="").exclude(structure=current)
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
    gone = Municipality.objects.exclude(moved_at=None).exclude(state=LifecycleState.DELETED).order_by("name", "pk")
    moved = [{"slug": city.slug, "schema": city.schema_name, "to": city.moved_to} for city in gone]
    return Status(current, counts, dict(states), in_maintenance, spares.waiting(), said, moved)


# ── Bringing the fleet up to date ────────────────────────────────────────────


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


def migrate_fleet(*, jobs: int = 4, on_outcome: Callable[[Outcome], object] = lambda outcome: None) -> Report:
    """Bring every city to the structure of this release, calling `on_outcome` for each. One query when all have it.

    `public` must be up to date. Two runs at once take turns in each city.
    """
    started = time.perf_counter()
    connection.set_schema_to_public()
    report = Report(current_fingerprint())
    cities = _behind(report.structure)
    if cities:
        current_snapshot()
        for outcome in _brought_up_to_date(cities, report, jobs):
            report.outcomes.append(outcome)
            on_outcome(outcome)
        wait_for_disk()
    report.seconds = time.perf_counter() - started
    return report


def _behind(structure: str) -> list[City]:
    cities = Municipality.objects.exclude(structure=structure).exclude(state=LifecycleState.DELETED)
    cities = cities.filter(moved_at=None)
    return [City(*row) for row in cities.order_by("pk").values_list("schema_name", "slug", "structure")]


def _brought_up_to_date(cities: list[City], report: Report, jobs: int) -> Iterator[Outcome]:
    legacy = [city for city in cities if not city.structure]
    made, current, broken = _with_known_structure(legacy, report.structure) if legacy else (set(), set(), set())
    unread = [city for city in legacy if city.schema_name in broken]
    yield from _refuse(unread, report.structure, "Which migrations it has could not be read.")
    for city in legacy:
        if city.schema_name in broken:
            continue
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
        yield from _in_parallel(group, partial(advance, change=change, structure=report.structure), jobs)


def _with_known_structure(cities: Sequence[City], structure: str) -> tuple[set[str], set[str], set[str]]:
    """Of cities without a noted structure: those that have a schema, those found up to date (now noted), and those of
    which it could not be read.
    """
    names = [city.schema_name for city in cities]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) ORDER BY nspname", [names])
        made = [row[0] for row in cursor.fetchall()]
    found, broken = ask_many(made, _applied_in)
    applied = {schema: set(names or []) for schema, names in found}
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    leaves = MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes()
    last = {f"{app}.{name}" for app, name in leaves if app in labels}
    current = {schema for schema, found in applied.items() if last <= found}
    Municipality.objects.filter(schema_name__in=current, structure="").update(structure=structure, structure_problem="")
    return set(made) - set(broken), current, set(broken)


def _applied_in(schemas: Sequence[str]) -> list[tuple[str, list[str] | None]]:
    looks = [
        sql.SQL("SELECT {name}, array_agg(app || '.' || name) FROM {schema}.django_migrations").format(
            name=sql.Literal(schema), schema=sql.Identifier(schema)
        )
        for schema in schemas
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(looks))
        return list(cursor.fetchall())


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
    """Act on each city, in threads with a connection each. One whose lock could not be had is tried again after the
    others.
    """
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
    """How many threads to use: as many as asked for and as the pool has connections, less the one of this thread."""
    pool: dict[str, int] = settings.DATABASES["default"]["OPTIONS"].get("pool") or {}
    return max(1, min(jobs, pool.get("max_size", jobs + 1) - 1))


def _one_turn(turn: _Turn, action: Callable[[City], Outcome]) -> Outcome | _Turn:
    """The outcome for a city, or the turn to take later."""
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
    """The first line of an error, without PostgreSQL's DETAIL, which quotes what people wrote."""
    where = "".join(f"{note}: " for note in getattr(problem, "__notes__", []))
    diagnosis = getattr(problem.__cause__, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or f"{type(problem).__name__}: {problem}".splitlines()[0]
    return where + said
