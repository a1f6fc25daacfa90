"""Another installation's database, beside the one of DATABASE_URL: the code is the same, only where it asks changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
from django.db import DEFAULT_DB_ALIAS, connections

from common.db import connection
from tenants.postgresql.base import DatabaseWrapper


class NotADatabase(ValueError):
    """An address that names none."""


class Elsewhere:
    """One connection to a database by its address; without a password in it, libpq looks for one (PGPASSFILE)."""

    def __init__(self, url: str) -> None:
        here = connections[DEFAULT_DB_ALIAS].settings_dict
        try:
            target: dict[str, Any] = environ.Env.db_url_config(url)
        except Exception as problem:
            raise NotADatabase from problem
        if "postgresql" not in target.get("ENGINE", "") or not target.get("NAME"):
            raise NotADatabase
        options = target.get("OPTIONS") or {}
        settings = {**here, **target, "ENGINE": here["ENGINE"], "OPTIONS": options, "CONN_MAX_AGE": 0}
        self.wrapper = DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
        self.name = "{HOST}:{PORT}/{NAME}".format(**{**settings, "PORT": settings["PORT"] or 5432})

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Inside, this thread's `connection` and its models are there."""
        here = connections[DEFAULT_DB_ALIAS]
        if here is self.wrapper:
            yield
            return
        connections[DEFAULT_DB_ALIAS] = self.wrapper
        try:
            connection.set_schema_to_public()
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = here

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open there until the end of the block, while this thread is here or there in turn."""
        self.wrapper.ensure_connection()
        self.wrapper.set_autocommit(False)
        try:
            yield
        except BaseException:
            self.wrapper.close()
            raise
        self.wrapper.commit()
        self.wrapper.set_autocommit(True)

    def close(self) -> None:
        self.wrapper.close()
