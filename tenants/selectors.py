"""Reading the register of cities."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import Q, QuerySet
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.models import AuditEntry
from common.db import connection
from common.trail import label_of
from tenants.cells.models import CityMove
from tenants.enums import LifecycleState, MoveStage, Transition
from tenants.many import ask_many
from tenants.models import DeletionCertificate, Municipality
from tenants.structure import current_fingerprint


@lru_cache(maxsize=2000)
def municipality_as_of(pk: int, row: str) -> Municipality:
    """A city, cached by the version of its row. `row` is PostgreSQL's xmin and ctid, which every update changes."""
    city: Municipality = Municipality.objects.get(pk=pk)
    return city


def municipality_of_schema(schema_name: str) -> Municipality | None:
    """The city of a schema, read now: a task's own copy may be half a minute old."""
    with schema_context("public"):
        return Municipality.objects.filter(schema_name=schema_name).first()


# How often one query may look into a table: each look locks the table and its indexes.
_LOOKS_A_QUERY = 1000
_TABLE = re.compile(r'"(\w+)"')
# The place of a schema's name in what is asked of many.
_CITY = '"__city__"'


def schemas_with(table: str, condition: str, *, schemas: Sequence[str]) -> list[str]:
    """Those of the schemas whose table has a row like that; one query for 200. `condition`: SQL of ours, no data. One
    that could not be asked is left out, and logged.
    """
    look = f'SELECT 1 FROM {_CITY}."{table}" WHERE {condition}'  # noqa: S608
    return ask_many(schemas, partial(_those_where, [look]))[0]


def schemas_with_any(wanted: Sequence[QuerySet[Any]], *, schemas: Sequence[str]) -> list[str]:
    """Those of the schemas in which one of the querysets finds something; they are made in public. And those that could
    not be asked, because their tables are not those of this release.
    """
    looks = [of_a_city(each) for each in wanted]
    at_once = max(1, _LOOKS_A_QUERY // max(1, len(looks)))
    found, broken = ask_many(schemas, partial(_those_where, looks), at_once=at_once)
    return found + broken


def of_a_city(wanted: QuerySet[Any]) -> str:
    """What it asks, of the tables of the schema that will stand in the place of _CITY."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    asked, data = wanted.order_by().values("pk").query.sql_with_params()
    asked = _TABLE.sub(lambda name: f"{_CITY}.{name[0]}" if name[1] in tables else name[0], asked)
    return str(mogrify(asked, data, connection))


def _those_where(looks: Sequence[str], schemas: Sequence[str]) -> list[str]:
    """One query."""
    anything = " OR ".join(f"EXISTS ({look})" for look in looks)
    asked = [f"SELECT '{name}' WHERE " + anything.replace(_CITY, f'"{name}"') for name in schemas]
    with schema_context("public"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ".join(asked)))
            found = [row[0] for row in cursor.fetchall()]
        connection.note_visits(schemas)
        if not connection.in_atomic_block:
            connection.close()  # one that has looked into many of them is made anew
    return found


def move_of(city: Municipality) -> CityMove | None:
    """Of a city that lives in another installation: where it went, and when."""
    if city.moved_at is None:
        return None
    return CityMove.objects.filter(schema_name=city.schema_name, is_incoming=False, stage=MoveStage.DONE).first()


# What an operator looks for: its name in the address → which cities.
FLEET_FILTERS: dict[str, Q] = {
    "a-verifier": Q(verified_at__isnull=True),
    "en-retard": Q(behind=True),
    "pas-ouvertes": Q(opened_at__isnull=True),
}


def is_behind() -> Q:
    """Cities whose tables are not those of this release, or that could not be brought to it."""
    lives_here = Q(moved_at=None) & ~Q(state=LifecycleState.DELETED)
    return (~Q(structure__in=["", current_fingerprint()]) | ~Q(structure_problem="")) & lives_here


def fleet(*, search: str = "", state: str = "", needing: str = "") -> QuerySet[Municipality]:
    """The cities of the operators' table; deleted ones only where they are asked for.

    `search` looks in names, addresses, codes and schemas; `needing` is a key of FLEET_FILTERS.
    """
    shown = Q(state=state) if state else ~Q(state=LifecycleState.DELETED)
    cities: QuerySet[Municipality] = (
        Municipality.objects.filter(shown).annotate(behind=is_behind()).order_by("name", "pk")
    )
    if needing:
        cities = cities.filter(FLEET_FILTERS[needing])
    if search:
        cities = cities.filter(
            Q(name__icontains=search)
            | Q(slug__icontains=search)
            | Q(own_domain__icontains=search)
            | Q(authority_code__startswith=search)
            | Q(siren__startswith=search)
            | Q(schema_name=search)
        )
    return cities


@dataclass(frozen=True)
class Change:
    """One line of a city's history, from the trail."""

    at: datetime
    who: str  # empty: the service itself
    label: str
    reason: str


def history_of(municipality: Municipality) -> list[Change]:
    """What happened to a city, latest first."""
    entries = (
        AuditEntry.objects.filter(subject_type=municipality._meta.label_lower, subject_id=str(municipality.pk))
        .select_related("actor")
        .order_by("-at", "-pk")[:100]
    )
    return [
        Change(entry.at, entry.actor.email if entry.actor else "", _label_of(entry), entry.details.get("reason", ""))
        for entry in entries
    ]


def _label_of(entry: AuditEntry) -> str:
    if "after" in entry.details and "before" in entry.details:
        before, after = LifecycleState(entry.details["before"]), LifecycleState(entry.details["after"])
        if before == after:
            return str(Transition(entry.details["move"]).label)
        return f"{before.label} → {after.label}"
    return label_of(entry.action)


def certificate_of(municipality: Municipality) -> DeletionCertificate | None:
    return DeletionCertificate.objects.filter(schema_name=municipality.schema_name).first()
