"""Authentication: a user of the present schema, let in by a code, a link or a second factor. No passwords."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import models

from accounts.models import User
from common.db import connection


class SchemaBackend(BaseBackend):
    def get_user(self, user_id: int) -> User | None:
        """As the statement that entered the city has just read them, if it has."""
        row = connection.take_person(int(user_id))
        if row is not None:
            return _person(row)
        return User.objects.filter(pk=user_id, is_active=True).first()


def _person(row: dict[str, Any]) -> User:
    """Of a row as JSON. (A column of another release than ours is left alone, or read when it is asked for.)"""
    fields = [field for field in User._meta.concrete_fields if field.attname in row]
    values = [
        field.to_python(row[field.attname]) if isinstance(field, models.DateTimeField) else row[field.attname]
        for field in fields
    ]
    return User.from_db(connection.alias, [field.attname for field in fields], values)
