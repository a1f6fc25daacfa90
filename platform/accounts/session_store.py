"""Sessions in the city's schema, as the statement that enters a city has read them (tenants.postgresql)."""

import json
from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.core import signing
from django.db import OperationalError

from common.db import connection


class _AsItIs:
    def loads(self, data: bytes) -> bytes:
        return data


@lru_cache(maxsize=2000)
def _signed(data: str) -> bytes:
    """What was signed, its signature found right. The same data is checked once in each process."""
    payload: bytes = signing.loads(data, salt=SessionStore().key_salt, serializer=_AsItIs)  # type: ignore[arg-type]
    return payload


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        found, data = connection.take_session(self.session_key)
        if not found:
            return super().load()
        if data is None:  # there is none, or it is over
            self._session_key = None
            return {}
        try:
            said: dict[str, Any] = json.loads(_signed(data))
        except signing.BadSignature:
            return self.decode(data)  # logs it
        return said

    def save(self, must_create: bool = False) -> None:
        """Not where the city lives in another installation since (tenants.cells): there, nothing is written here."""
        if getattr(connection.tenant, "moved_at", None) is not None:
            return
        try:
            super().save(must_create)
        except UpdateError as problem:
            # Given up by the database, not deleted meanwhile: Django takes one for the other, and would answer 400.
            if isinstance(problem.__context__, OperationalError):
                raise problem.__context__ from problem.__context__.__cause__
            raise

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Never compressed: the database reads in it whose it is (public.enter_city)."""
        return signing.dumps(session_dict, salt=self.key_salt, serializer=self.serializer)

    @classmethod
    def get_model_class(cls) -> Any:
        return db.SessionStore.get_model_class()
