"""Authentication: a user of the present schema, let in by a code, a link or a second factor. No passwords."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import DEFAULT_DB_ALIAS, models

from accounts.models import User
from common.db import connection

Moment = tuple[str, Callable[[Any], Any]]


class SchemaBackend(BaseBackend):
    def get_user(self, user_id: int) -> User | None:
        """As the statement that entered the city has just read them, if it has."""
        row = connection.take_person(int(user_id))
        if row is not None:
            return _person(row)
        return User.objects.filter(pk=user_id, is_active=True).first()


def _person(row: dict[str, Any]) -> User:
    """Of a row as JSON. (A column of another release than ours is left alone, or read when it is asked for.)"""
    names, moments = _columns(tuple(row))
    said = {**row, **{name: convert(row[name]) for name, convert in moments if row[name] is not None}}
    return User.from_db(DEFAULT_DB_ALIAS, names, [said[name] for name in names])


@lru_cache(maxsize=10)
def _columns(of_row: tuple[str, ...]) -> tuple[list[str], list[Moment]]:
    """Those that our release knows, in its order; and how those that are moments are read."""
    fields = [field for field in User._meta.concrete_fields if field.attname in of_row]
    moments = (field for field in fields if isinstance(field, models.DateTimeField))
    return [field.attname for field in fields], [(field.attname, field.to_python) for field in moments]
