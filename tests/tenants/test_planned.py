"""Statements that libpq sends and reads itself: the same rows and the same errors as through a cursor."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from common.db import connection as ours
from tenants.postgresql import planned as plans

ASKED = """SELECT %(number)s::bigint + %(number)s::bigint, %(words)s::text, %(yes)s::boolean, %(at)s::timestamptz,
  %(keys)s::text[], ARRAY[1, 2]::bigint[], NULL::text, '{"a": 1}'::json"""
VALUES = {
    "number": 2**40,
    "words": "L’été, 100 % ; 'x'",
    "yes": True,
    "at": datetime(2026, 11, 29, 12, tzinfo=UTC),
    "keys": ["é", "*"],
}


@pytest.fixture
def connected(real_db: str) -> Any:
    connection.close()
    connection.ensure_connection()
    return connection


def test_a_row_is_what_a_cursor_gives(connected: Any) -> None:
    straight = ours.planned_once(ASKED, VALUES)
    with CaptureQueriesContext(connection) as captured:  # somebody counts: by a cursor
        assert ours.planned_once(ASKED, VALUES) == straight
    assert len(captured) == 1
    assert straight[:3] == (2**41, VALUES["words"], True)
    assert ours.planned_once("SELECT 1 WHERE %s::int > 1", [0]) is None
    assert ours.planned_once("SELECT %s::int, %s::int", [1, 2]) == (1, 2)


def test_a_connection_keeps_so_many_plans(connected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "PLANS_MAX", 2)
    for number in (1, 2, 1, 3, 1):
        assert ours.planned_once(f"SELECT {number}", []) == (number,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'planned%%' ORDER BY 1")
        assert [row[0][:8] for row in cursor.fetchall()] == ["SELECT 1", "SELECT 3"]


def test_a_refusal_says_what_a_cursor_says_and_is_over_with_it(connected: Any) -> None:
    with pytest.raises(ProgrammingError) as refused:
        ours.planned_once("SELECT * FROM nothing_of_the_kind", [])
    assert refused.value.__cause__.sqlstate == "42P01"  # type: ignore[union-attr]
    with pytest.raises(Exception, match="division by zero"):
        ours.planned_once("SELECT 1 / %s::int", [0])
    assert ours.planned_once("SELECT 1 / %s::int", [1]) == (1,)


def test_a_lost_connection_is_one(connected: Any) -> None:
    ours.planned_once("SELECT 1", [])
    (pid,) = ours.planned_once("SELECT pg_backend_pid()", [])
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    for _unused in range(2):
        with pytest.raises(OperationalError):
            for _each in range(100):
                ours.planned_once("SELECT 1", [])
    connection.close()
    assert ours.planned_once("SELECT 1", []) == (1,)


def test_in_a_transaction_it_is_part_of_it(connected: Any) -> None:
    connection.set_autocommit(False)
    try:
        (first,) = ours.planned_once("SELECT pg_current_xact_id()::text", [])
        (second,) = ours.planned_once("SELECT pg_current_xact_id()::text", [])
        assert first == second
    finally:
        connection.rollback()
        connection.set_autocommit(True)
