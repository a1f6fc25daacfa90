"""Asking many cities in one statement. One whose tables are broken, or not those of this release, keeps nobody waiting:
where the statement fails each of its cities is asked alone, and only that one is left out.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db import DatabaseError

from common.db import connection

logger = logging.getLogger(__name__)

SCHEMAS_A_QUERY = 200

Found = TypeVar("Found")


def ask_many(
    schemas: Sequence[str], ask: Callable[[Sequence[str]], Iterable[Found]], *, at_once: int = SCHEMAS_A_QUERY
) -> tuple[list[Found], list[str]]:
    """What `ask` finds in the schemas, some at a time, and those that could not be asked. It sends one statement, in a
    transaction of its own.
    """
    found: list[Found] = []
    broken: list[str] = []
    for start in range(0, len(schemas), at_once):
        some = schemas[start : start + at_once]
        try:
            found += ask(some)
        except DatabaseError:
            if _is_gone():
                raise
            for schema_name in some:
                try:
                    found += ask([schema_name])
                except DatabaseError:
                    if _is_gone():
                        raise
                    logger.exception("left out, it could not be asked: %s", schema_name)
                    broken.append(schema_name)
    return found, broken


def _is_gone() -> bool:
    """Whether it is the database that does not answer."""
    return connection.connection is None
