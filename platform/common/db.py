"""The connection as our backend makes it (tenants.postgresql): Django's stubs don't know what it adds."""

from typing import Any

from django.db import connection as _connection

connection: Any = _connection
