"""A new city's schema by replay, against the same schema made by running the migrations."""

import statistics
import time
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from onboarding.provisioning import advance
from onboarding.services.runs import ask_for_platform
from tenants.models import new_schema_name
from tenants.schema import create_schema, drop_schema
from tenants.structure import migrated_scratch_schema

TIMES = 7


def run() -> None:
    call_command("prepare", stderr=StringIO())
    # In turn, because a machine is never as quick for a minute.
    rounds = [(_migrate(), _replay(), _whole(number)) for number in range(TIMES)]
    baseline, replay, run_ = (statistics.median(times) for times in zip(*rounds, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = (SELECT min(schema_name) FROM tenants_municipality)"
        )
        tables = cursor.fetchone()[0]
    print(f"  baseline: {tables} tables by migrations         {baseline:.3f} s")
    print(f"  the same by replay, role and grants included  {replay:.3f} s   {baseline / replay:.1f}× faster (goal 5×)")
    print(f"  a whole platform, all six steps               {run_:.3f} s   {baseline / run_:.1f}× faster")


def _migrate() -> float:
    started = time.perf_counter()
    with migrated_scratch_schema():
        return time.perf_counter() - started


def _replay() -> float:
    name = new_schema_name()
    started = time.perf_counter()
    create_schema(name)
    seconds = time.perf_counter() - started
    drop_schema(name)
    return seconds


def _whole(number: int) -> float:
    started = time.perf_counter()
    with schema_context("public"):
        run = ask_for_platform(
            authority_name="Ingré",
            kind="COMMUNE",
            authority_code="",
            slug=f"ingre-{number}",
            challenge_set="territoires-resilients",
            admin_email="maire@ingre.example",
            dispatched=False,
        )
    advanced = advance(run.pk)
    assert advanced is not None
    assert advanced.is_over
    return time.perf_counter() - started
