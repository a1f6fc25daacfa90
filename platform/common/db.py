"""The connection as our backend makes it (tenants.postgresql): Django's stubs don't know what it adds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db import connection as _connection

connection: Any = _connection


def this_connection() -> Any:
    """The same, without the proxy that looks for it at each name: for what every page goes through."""
    return connections[DEFAULT_DB_ALIAS]


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside, schemas are entered with the service's own role instead of the city's.

    For a city's structure, its old trail, and the rights of persons, which hold where the city only reads. Nothing
    written so moves the content revision by itself (common.pagecache).
    """
    before = connection.keep_own_role
    connection.keep_own_role = True
    connection.search_path_set_schemas = None
    try:
        yield
    finally:
        connection.keep_own_role = before
        connection.search_path_set_schemas = None


def concerns(*scopes: str) -> None:
    """Say what the changes that follow in this transaction are about (common.pagecache): of what pages show soon, only
    pages that depend on it are made anew. Said before writing; what is written before is about everything.
    """
    connection.concerned.update(scopes)
