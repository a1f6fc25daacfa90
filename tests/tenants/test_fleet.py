"""A release reaches every city: recorded once, replayed in each, and whoever fails stays where it was, and says why."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.models import AuditEntry
from common import tables
from deploy.local.prepare import quick_migrations
from tenants import fleet, replay, structure
from tenants.changes import change_from
from tenants.enums import LifecycleState
from tenants.fleet import migrate_fleet, status
from tenants.models import Municipality, StructureChange, StructureSnapshot
from tenants.schema import create_schema
from tenants.structure import capture, current_snapshot, fingerprint
from tests.participation.factories import ProposalFactory
from tests.processes import ROOT, environment, eventually, process
from tests.releases import Step, from_the_present_release, next_release

COLUMN_AND_INDEX = Step(
    """
    migrations.AddField("proposal", "place", models.CharField(max_length=40, default="", blank=True)),
    migrations.AddIndex("proposal", models.Index(fields=["place", "-submitted_at"], name="proposal_by_place")),
    """
)
TABLE = Step(
    """
    migrations.CreateModel("Sketch", [
        ("id", models.BigAutoField(primary_key=True)),
        ("legend", models.CharField(max_length=80, default="90 % d’arbres")),
        ("proposal", models.ForeignKey("participation.proposal", on_delete=models.CASCADE)),
    ]),
    """
)
DATA = Step(
    'migrations.RunPython(shout, migrations.RunPython.noop, hints={"why": "data"}),',
    before="""
def shout(apps, schema_editor):
    for proposal in apps.get_model("participation", "Proposal").objects.order_by("pk"):
        proposal.place = proposal.title.upper()[:40]
        proposal.save(update_fields=["place"])
""",
)
UNIQUE = Step(
    """
    migrations.AddConstraint(
        "proposal", models.UniqueConstraint(fields=["title"], name="proposal_title_once")
    ),
    """
)

Releases = Callable[..., Any]


@pytest.fixture
def release_from_scratch(tmp_path: Path) -> Iterator[Releases]:
    """`with release_from_scratch(TABLE):` runs the block as the next release of the platform."""
    with quick_migrations():
        yield lambda *steps: next_release(tmp_path, steps)


@pytest.fixture
def release(release_from_scratch: Releases, monkeypatch: pytest.MonkeyPatch) -> Releases:
    """The same, but its structure is captured from that of the present release: every migration takes seconds."""
    monkeypatch.setattr(structure, "migrate", partial(from_the_present_release, structure.migrate))
    return release_from_scratch


def new_city(slug: str) -> Municipality:
    city = Municipality.objects.create(slug=slug, name=slug.title(), ready_at=timezone.now())
    create_schema(city.schema_name)
    return Municipality.objects.get(pk=city.pk)


def city(slug: str) -> Municipality:
    with schema_context("public"):
        return Municipality.objects.get(slug=slug)


def rows(slug: str, query: str) -> list[tuple[Any, ...]]:
    with schema_context(city(slug).schema_name), connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@contextmanager
def another_transaction(slug: str, statement: str = "LOCK TABLE {}.participation_proposal") -> Iterator[None]:
    """Someone else's, in a city, for as long as the block lasts."""
    target = connection.settings_dict
    with psycopg.connect(host=target["HOST"], port=target["PORT"], user=target["USER"], dbname=target["NAME"]) as other:
        other.execute(sql.SQL(statement).format(sql.Identifier(city(slug).schema_name)))
        yield
        other.rollback()


# ── What is noted ────────────────────────────────────────────────────────────


def test_a_new_city_notes_its_structure(real_db: str) -> None:
    assert new_city("olivet").structure == city("saran").structure == fingerprint()


def test_the_fingerprint_follows_the_migrations_that_django_would_run(release: Releases) -> None:
    before = fingerprint()
    with release(COLUMN_AND_INDEX):
        assert fingerprint() != before
    assert fingerprint() == before


