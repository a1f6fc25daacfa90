"""What apps declare of their tables (common.tables) is what the database does."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from common.tables import ALL, NEW, Declared, declared
from consultations.participation.models import Reaction
from tenants.models import Municipality
from tenants.postgresql.base import Effect


@pytest.mark.parametrize("each", declared.values(), ids=lambda each: each.table)
def test_each_declared_table_is_there_with_its_columns(in_saran: Municipality, each: Declared) -> None:
    schema = "public" if each.read_by_every_city else in_saran.schema_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [f"{schema}.{each.table}"],
        )
        columns = {row[0] for row in cursor.fetchall()}
    assert columns, "no such table"
    assert {*each.quiet, *each.soon, *each.always_written} - {ALL, NEW} <= columns


def test_a_city_reads_of_public_what_is_declared_and_nothing_else(in_saran: Municipality) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND has_any_column_privilege(oid, 'SELECT')"
        )
        read = {row[0] for row in cursor.fetchall()}
    assert read == {each.table for each in declared.values() if each.read_by_every_city}


def changes_pages(sql: str) -> bool:
    connection.wrote = Effect.NONE
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            return bool(connection.wrote)
    finally:
        connection.wrote = Effect.NONE


@pytest.mark.parametrize("table", sorted(table for table, each in declared.items() if ALL in each.quiet))
def test_writing_a_quiet_table_changes_no_page(in_saran: Municipality, table: str) -> None:
    if table == "django_migrations":  # the city itself may not
        return
    if not declared[table].append_only:
        assert not changes_pages(f'DELETE FROM "{table}" WHERE false')
    assert not changes_pages(f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE false')


@pytest.mark.parametrize("table", ["accounts_user", "framing_challenge", "participation_proposal"])
def test_writing_any_other_does(in_saran: Municipality, table: str) -> None:
    for begins in (
        f'DELETE FROM "{table}"',
        f'INSERT INTO "{table}" (id) SELECT id FROM "{table}"',
        f"delete from {table}",
    ):
        assert changes_pages(f"{begins} WHERE false")


@pytest.mark.parametrize(
    ("values", "changes"),
    [({"asked": 2}, False), ({"value": "LIKE"}, True), ({"asked": 2, "value": "LIKE"}, True)],
    ids=["asked", "value", "both"],
)
def test_quiet_columns_are_quiet_alone(in_saran: Municipality, values: dict[str, Any], changes: bool) -> None:
    connection.wrote = Effect.NONE
    Reaction.objects.filter(pk=0).update(**values)
    assert bool(connection.wrote) is changes
    connection.wrote = Effect.NONE


# By the names of their models, wherever these stand.
QUIET = {
    "AddressChange", "AuditEntry", "BegunAction", "ChangedScope", "ContentRevision", "Draft", "EmailAddress", "Follow",
    "MailPreference", "Notice", "OutboxMessage", "Picture", "ProposalViews", "ReworkDraft", "Session", "SignInLink",
}  # fmt: skip
ALWAYS_WRITTEN = {
    "AddressChange", "Authenticator", "BegunAction", "ChangedScope", "ContentRevision", "EmailAddress",
    "MailPreference", "Notice", "OutboxMessage", "Session", "SignInLink",
}  # fmt: skip


def test_what_was_found_to_be_quiet_or_needed_in_every_state_stays_so() -> None:
    names = {model._meta.db_table: model.__name__ for model in apps.get_models()}
    said = {names[table]: each for table, each in declared.items() if table in names}
    assert {name for name, each in said.items() if ALL in each.quiet} >= QUIET
    assert {name for name, each in said.items() if ALL in each.always_written} >= ALWAYS_WRITTEN
    assert {"last_login", "session_generation"} <= set(said["User"].always_written)
    assert [name for name, each in said.items() if each.append_only] == ["AuditEntry", "Decision"]


def test_nothing_that_may_be_hidden_or_ended_may_wait() -> None:
    """Columns that say whether, until when or in whose words something is read: they act at once, wherever they are."""
    never = {"status", "status_before", "title", "text", "public_name", "suspended_until", "is_active", "closes_at"}
    for each in declared.values():
        assert not never & {*each.soon, *each.quiet}, each.table
    # What may go a second late is somebody's own, taken back by themselves; and what is counted once a minute anyway.
    assert {table for table, each in declared.items() if ALL in each.soon} == {
        "participation_reaction", "participation_usefulmark",
        "analysis_attendance", "analysis_breakdown", "analysis_dayfigures",
    }  # fmt: skip
