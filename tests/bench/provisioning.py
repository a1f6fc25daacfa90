"""A new city's schema by replay, against the same schema by running the migrations and by django-tenants' clone."""

import os
import statistics
import time
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from django_tenants.clone import CloneSchema
from django_tenants.utils import schema_context
from psycopg import sql

from onboarding.models import StepRecord
from onboarding.provisioning import ORDER, advance
from onboarding.services.runs import ask_for_platform
from tenants import spares
from tenants.models import WantedCity, new_schema_name
from tenants.schema import create_schema, drop_schema
from tenants.structure import migrated_scratch_schema

TIMES = int(os.environ.get("BENCH_TIMES", 7))
TEMPLATE = "bench_template"


def run() -> None:
    call_command("prepare", stderr=StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    # Made by the migrations, kept under a name that nobody drops; without rights for a role, which would be cloned.
    with migrated_scratch_schema() as scratch, connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA {scratch} RENAME TO {TEMPLATE}")
    # Each once, so that no one pays for the first time of anything.
    _clone(), _replay(), _whole("essai")
    # In turn, because a machine is never as quick for a minute.
    rounds = [(_migrate(), _clone(), _replay(), *_cities(number)) for number in range(TIMES)]
    tables, indexes = _size(TEMPLATE)
    migrated, cloned, replayed, whole, quick = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(f"  {tables} tables, {indexes} indexes; medians of {TIMES} rounds, {os.cpu_count()} cores")
    print(f"  baseline: Django's migrations                 {migrated:.3f} s")
    print(f"  baseline: django-tenants' clone_schema        {cloned:.3f} s")
    print(f"  replay, role and grants included              {replayed:.3f} s")
    print(f"    against migrations                          {migrated / replayed:.1f}× faster (goal 8×)")
    print(f"    against clone_schema                        {cloned / replayed:.1f}× faster (goal 3×)")
    for name, seconds, goal in (("made then", whole, 0.21), ("made ahead", quick, 0.12)):
        print(
            f"  all six steps, the schema {name:<19} {seconds:.3f} s   {migrated / seconds:.1f}× faster than migrations"
            f" (goal {goal} s)"
        )
    _steps()


def _steps() -> None:
    """Each step, as the runs have noted it."""
    for name in ("sans", "avec"):
        taken = StepRecord.objects.filter(run__slug__startswith=f"{name}-")
        medians = {step: statistics.median(taken.filter(step=step).values_list("seconds", flat=True)) for step in ORDER}
        said = ", ".join(f"{step.label} {seconds * 1000:.0f}" for step, seconds in medians.items())
        print(f"    {name} spare, ms: {said}")


def _size(schema_name: str) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_tables WHERE schemaname = %s),"
            " (SELECT count(*) FROM pg_indexes WHERE schemaname = %s)",
            [schema_name, schema_name],
        )
        tables, indexes = cursor.fetchone()
    return tables, indexes


def _migrate() -> float:
    started = time.perf_counter()
    with migrated_scratch_schema():
        return time.perf_counter() - started


def _clone() -> float:
    """As django-tenants does it for a new tenant with a template schema: data included, without role or grants."""
    name = new_schema_name()
    _on_a_connection_of_its_own()
    with schema_context("public"):
        started = time.perf_counter()
        CloneSchema().clone_schema(TEMPLATE, name, clone_mode="DATA")
        seconds = time.perf_counter() - started
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname IN (%s, %s) GROUP BY schemaname", [TEMPLATE, name]
            )
            sizes = [row[0] for row in cursor.fetchall()]
            assert len(sizes) == 2, sizes
            assert sizes[0] == sizes[1], sizes
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
    # Its functions leave plans in the session, which slow down all that follows there, itself included.
    _on_a_connection_of_its_own()
    return seconds


def _on_a_connection_of_its_own() -> None:
    connection.close()
    connection.close_pool()
    connection.ensure_connection()


def _cities(number: int) -> tuple[float, float]:
    """After one that does not count: what has just been dropped has made PostgreSQL forget all tables that it knew."""
    _whole(f"avant-{number}")
    return _whole(f"sans-{number}"), _with_a_spare(f"avec-{number}")


def _replay() -> float:
    name = new_schema_name()
    started = time.perf_counter()
    create_schema(name)
    seconds = time.perf_counter() - started
    drop_schema(name)
    return seconds


def _with_a_spare(slug: str) -> float:
    with override_settings(SPARE_SCHEMAS=1):
        assert spares.refill(at=timezone.now()) == 1
    seconds = _whole(slug)
    assert spares.waiting() == 0
    return seconds


def _whole(slug: str) -> float:
    started = time.perf_counter()
    with schema_context("public"):
        run = ask_for_platform(
            WantedCity("Ingré", "COMMUNE", "", slug),
            challenge_set="territoires-resilients",
            admin_email="maire@ingre.example",
            dispatched=False,
        )
    advanced = advance(run.pk)
    assert advanced is not None
    assert advanced.state == "DONE", advanced.problem
    return time.perf_counter() - started
