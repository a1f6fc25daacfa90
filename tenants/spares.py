"""Schemas made before anybody asks for them, with role, tables and rights: a new city takes one by its name.

A schema's name is opaque and for ever, so that nothing need be renamed. One is made, with its row, in one transaction,
and its row goes in the very transaction that enters its city in the register: killed anywhere, it is there as a whole,
or it is not. Whatever goes over all cities goes over the register, where spare ones are not. A city without one gets
its schema as ever (tenants.schema).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django_tenants.utils import schema_context

from common.db import connection
from tenants.models import SpareSchema, new_schema_name
from tenants.schema import create_schema, drop_schema
from tenants.structure import LockHeld, current_fingerprint, session_lock

logger = logging.getLogger(__name__)

_REFILL_LOCK = 0x73706172  # any constant
# While a release is going on processes of both are there: each finds its own.
LEFT_TO_ANOTHER_RELEASE = timedelta(hours=1)


def take() -> SpareSchema | None:
    """The oldest one of this release's structure: no longer spare once the present transaction commits.

    Two at once never get the same one, and neither waits for the other.
    """
    spares = SpareSchema.objects.filter(structure=current_fingerprint())
    spare = spares.select_for_update(of=("self",), skip_locked=True).first()
    if spare is not None:
        SpareSchema.objects.filter(pk=spare.pk).delete()
    return spare


def waiting() -> int:
    """How many the next cities would find."""
    return SpareSchema.objects.filter(structure=current_fingerprint()).count()


def refill(*, at: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Drop those that are too many or of another release, and make those that are missing; how many were made.

    One process at a time: another one that is at it already is left to it. Asked `goes_on` before each.
    """
    made = 0
    with schema_context("public"):
        try:
            with session_lock("spare schemas", seed=_REFILL_LOCK, within=0):
                _drop_what_nobody_takes(at)
                while waiting() < settings.SPARE_SCHEMAS and goes_on():
                    _make_one()
                    made += 1
        except LockHeld:
            pass
    return made


def _make_one() -> None:
    name = new_schema_name()
    with transaction.atomic():
        with connection.cursor() as cursor:  # what a machine loses that stops is made again
            cursor.execute("SET LOCAL synchronous_commit = off")
        create_schema(name)
        SpareSchema.objects.create(schema_name=name, structure=current_fingerprint())


def _drop_what_nobody_takes(at: datetime) -> None:
    now = current_fingerprint()
    others = SpareSchema.objects.exclude(structure=now).filter(made_at__lt=at - LEFT_TO_ANOTHER_RELEASE)
    too_many = SpareSchema.objects.filter(structure=now)[settings.SPARE_SCHEMAS :]
    for name in [spare.pk for spare in (*others, *too_many)]:
        try:
            with transaction.atomic():
                free = SpareSchema.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=name)
                if free.first() is not None:
                    drop_schema(name)
                    SpareSchema.objects.filter(pk=name).delete()
        except DatabaseError:  # a copy of this database on the same server has the role too
            logger.exception("spare schema left for the next time: %s", name)


# ── What nothing of ours leaves ──────────────────────────────────────────────

_NOBODYS = r"""
SELECT n.nspname FROM pg_namespace n
WHERE n.nspname ~ '^m_[a-z0-9]{10}$' AND pg_get_userbyid(n.nspowner) = current_user
  AND NOT EXISTS (SELECT FROM public.tenants_municipality WHERE schema_name = n.nspname)
  AND NOT EXISTS (SELECT FROM public.tenants_spareschema WHERE schema_name = n.nspname)
ORDER BY 1
"""


def sweep() -> int:
    """Drop schemas that no city and no spare one is the name of, and in which nobody ever was; how many.

    And forget spare ones that are not there. Neither comes from here: somebody's hand, or half of a backup put back.
    """
    gone = 0
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(_NOBODYS)
        for (name,) in cursor.fetchall():
            gone += _drop_if_nobodys(name)
        cursor.execute(
            "DELETE FROM public.tenants_spareschema s"
            " WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s.schema_name)"
        )
    return gone


def _drop_if_nobodys(name: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Whoever makes it holds this lock; what they made is seen afterwards.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            cursor.execute(f"SELECT EXISTS (SELECT FROM ({_NOBODYS}) nobodys WHERE nspname = %s)", [name])  # noqa: S608
            if not cursor.fetchone()[0]:
                return False
            cursor.execute("SELECT to_regclass(%s)", [f"{name}.accounts_user"])
            if cursor.fetchone()[0] is not None:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {name}.accounts_user)")  # noqa: S608 (matched above)
                if cursor.fetchone()[0]:
                    logger.error("a schema with people in it is in no register: %s", name)
                    return False
            drop_schema(name)
    except DatabaseError:
        logger.exception("schema of nobody left for the next time: %s", name)
        return False
    return True
