"""Secrets of a city that its own schema must not have: whoever holds a dump or a copy of it can do nothing with what is
kept under them. In `public`, where no city's role reads them; made, asked for and destroyed here alone.
"""

import secrets

from django_tenants.utils import schema_context

from common.db import connection
from tenants.keys.models import CityKey

_BYTES = 32


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
    """For ever; again changes nothing."""
    schema_name = connection.schema_name
    with schema_context("public"):
        CityKey.objects.filter(schema_name=schema_name, name=name).delete()