def test_cities_made_before_structures_were_noted_are_found_out_once(real_db: str) -> None:
    Municipality.objects.update(structure="")
    assert [outcome.result for outcome in migrate_fleet().outcomes] == ["skipped", "skipped"]
    assert set(Municipality.objects.values_list("structure", flat=True)) == {fingerprint()}
    assert migrate_fleet().outcomes == []


def test_a_city_whose_schema_is_not_made_yet_is_left_to_its_provisioning(real_db: str) -> None:
    Municipality.objects.create(slug="olivet", name="Olivet")
    assert [outcome.result for outcome in migrate_fleet().outcomes] == ["skipped"]
    assert city("olivet").structure == ""


def test_a_fleet_that_is_up_to_date_costs_one_query(db: None) -> None:
    fingerprint()
    Municipality.objects.bulk_create(
        Municipality(slug=f"ville-{number}", name="Ville", structure=fingerprint()) for number in range(50)
    )
    with CaptureQueriesContext(connection) as captured:
        assert migrate_fleet().outcomes == []
    assert len([query for query in captured if "set_config" not in query["sql"]]) == 1


# ── A release ────────────────────────────────────────────────────────────────


def test_a_column_and_its_index_reach_every_city(real_db: str, release_from_scratch: Releases) -> None:
    new_city("olivet")
    with release_from_scratch(COLUMN_AND_INDEX):
        report = migrate_fleet(jobs=2)
        assert sorted(outcome.city.slug for outcome in report.having("done")) == ["brest", "olivet", "saran"]
        assert len(report.outcomes) == 3
        new_city("ingre")
        assert city("olivet").structure == city("ingre").structure == fingerprint() == report.structure
        assert _tables("olivet") == _tables("ingre")
        assert "proposal_by_place" in _tables("saran")
        assert _migrations("olivet") == _migrations("ingre")
        (change,) = StructureChange.objects.all()
        assert [bool(statements) for _app, _name, statements in change.migrations] == [True]
        assert migrate_fleet().outcomes == []


def test_a_change_is_recorded_once_for_all_that_start_from_the_same_structure(real_db: str, release: Releases) -> None:
    with release(COLUMN_AND_INDEX):
        migrate_fleet()
        recorded = StructureChange.objects.get()
        assert change_from(recorded.before) == recorded
        assert StructureChange.objects.count() == 1
        assert StructureSnapshot.objects.count() == 2


def test_a_city_several_releases_behind_catches_up(real_db: str, release: Releases) -> None:
    with release(COLUMN_AND_INDEX):
        new_city("olivet")
        with release(TABLE):
            report = migrate_fleet()
            assert len(report.having("done")) == 3
            assert sorted(len(change.migrations) for change in report.recorded) == [1, 2]
            assert _tables("saran") == _tables("olivet")


def test_a_new_table_is_the_citys_to_write_if_the_city_writes_at_all(real_db: str, release: Releases) -> None:
    brest = city("brest")
    Municipality.objects.filter(pk=brest.pk).update(state=LifecycleState.READ_ONLY)
    with release(TABLE, COLUMN_AND_INDEX):
        assert len(migrate_fleet(jobs=2).having("done")) == 2
    assert _rights("saran", "participation_sketch") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert _rights("brest", "participation_sketch") == {"SELECT"}
    # The trail is still only added to, and what has run is only read.
    assert _rights("saran", "accounts_auditentry") == {"SELECT", "INSERT"}
    assert _rights("saran", "django_migrations") == {"SELECT"}


def test_a_new_table_of_a_trail_is_only_added_to(
    real_db: str, release: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with release(TABLE):
        monkeypatch.setattr("common.tables.declared", declared := dict(tables.declared))
        monkeypatch.setattr("tenants.schema.declared", declared)
        tables.in_database("participation_sketch", append_only=True)  # as the release that makes it would say
        migrate_fleet()
    assert _rights("saran", "participation_sketch") == {"SELECT", "INSERT"}


def _rights(slug: str, table: str) -> set[str]:
    schema_name = city(slug).schema_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) kind"
            " WHERE has_table_privilege(%s, %s, kind)",
            [schema_name, f"{schema_name}.{table}"],
        )
        return {row[0] for row in cursor.fetchall()}


