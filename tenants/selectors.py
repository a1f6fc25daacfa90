"""Reading the register of cities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.models import AuditEntry
from common.db import connection
from common.trail import label_of
from tenants.enums import LifecycleState, Transition
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


_SCHEMAS_A_QUERY = 200


def schemas_with(table: str, condition: str, *, schemas: Sequence[str]) -> list[str]:
    """Those of the schemas whose table has a row like that; one query for 200. `condition`: SQL of ours, no data."""
    found: list[str] = []
    with schema_context("public"), connection.cursor() as cursor:
        for start in range(0, len(schemas), _SCHEMAS_A_QUERY):
            looks = [
                sql.SQL("SELECT {name} WHERE EXISTS (SELECT 1 FROM {table} WHERE {condition})").format(
                    name=sql.Literal(schema),
                    table=sql.Identifier(schema, table),
                    condition=sql.SQL(condition),
                )
                for schema in schemas[start : start + _SCHEMAS_A_QUERY]
            ]
            cursor.execute(sql.SQL(" UNION ALL ").join(looks))
            found += [row[0] for row in cursor.fetchall()]
    return found


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
