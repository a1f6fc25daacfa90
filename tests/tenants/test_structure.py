"""Replaying the captured structure gives what the migrations give."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from tenants.enums import LifecycleState
from tenants.models import Municipality, StructureSnapshot
from tenants.schema import create_schema, drop_schema, grant_rights, schema_exists
from tenants.structure import _after_what_they_point_at, capture, current_snapshot, fingerprint, migrated_scratch_schema


def test_a_replayed_schema_is_the_same_as_a_migrated_one(real_db: str) -> None:
    create_schema("m_replayed00")
    with migrated_scratch_schema() as migrated:
        expected = _comparable(capture(migrated))
    assert _comparable(capture("m_replayed00")) == expected
    assert expected.count("CREATE TABLE") > 15
    assert "GENERATED ALWAYS AS" in expected
    assert "FOREIGN KEY" in expected
    drop_schema("m_replayed00")
    assert not schema_exists("m_replayed00")


def test_public_has_what_the_models_say(db: None) -> None:
    """It is made as tests make it: tests/database.py."""
    wrong = {}
    shared = [config for config in apps.get_app_configs() if config.name in settings.SHARED_APPS]
    models = [model for config in shared for model in config.get_models(include_auto_created=True)]
    with schema_context("public"), connection.cursor() as cursor:
        for model in models:
            table, fields = model._meta.db_table, model._meta.local_concrete_fields
            columns = connection.introspection.get_table_description(cursor, table)
            found = connection.introspection.get_constraints(cursor, table)
            alone = [(each["columns"][0], each) for each in found.values() if len(each["columns"] or ()) == 1]
            missing = [
                {field.column for field in fields} ^ {each.name for each in columns},
                {field.column for field in fields if not field.null} - {each.name for each in columns if not each.null_ok},
                {field.column for field in fields if field.unique} - {column for column, each in alone if each["unique"]},
                {field.column for field in fields if field.db_index}
                - {column for column, each in alone if each["index"] or each["unique"]},
                {field.column for field in fields if field.remote_field and field.db_constraint}
                ^ {column for column, each in alone if each["foreign_key"]},
                {each.name for each in (*model._meta.indexes, *model._meta.constraints)} - set(found),
            ]  # fmt: skip
            if any(missing):
                wrong[table] = missing
    assert len(models) > 20
    assert wrong == {}


def test_creating_a_schema_twice_is_creating_it_once(real_db: str) -> None:
    for _unused in range(2):
        create_schema("m_twice00000")
    with schema_context("m_twice00000"), connection.cursor() as cursor:
        cursor.execute("SELECT value FROM common_contentrevision")
        assert cursor.fetchall() == [(1,)]
    drop_schema("m_twice00000")


def test_cities_made_at_once_do_not_fail_each_other(real_db: str) -> None:
    names = [f"m_atonce000{number}" for number in range(4)]

    def make(schema_name: str) -> None:
        try:
            create_schema(schema_name)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, names))
    for name in names:
        with schema_context(name), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM library_challengeset")
            assert cursor.fetchone()[0] > 0
        drop_schema(name)


def test_a_new_schema_has_the_rights_that_its_state_gives(real_db: str) -> None:
    create_schema("m_rights0000")
    born = rights_in("m_rights0000")
    grant_rights("m_rights0000", state=LifecycleState.TRIAL)
    assert rights_in("m_rights0000") == born
    assert born["accounts_user"] == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert born["accounts_auditentry"] == {"SELECT", "INSERT"}
    assert born["django_migrations"] == {"SELECT"}
    drop_schema("m_rights0000")


def rights_in(schema_name: str) -> dict[str, set[str]]:
    """What the city's role may do with each table and sequence, and with those to come."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
               WHERE c.relnamespace = %(schema)s::regnamespace AND a.grantee = %(schema)s::regrole
               UNION ALL SELECT 'to come ' || d.defaclobjtype::text, a.privilege_type
               FROM pg_default_acl d, aclexplode(d.defaclacl) a
               WHERE d.defaclnamespace = %(schema)s::regnamespace AND a.grantee = %(schema)s::regrole""",
            {"schema": schema_name},
        )
        found: dict[str, set[str]] = {}
        for name, right in cursor.fetchall():
            found.setdefault(name, set()).add(right)
    return found


def test_tables_that_point_at_each_other_find_an_order() -> None:
    order = _after_what_they_point_at(["a", "b", "c", "d"], [("a", "c"), ("c", "b"), ("b", "c"), ("d", "d")])
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order.index("c") < order.index("a")


def test_dropping_a_schema_drops_its_role(real_db: str) -> None:
    create_schema("m_dropped000")
    drop_schema("m_dropped000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'm_dropped000'")
        assert cursor.fetchone()[0] == 0


def test_the_snapshot_is_captured_once_and_named_after_the_migrations(db: None) -> None:
    with schema_context("public"):
        assert current_snapshot().pk == fingerprint()
        assert StructureSnapshot.objects.count() == 1


def test_new_rows_in_a_replayed_schema_get_new_numbers(saran: Municipality, person: Any) -> None:
    """Identity sequences go on after the rows that the migrations wrote."""
    assert person().pk != person().pk


def _comparable(sql: str) -> str:
    """django_migrations keeps when each migration ran; and PostgreSQL writes the casts of a condition it has
    parsed twice in another place ("(a)::text" for "(a)::text[]")."""
    sql = re.sub(r"'\d{4}-\d\d-\d\d [\d:.]+\+\d\d(:\d\d)?'", "'then'", sql)
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", sql)
