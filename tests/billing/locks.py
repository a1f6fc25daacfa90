"""`with account_first():` whatever locks or writes a row of billing has locked the account before."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_OF_AN_ACCOUNT = "invoice|payment|subscription|quote|purchaseorder|deposit|reminder"
_LOCKS = re.compile(rf'SELECT .* FROM "billing_({_OF_AN_ACCOUNT}|account)".* FOR (?:NO KEY )?UPDATE', re.S)
_WRITES = re.compile(rf'(?:UPDATE|DELETE FROM|INSERT INTO) "billing_({_OF_AN_ACCOUNT})"')
# Each message is a transaction of its own: it begins with its own row.
_BEGINS = re.compile(r'SELECT .* FROM "common_outboxmessage".* FOR UPDATE', re.S)


@contextmanager
def account_first() -> Iterator[None]:
    taken: list[str] = []

    def watched(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else ""
        if _BEGINS.match(text):
            taken.clear()
        for found in (_LOCKS.match(text), _WRITES.match(text)):
            if found:
                assert found[1] == "account" or "account" in taken, sql
                taken.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watched):
        yield
