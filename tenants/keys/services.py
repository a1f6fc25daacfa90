"""Secrets of a city that its own schema must not have: whoever holds a dump or a copy of it can do nothing with what is
kept under them. In `public`, where no city's role reads them; made, asked for and destroyed here alone.
"""

import re
import secrets
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django_tenants.utils import schema_context

from common.db import connection
from common.outbox import NotYet, enqueue, outbox_task
from tenants.keys.models import CityKey

_BYTES = 32
_LOCK_TIMEOUT = "5s"


class KeyDestroyed(Exception):
    """What was kept under it is read by nobody any more."""


def make_key(name: str) -> None:
    """In the transaction of what wants it; made already, it stays."""
    schema_name = connection.schema_name
    with schema_context("public"):
        CityKey.objects.bulk_create(
            [CityKey(schema_name=schema_name, name=name, key=secrets.token_bytes(_BYTES))], ignore_conflicts=True
        )


def key_of(name: str) -> bytes:
    """Of the present city; never kept beyond the request. Raises KeyDestroyed."""
    schema_name = connection.schema_name
    with schema_context("public"):
        found = CityKey.objects.filter(schema_name=schema_name, name=name).values_list("key", flat=True).first()
    if found is None:
        raise KeyDestroyed(name)
    return bytes(found)


def destroy_key(name: str) -> None:
    """For ever; again changes nothing. What is deleted stays in the file of the table: once the transaction has
    committed, that is written anew without it (`rewrite_keys`).
    """
    schema_name = connection.schema_name
    with schema_context("public"):
        CityKey.objects.filter(schema_name=schema_name, name=name).delete()
    enqueue(rewrite_keys)


class StillThere(NotYet):
    """Somebody's transaction is older than what was deleted, which was copied along for it."""


@outbox_task
def rewrite_keys(**kwargs: Any) -> None:
    """Without the rows that were deleted, of which the file of the table keeps every byte. Tried again until it is so:
    raises OperationalError where somebody holds the table, and StillThere.

    By a connection of its own, as no transaction may do it.
    """
    said: list[str] = []

    def hears(told: Any) -> None:
        said.append(told.message_detail or "")

    own: Any = connections[DEFAULT_DB_ALIAS].copy()
    try:
        own.set_schema_to_public()
        with own.cursor() as cursor:
            own.connection.add_notice_handler(hears)
            cursor.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
            try:
                cursor.execute("VACUUM (FULL, VERBOSE) public.tenants_citykey")
            finally:
                # It may go back to a pool, as it was.
                cursor.execute("RESET lock_timeout")
                own.connection.remove_notice_handler(hears)
    finally:
        own.close()
    # “0 dead row versions cannot be removed yet.”, in whatever language.
    left = [int(found[0]) for each in said if (found := re.match("[0-9]+", each))]
    if not left or any(left):
        raise StillThere
