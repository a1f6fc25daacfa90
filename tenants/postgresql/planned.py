"""Statements that are sent for most pages: PostgreSQL keeps their plan, and libpq itself sends and reads them.

A cursor of psycopg's takes two to three times as much of our processor, most of it for ways of waiting that nobody
needs for one row. Values are converted by psycopg's own rules.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

Params = Sequence[Any] | Mapping[str, Any]

# How many plans a connection keeps: the least used one goes.
PLANS_MAX = 50
_PLACE = re.compile(r"%(?:\((\w+)\))?s")


class Planned:
    """Of one connection, as long as it lives."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.transformer = Transformer(connection)
        self.names: OrderedDict[str, bytes] = OrderedDict()
        self.count = 0

    def may_ask(self) -> bool:
        """Whether a transaction that Django wants is there already: psycopg begins it with the next of its own."""
        status = self.connection.pgconn.transaction_status
        return status == TransactionStatus.INTRANS or (status == TransactionStatus.IDLE and self.connection.autocommit)

    def one(self, sql: str, params: Params) -> tuple[Any, ...] | None:
        """The first row. `sql`: with psycopg's marks for parameters."""
        numbered, names = _numbered(sql)
        values = [params[name] for name in names] if isinstance(params, Mapping) else params
        dumped: Any = self.transformer.dump_sequence(values, [PyFormat.TEXT] * len(values))
        result = self.connection.pgconn.exec_prepared(self._prepared(sql, numbered), dumped)
        self._check(result)
        self.transformer.set_pgresult(result)
        return self.transformer.load_row(0, tuple) if result.ntuples else None

    def _prepared(self, sql: str, numbered: bytes) -> bytes:
        name = self.names.get(sql)
        if name is not None:
            self.names.move_to_end(sql)
            return name
        if len(self.names) >= PLANS_MAX:
            _least_used, old = self.names.popitem(last=False)
            self._check(self.connection.pgconn.exec_(b"DEALLOCATE " + old))
        self.count += 1
        name = b"planned_%d" % self.count
        self._check(self.connection.pgconn.prepare(name, numbered))
        self.names[sql] = name
        return name

    def _check(self, result: Any) -> None:
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return
        if self.connection.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError("the connection to the database is lost")
        raise psycopg.errors.error_from_result(result)


def planned(connection: psycopg.Connection[Any]) -> Planned:
    """What a connection has prepared."""
    found: Planned | None = connection.__dict__.get("planned")
    if found is None:
        found = connection.__dict__["planned"] = Planned(connection)
    return found


@lru_cache(maxsize=4000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """As PostgreSQL counts parameters; and their names, in that order."""
    names: dict[str, int] = {}

    def number(mark: re.Match[str]) -> str:
        name = mark[1] or f"{len(names) + 1}"
        return f"${names.setdefault(name, len(names) + 1)}"

    numbered = _PLACE.sub(number, sql)
    return numbered.encode(), tuple(names)
