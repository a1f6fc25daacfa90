"""Where the database is a Citus cluster (`CITUS` of the settings): each city's tables lie together on one of its
machines, by schema-based sharding. Plain PostgreSQL notices nothing of it.

What Citus refuses is refused by tests/tenants/test_citus.py already, in models, migrations and SQL (docs/scale.md).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from psycopg import sql

from common.db import as_owner


def stay_here(cursor: Any) -> None:
    """A schema that is made in this transaction stays on the coordinator, where it can be built whole."""
    if settings.CITUS:
        cursor.execute("SELECT set_config('citus.enable_schema_based_sharding', 'off', true)")


def give_a_machine(cursor: Any, schema_name: str) -> None:
    """Have a schema that was built here lie on one of the machines."""
    if settings.CITUS:
        cursor.execute("SELECT citus_schema_distribute(%s::regnamespace)", [schema_name])


def run_all(cursor: Any, statements: Sequence[str | sql.Composable]) -> None:
    """As one message to the server; Citus sends each on to where the tables are, and takes it alone."""
    if settings.CITUS:
        for statement in statements:
            cursor.execute(statement)
        return
    whole = [sql.SQL(each) if isinstance(each, str) else each for each in statements]
    # A newline first, because a statement may end in a comment.
    cursor.execute(sql.SQL("\n;\n").join(whole))


def beside_grants() -> AbstractContextManager[None]:
    """For what a transaction does in a city whose rights it changes: there one role may do both."""
    return as_owner() if settings.CITUS else nullcontext()
