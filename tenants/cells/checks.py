"""Whether another installation can take a city: asked before anything is written there."""

from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q

from common.db import connection
from tenants.cells.elsewhere import Elsewhere
from tenants.cells.installation import key_check
from tenants.models import Domain, HostReservation, Installation, Municipality, StructureSnapshot
from tenants.schema import schema_exists
from tenants.structure import current_fingerprint


class MoveRefused(Exception):
    """Why a city does not move, in a sentence for who typed the command."""


def check_installations(there: Elsewhere) -> int:
    """That both are of one service, one release, and two cells; the number of the other. Raises MoveRefused."""
    ours, ours_applied = Installation.objects.first(), _applied()
    with there():
        try:
            theirs, theirs_applied = Installation.objects.first(), _applied()
            has_structure = StructureSnapshot.objects.filter(pk=current_fingerprint()).exists()
        except DatabaseError as problem:
            raise MoveRefused(f"The other installation does not answer as one of ours: {_first(problem)}") from problem
    if ours is None or theirs is None:
        raise MoveRefused("Run `manage.py prepare` in both installations first: each notes which cell it is.")
    if ours.number == theirs.number:
        raise MoveRefused(
            f"Both databases are of cell {ours.number}: give the other a CELL of its own (docs/scale.md)."
        )
    if theirs.key_check != key_check():
        raise MoveRefused(
            "The other installation has another SECRET_KEY: sessions and links in mails would not hold there."
        )
    if theirs.public_host != ours.public_host:
        raise MoveRefused(f"The other installation is of another service: {theirs.public_host}.")
    if ours_applied != theirs_applied or not has_structure:
        raise MoveRefused(
            "The other installation is at another release: run `manage.py prepare` of the same one in both."
        )
    return int(theirs.number)


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def _first(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0]


def check_city(city: Municipality) -> None:
    """That it may leave. Raises MoveRefused."""
    if city.structure != current_fingerprint():
        raise MoveRefused(f"{city.name} is not at the structure of this release: run `manage.py fleet migrate` first.")


def check_room(city: Municipality, there: Elsewhere) -> None:
    """That its name, authority, hosts and schema are free there, but for what it left itself. Raises MoveRefused."""
    hosts = list(Domain.objects.filter(tenant=city).values_list("domain", flat=True))
    taken = Q(slug=city.slug)
    if city.authority_code:
        taken |= Q(kind=city.kind, authority_code=city.authority_code)
    with there():
        others = Municipality.objects.exclude(schema_name=city.schema_name)
        if others.filter(taken).exists() or Domain.objects.filter(domain__in=hosts, tenant__in=others).exists():
            raise MoveRefused("Another city has its address, its authority or one of its hosts there.")
        reserved = HostReservation.objects.filter(host__in=hosts, released_at=None)
        if reserved.exclude(schema_name=city.schema_name).exists():
            raise MoveRefused("One of its hosts is reserved for another authority there.")
        known = Municipality.objects.filter(schema_name=city.schema_name).first()
        if known is not None and known.moved_at is None:
            raise MoveRefused("This city is there already, and in use.")
        if schema_exists(city.schema_name):
            raise MoveRefused("Its former copy is still there: drop it first, from there (`move_city … --retire`).")
