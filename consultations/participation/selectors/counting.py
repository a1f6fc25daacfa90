"""How many contributions a list or a view has: counted no further than somebody reads."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from psycopg import sql

from common.db import connection
from consultations.participation.selectors.contributions import KINDS, Sift, narrowed

VIEW_COUNTED = 999


def view_counts(sifts: Sequence[Sift]) -> list[int]:
    """How many each finds, of all kinds together; one more than VIEW_COUNTED where there are more. One query."""
    selects: list[sql.Composable] = []
    values: list[Any] = []
    for sift in sifts:
        for kind in KINDS:
            statement, given = _bounded(narrowed(kind, sift))
            selects.append(sql.SQL("(SELECT count(*) FROM (") + sql.SQL(statement) + sql.SQL(") found)"))
            values += given
    if not selects:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(selects), values)
        found = cursor.fetchone()
    each = len(KINDS)
    return [min(sum(found[at : at + each]), VIEW_COUNTED + 1) for at in range(0, len(found), each)]


def _bounded(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    try:
        return rows.values("pk")[: VIEW_COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 1 WHERE false", ()
