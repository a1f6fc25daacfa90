"""What a Citus cluster refuses is refused here already: in models, migrations and SQL. It was run on one (docs/scale.md);
it is on none in this suite, but for TEST_CITUS_NODES (tests/citus.py)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, migrations, models
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from tenants import citus
from tenants.checks import commits_reach_the_disk_of_each_machine
from tenants.enums import Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality, StructureSnapshot
from tenants.postgresql.editor import CitusSchemaEditor
from tenants.schema import create_schema, grant_rights, schema_exists
from tenants.structure import current_snapshot
from tests.accounts.factories import UserFactory

ROOT = Path(__file__).resolve().parents[2]
CODE = [ROOT / name for name in ("platform", "tenants", "onboarding", "billing", "consultations", "deploy")]
CITY = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
OURS = {
    config.label
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
}
_ALTERS = (migrations.AddField, migrations.AlterField, migrations.AddConstraint, migrations.AddIndex)
# Of before this was looked at: a city that is made on Citus gets the structure at once, and never runs them.
BEFORE = {
    ("common", "0001_initial"),
    ("framing", "0004_published_challenges"),
    ("outcomes", "0003_answered_version"),
    ("outcomes", "0004_answered_at"),
    ("outcomes", "0005_opinion_version_and_earlier_days"),
    ("participation", "0002_co_creation"),
    ("participation", "0005_cocreation_tables"),
}


def _of_cities() -> Iterator[tuple[tuple[str, str], list[Any]]]:
    for key, migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()):
        if key[0] in CITY & OURS:
            yield key, list(_flat(migration.operations))


def _flat(operations: Any) -> Iterator[Any]:
    for each in operations:
        if isinstance(each, migrations.SeparateDatabaseAndState):
            yield from _flat(each.database_operations)
        else:
            yield each


def _statements(operation: migrations.RunSQL) -> list[str]:
    given = operation.sql if isinstance(operation.sql, (list, tuple)) else [operation.sql]
    return [each if isinstance(each, str) else each[0] for each in given]


def _is_several(statement: str) -> bool:
    inside = re.sub(r"--[^\n]*|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", "", statement, flags=re.S)
    return bool(re.search(r";\s*\S", inside))


def test_no_migration_of_a_city_moves_rows_and_alters_their_table() -> None:
    """In one transaction it cannot: write two migrations."""
    wrong = {
        key
        for key, operations in _of_cities()
        if any(isinstance(each, migrations.RunPython) or _writes(each) for each in operations)
        and any(isinstance(each, _ALTERS) for each in operations)
    }
    assert wrong - BEFORE == set()


def _writes(operation: Any) -> bool:
    if not isinstance(operation, migrations.RunSQL):
        return False
    return any(re.match(r"\s*(?:INSERT|UPDATE|DELETE)\b", each, re.I) for each in _statements(operation))


def test_sql_of_a_city_comes_statement_by_statement_and_makes_no_trigger() -> None:
    several, refused = set(), set()
    for key, operations in _of_cities():
        for each in (found for found in operations if isinstance(found, migrations.RunSQL)):
            several |= {key for statement in _statements(each) if _is_several(statement)}
            words = r"CREATE\s+(?:OR REPLACE\s+)?(?:TRIGGER|RULE|EXTENSION|VIEW|FUNCTION)|ADD COLUMN.*\b(?:CHECK|REFERENCES)\b"
            refused |= {key for statement in _statements(each) if re.search(words, statement, re.I | re.S)}
    assert several - BEFORE == set()
    assert refused == set()


def test_no_foreign_key_of_a_city_leads_out_of_it() -> None:
    city = {model for app in CITY for model in apps.get_app_config(app).get_models(include_auto_created=True)}
    wrong = {
        f"{model._meta.label}.{column.name}"
        for model in city
        for column in model._meta.local_concrete_fields
        if isinstance(column, models.ForeignKey) and column.db_constraint and column.related_model not in city
    }
    assert wrong == set()


def test_no_sql_of_ours_counts_on_by_a_subquery_or_makes_roles_elsewhere() -> None:
    texts = {file: file.read_text() for root in CODE for file in root.rglob("*.py") if "migrations" not in file.parts}
    wrong = {file.name for file, text in texts.items() if re.search(r"setval\([^\n]*\(\s*SELECT", text)}
    assert wrong == set()
    roles = {file.relative_to(ROOT).as_posix() for file, text in texts.items() if re.search(r"CREATE ROLE", text)}
    assert roles == {"tenants/schema.py", "deploy/local/services.py"}


def test_a_city_s_revision_is_read_with_its_own_role(db: None) -> None:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('public.enter_city(text, boolean, text)'::regprocedure)")
        (text,) = cursor.fetchone()
    assert text.index("set_config('role', enter_city.schema_name") < text.index("common_contentrevision")


def test_the_structure_counts_on_by_numbers_alone(db: None) -> None:
    snapshot = current_snapshot()
    assert StructureSnapshot.objects.filter(pk=snapshot.pk).exists()
    assert re.findall(r"setval\(.*", snapshot.sql)
    assert not re.search(r"setval\(.*SELECT", snapshot.sql)


def _added(editor: type[DatabaseSchemaEditor], field: "models.Field[Any, Any]") -> list[str]:
    model = apps.get_model("participation", "Proposal")
    field.set_attributes_from_name("place")
    field.model = model
    with editor(connection, collect_sql=True) as said:
        said.add_field(model, field)
    return [str(each) for each in said.collected_sql]


def test_a_column_comes_first_and_its_constraints_after_it(in_saran: Municipality) -> None:
    at_once = _added(DatabaseSchemaEditor, models.PositiveIntegerField(null=True))
    assert any("ADD COLUMN" in each and "CHECK" in each for each in at_once)
    number = _added(CitusSchemaEditor, models.PositiveIntegerField(null=True))
    assert not any("ADD COLUMN" in each and "CHECK" in each for each in number)
    assert any('ADD CONSTRAINT "participation_proposal_place_check" CHECK' in each for each in number)
    key = _added(CitusSchemaEditor, models.ForeignKey(User, models.CASCADE, null=True))
    assert not any("ADD COLUMN" in each and "REFERENCES" in each for each in key)
    assert any("FOREIGN KEY" in each for each in key)


# ── Where the setting says that it is a cluster ──────────────────────────────


@pytest.fixture
def cluster(db: None, settings: Any) -> None:
    """As far as plain PostgreSQL can stand for one: its functions note what they are asked."""
    settings.CITUS = True
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.spread_to (name text)")
        cursor.execute(
            "CREATE FUNCTION public.citus_schema_distribute(regnamespace) RETURNS void LANGUAGE sql AS"
            " $$ INSERT INTO public.spread_to SELECT $1::text || ' ' ||"
            " current_setting('citus.enable_schema_based_sharding') $$"
        )
        cursor.execute(
            "CREATE FUNCTION public.run_command_on_workers(text) RETURNS"
            " TABLE (nodename text, nodeport int, success bool, result text) LANGUAGE sql AS"
            " $$ VALUES ('w1', 5433, true, 'on'), ('w2', 5434, true, 'off') $$"
        )


def test_a_schema_is_built_whole_then_given_a_machine(cluster: None) -> None:
    create_schema("m_citus00000")
    assert schema_exists("m_citus00000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM public.spread_to")
        assert cursor.fetchall() == [("m_citus00000 off",)]
        cursor.execute("SELECT rolcanlogin, rolpassword IS NULL FROM pg_roles WHERE rolname = 'm_citus00000'")
        assert cursor.fetchone()[0]


def test_statements_go_one_by_one(cluster: None, saran: Municipality) -> None:
    sent: list[str] = []

    def hear(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql if isinstance(sql, str) else sql.as_string(connection.connection))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        grant_rights(saran.schema_name, state=saran.state)
    assert len(sent) > 10
    assert not any(_is_several(each) for each in sent)


def test_a_change_of_rights_is_one_role_s_work(cluster: None, saran: Municipality) -> None:
    roles: list[bool] = []

    def hear(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        roles.append(connection.schema_name == "public" or connection.keep_own_role)
        return execute(sql, params, many, context)

    with schema_context("public"), connection.execute_wrapper(hear):
        assert change_state(
            municipality=saran, transition=Transition.SUSPEND, actor=UserFactory(role=Role.OPERATOR), reason="Essai.",
            at=timezone.now(),
        )  # fmt: skip
    assert all(roles)


def test_a_worker_that_acknowledges_too_soon_is_found(cluster: None) -> None:
    found = commits_reach_the_disk_of_each_machine(databases=["default"])
    assert [each.msg for each in found] == ["w2:5434 commits before what is committed is on its disk (off)."]


def test_plain_postgresql_is_asked_nothing_of_it(db: None, saran: Municipality) -> None:
    assert commits_reach_the_disk_of_each_machine(databases=["default"]) == []
    sent: list[str] = []

    def hear(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, params, many, context)

    with schema_context("public"), connection.execute_wrapper(hear), connection.cursor() as cursor:
        citus.stay_here(cursor)
        citus.give_a_machine(cursor, saran.schema_name)
        grant_rights(saran.schema_name, state=saran.state)
    assert len([each for each in sent if "GRANT" in each]) == 1