def test_a_data_migration_runs_as_python_in_each_city(real_db: str, release: Releases) -> None:
    for slug in ("saran", "brest"):
        with schema_context(city(slug).schema_name):
            ProposalFactory(title=f"Des arbres à {slug}")
    with release(COLUMN_AND_INDEX, DATA, TABLE):
        report = migrate_fleet(jobs=2)
        assert len(report.having("done")) == 2, report.outcomes
        (change,) = report.recorded
        assert [statements is None for _app, _name, statements in change.migrations] == [False, True, False]
        assert rows("saran", "SELECT place FROM participation_proposal") == [("DES ARBRES À SARAN",)]
        assert rows("brest", "SELECT place FROM participation_proposal") == [("DES ARBRES À BREST",)]
        new_city("ingre")
        assert _migrations("saran") == _migrations("ingre")


def test_what_python_hides_in_an_operation_of_its_own_is_not_mistaken_for_sql(real_db: str, release: Releases) -> None:
    hidden = Step(
        "Hidden(),",
        before="""
class Hidden(migrations.operations.base.Operation):
    def state_forwards(self, app_label, state): pass
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT id FROM participation_proposal")
            for (pk,) in cursor.fetchall():
                schema_editor.execute("UPDATE participation_proposal SET title = 'vu' WHERE id = %s", [pk])
""",
    )
    with schema_context(city("saran").schema_name):
        ProposalFactory()
    with release(hidden):
        assert len(migrate_fleet().having("done")) == 2
    assert rows("saran", "SELECT title FROM participation_proposal") == [("vu",)]


def test_a_value_asked_anew_each_time_is_not_shared_by_cities(real_db: str, release: Releases) -> None:
    key = Step('migrations.AddField("proposal", "key", models.UUIDField(default=uuid.uuid4)),')
    for slug in ("saran", "brest"):
        with schema_context(city(slug).schema_name):
            ProposalFactory()
    with release(key):
        assert len(migrate_fleet().having("done")) == 2
    assert rows("saran", "SELECT key FROM participation_proposal") != rows(
        "brest", "SELECT key FROM participation_proposal"
    )


def test_an_index_built_concurrently_is_built_outside_a_transaction(real_db: str, release: Releases) -> None:
    concurrent = Step(
        'AddIndexConcurrently("proposal", models.Index(fields=["title"], name="proposal_by_title")),', atomic=False
    )
    with release(concurrent):
        report = migrate_fleet(jobs=2)
        assert len(report.having("done")) == 2, report.outcomes
        new_city("ingre")
        assert _tables("saran") == _tables("ingre")


def test_raw_sql_keeps_its_parameters_and_its_per_cents(real_db: str, release: Releases) -> None:
    raw = Step(
        """
        migrations.RunSQL([
            ("UPDATE participation_proposal SET title = %s WHERE title LIKE '%%arbres%%'", ["100 % d'ombre; « oui »"]),
            "UPDATE participation_proposal SET solution = '50 %' -- the last word",
        ]),
        """
    )
    split = Step(
        """
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("ALTER TABLE participation_proposal ADD shade integer")],
            state_operations=[migrations.AddField("proposal", "shade", models.IntegerField(null=True))],
        ),
        """
    )
    with schema_context(city("saran").schema_name):
        ProposalFactory(title="Des arbres partout")
    with release(raw, split, COLUMN_AND_INDEX):
        report = migrate_fleet()
        assert len(report.having("done")) == 2, report.outcomes
        assert all(statements for _app, _name, statements in report.recorded[0].migrations)
    assert rows("saran", "SELECT title, solution, shade FROM participation_proposal") == [
        ("100 % d'ombre; « oui »", "50 %", None)
    ]


def test_rows_moved_by_one_migration_do_not_stand_in_the_way_of_the_next(real_db: str, release: Releases) -> None:
    """PostgreSQL refuses to alter a table with deferred checks to come; each migration was a transaction once."""
    with schema_context(city("saran").schema_name):
        ProposalFactory()
    challenge = "(SELECT max(id) FROM framing_challenge WHERE id <> challenge_id)"
    moved = Step(f'migrations.RunSQL("UPDATE participation_proposal SET challenge_id = {challenge}"),')
    with release(moved, COLUMN_AND_INDEX):
        report = migrate_fleet()
    assert [outcome.problem for outcome in report.outcomes] == ["", ""]


