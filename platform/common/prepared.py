"""Queries whose SQL is made once a process: some take Django longer to write than PostgreSQL to answer."""

from collections.abc import Callable
from copy import copy
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound=Model)
# Stands for the number that is asked about, while the SQL is made.
_PLACE = -987_654_321


class Prepared(Generic[_Row]):
    """A query about one number, e.g. of a row: `make(number)`, which says the same of any."""

    def __init__(self, make: Callable[[int], QuerySet[_Row]]) -> None:
        self._make = make
        self._made: tuple[QuerySet[_Row], Any, str, tuple[Any, ...]] | None = None

    def __call__(self, number: int) -> list[_Row]:
        queryset, compiler, sql, values = self._made or self._once()
        compiler, asked = copy(compiler), queryset.all()
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_args, **_kwargs: (sql, tuple(number if each == _PLACE else each for each in values))
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        return list(asked)

    def _once(self) -> tuple[QuerySet[_Row], Any, str, tuple[Any, ...]]:
        queryset = self._make(_PLACE)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        assert _PLACE in values, sql
        self._made = queryset, compiler, sql, tuple(values)
        return self._made