def test_a_structure_that_nobody_captured_is_migrated_plainly(real_db: str, release: Releases) -> None:
    Municipality.objects.filter(slug="brest").update(structure="f" * 64)
    with release(TABLE):
        report = migrate_fleet(jobs=2)
        assert len(report.having("done")) == 2, report.outcomes
        assert len(report.recorded) == 1
        assert _migrations("brest") == _migrations("saran")
        assert city("brest").structure == fingerprint()
    rows("brest", "SELECT * FROM participation_sketch")


# ── What goes wrong ──────────────────────────────────────────────────────────


def test_a_city_whose_data_refuse_stays_as_it_was_and_the_others_go_on(real_db: str, release: Releases) -> None:
    old = fingerprint()
    with schema_context(city("saran").schema_name):
        for _unused in range(2):
            ProposalFactory(title="Des bancs de Mme Durand")
    with release(COLUMN_AND_INDEX, UNIQUE):
        report = migrate_fleet(jobs=2)
        (failure,) = report.having("failed")
        assert failure.city.slug == "saran"
        assert [outcome.city.slug for outcome in report.having("done")] == ["brest"]
        saran = city("saran")
        assert saran.structure == old
        assert saran.structure_problem == failure.problem
        assert re.fullmatch(
            r'participation\.9002_\w+: could not create unique index "proposal_title_once"', failure.problem
        )
        assert '"place" character varying40' not in _tables("saran")
        assert (status().behind, len(status().problems)) == (1, 1)

        rows("saran", "UPDATE participation_proposal SET title = title || id RETURNING id")
        assert [outcome.result for outcome in migrate_fleet().outcomes] == ["done"]
        assert (city("saran").structure, city("saran").structure_problem) == (fingerprint(), "")


def test_what_python_has_done_is_kept_when_the_next_migration_fails(real_db: str, release: Releases) -> None:
    with schema_context(city("saran").schema_name):
        for _unused in range(2):
            ProposalFactory(title="Des bancs")
    with release(COLUMN_AND_INDEX, DATA, UNIQUE):
        assert len(migrate_fleet().having("failed")) == 1
        assert rows("saran", "SELECT DISTINCT place FROM participation_proposal") == [("DES BANCS",)]
        rows("saran", "UPDATE participation_proposal SET title = title || id, place = 'revu' RETURNING id")
        assert [outcome.result for outcome in migrate_fleet().outcomes] == ["done"]
        # Neither the column nor the data migration ran a second time.
        assert rows("saran", "SELECT DISTINCT place FROM participation_proposal") == [("revu",)]
        assert _migrations("saran") == _migrations("brest")


def test_a_table_in_use_is_not_waited_for_and_its_city_comes_later(
    real_db: str, release: Releases, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FLEET_LOCK_TIMEOUT = 0.2
    monkeypatch.setattr(fleet, "TRIES", 2)
    monkeypatch.setattr(fleet, "FIRST_PAUSE_SECONDS", 0.1)
    with release(COLUMN_AND_INDEX):
        with another_transaction("saran"):
            started = time.monotonic()
            report = migrate_fleet(jobs=1)
            assert 0.4 < report.seconds <= time.monotonic() - started
        (failure,) = report.having("failed")
        assert failure.problem.endswith("canceling statement due to lock timeout")
        assert [outcome.city.slug for outcome in report.having("done")] == ["brest"]
        assert [outcome.city.slug for outcome in migrate_fleet().having("done")] == ["saran"]


def test_a_table_free_again_by_the_second_try_is_no_failure(
    real_db: str, release: Releases, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FLEET_LOCK_TIMEOUT = 0.2
    held, refused, tried = threading.Event(), threading.Event(), fleet._one_turn

    def hold() -> None:
        with another_transaction("saran"):
            held.set()
            assert refused.wait(60)
        connection.close()

    def one_turn(turn: Any, action: Any) -> Any:
        outcome = tried(turn, action)
        if not isinstance(outcome, replay.Outcome):
            refused.set()
        return outcome

    monkeypatch.setattr(fleet, "_one_turn", one_turn)
    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(60)
    with release(COLUMN_AND_INDEX):
        report = migrate_fleet(jobs=2)
    holder.join()
    assert refused.is_set()
    assert len(report.having("done")) == 2, report.outcomes


def test_a_release_that_cannot_be_recorded_touches_no_city(
    real_db: str, release: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = fingerprint()
    monkeypatch.setattr(fleet, "current_snapshot", lambda: None)
    with release(COLUMN_AND_INDEX, Step('migrations.RunSQL("SELECT nonsense"),')):
        report = migrate_fleet()
    assert {outcome.problem for outcome in report.having("failed")} == {'Recording: column "nonsense" does not exist'}
    assert set(Municipality.objects.values_list("structure", flat=True)) == {old}
    assert "proposal_by_place" not in _tables("saran")
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'scratch\_%'")
        assert cursor.fetchone() == (0,)


def test_a_city_deleted_meanwhile_is_left_alone(real_db: str, release: Releases) -> None:
    gone = replay.City(city("saran").schema_name, "saran", fingerprint())
    Municipality.objects.filter(slug="saran").update(state=LifecycleState.DELETED)
    with release(TABLE):
        assert [outcome.city.slug for outcome in migrate_fleet().outcomes] == ["brest"]
        change = StructureChange.objects.get()
        outcomes = list(
            fleet._in_parallel([gone], lambda it: replay.advance(it, change=change, structure=fingerprint()), 1)
        )
    assert [outcome.result for outcome in outcomes] == ["skipped"]


def test_two_at_once_do_each_city_once(real_db: str, release: Releases) -> None:
    for number in range(6):
        new_city(f"ville-{number}")
    with release(COLUMN_AND_INDEX) as next_one:
        current_snapshot()  # by the short way, which the processes do not know
        command = [sys.executable, "manage.py", "fleet", "migrate", "--json", "--jobs", "2"]
        both = [
            subprocess.Popen(
                command, cwd=ROOT, env=environment(**next_one.environment), stdout=subprocess.PIPE, text=True
            )
            for _unused in range(2)
        ]
        reports = [json.loads(each.communicate(timeout=60)[0]) for each in both]
        assert [report["failed"] for report in reports] == [[], []]
        assert sum(report["done"] for report in reports) == 8
        assert StructureChange.objects.count() == 1
        assert set(Municipality.objects.values_list("structure", flat=True)) == {fingerprint()}


def test_a_fleet_killed_midway_is_before_or_after_in_each_city_and_goes_on(real_db: str, release: Releases) -> None:
    slugs = ["saran", "brest", *(new_city(f"ville-{number}").slug for number in range(3))]
    order = list(Municipality.objects.order_by("pk").values_list("slug", flat=True))
    assert sorted(order) == sorted(slugs)
    held = order[2]
    with release(COLUMN_AND_INDEX, TABLE) as next_one:
        current_snapshot()
        with (
            another_transaction(held),
            process(
                sys.executable, "manage.py", "fleet", "migrate", "--jobs", "1",
                FLEET_LOCK_TIMEOUT="60", **next_one.environment,
            ) as running,
        ):  # fmt: skip
            assert eventually(lambda: _waits_for_a_lock())
            running.kill()
            running.wait()
        old = city(held).structure
        assert [city(slug).structure == fingerprint() for slug in order] == [True, True, False, False, False]
        # Its backend ends once it has the lock and finds nobody there: without a trace.
        assert eventually(lambda: not _backends_at_work())
        assert city(held).structure == old
        for slug, there in zip(order, [True, True, False, False, False], strict=True):
            assert ("proposal_by_place" in _tables(slug)) == there
            assert ("participation_sketch" in _tables(slug)) == there
        out = StringIO()
        call_command("fleet", "migrate", "--json", stdout=out)
        said = json.loads(out.getvalue())
        assert (said["done"], said["skipped"], said["failed"]) == (3, 0, [])
        assert len({_tables(slug) for slug in order}) == 1
        assert len({str(_migrations(slug)) for slug in order}) == 1


def _waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        # The other test processes have databases of their own on this server.
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def _backends_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND query ILIKE '%%ALTER TABLE%%' AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0])


# ── Commands ─────────────────────────────────────────────────────────────────


def test_the_command_says_what_failed_and_exits_with_one(real_db: str, release: Releases) -> None:
    with schema_context(city("saran").schema_name):
        for _unused in range(2):
            ProposalFactory(title="Des bancs")
    out, err = StringIO(), StringIO()
    with release(UNIQUE), pytest.raises(SystemExit) as ended:
        call_command("fleet", "migrate", "--json", stdout=out, stderr=err)
    assert ended.value.code == 1
    said = json.loads(out.getvalue())
    assert (said["done"], said["skipped"]) == (1, 0)
    assert [failure["slug"] for failure in said["failed"]] == ["saran"]
    assert "saran" in err.getvalue()
    assert said["seconds"] > 0


def test_prepare_brings_the_cities_up_to_date_and_goes_on_past_one_that_fails(real_db: str, release: Releases) -> None:
    with schema_context(city("saran").schema_name):
        for _unused in range(2):
            ProposalFactory(title="Des bancs")
    err = StringIO()
    with release(UNIQUE):
        call_command("prepare", stderr=err)
        assert city("brest").structure == fingerprint()
    assert "saran stays at its structure" in err.getvalue()


@pytest.mark.parametrize("cities", [2, 40])
def test_the_status_counts_by_structure_and_state_in_four_queries(
    db: None, cities: int, django_assert_num_queries: Any
) -> None:
    Municipality.objects.bulk_create(
        Municipality(
            slug=f"ville-{number}",
            name="Ville",
            structure="e" * 64,
            structure_problem="x.0002: no" if number % 2 else "",
            state=LifecycleState.SUSPENDED,
        )
        for number in range(cities)
    )
    Municipality.objects.create(slug="partie", name="Partie", state=LifecycleState.DELETED)
    with django_assert_num_queries(4):
        found = status()
    assert [(row.structure[:1], row.cities, row.problems, row.up_to_date) for row in found.structures] == [
        (fingerprint()[:1], 2, 0, True),
        ("e", cities, cities // 2, False),
    ]
    assert found.states == {"TRIAL": 2, "SUSPENDED": cities, "DELETED": 1}
    assert found.behind == cities
    out = StringIO()
    call_command("fleet", "status", "--json", stdout=out)
    assert json.loads(out.getvalue())["problems"][0]["problem"] == "x.0002: no"
    call_command("fleet", "status", stdout=out)
    assert f"{'e' * 12}" in out.getvalue()


def test_a_city_in_maintenance_answers_503_until_it_is_over(
    saran: Municipality, visit: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    call_command("fleet", "maintenance", "saran", "--on", stdout=StringIO())
    assert visit(saran).get("/").status_code == 503
    assert not re.search("503|Service Unavailable", caplog.text)  # meant, and no error of ours
    call_command("fleet", "maintenance", "saran", "--on", stdout=StringIO())
    call_command("fleet", "maintenance", "saran", "--off", stdout=StringIO())
    assert visit(saran).get("/").status_code == 200
    actions = AuditEntry.objects.filter(action__startswith="maintenance").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["maintenance_begun", "maintenance_ended"]


# ── Comparing ────────────────────────────────────────────────────────────────


def _tables(slug: str) -> str:
    """The captured structure, without what people wrote there; compared as tests/tenants/test_structure.py does."""
    with mock.patch("tenants.structure._rows", return_value=[]):
        script = capture(city(slug).schema_name)
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", script)


def _migrations(slug: str) -> list[tuple[Any, ...]]:
    return rows(slug, "SELECT app, name FROM django_migrations ORDER BY app, name")
