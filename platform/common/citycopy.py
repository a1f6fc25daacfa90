"""What a city takes with it of each table: declared by the app that has the table, in its `citycopy.py`.

A city has two copies (tenants.export). The desk's is without what was never published, and without names: it may be
worked with. The complete one is for the end of the contract. A table or column of which nothing is declared is in
neither, and a test fails until its app has said what it holds of people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Declared:
    """What of a table goes into which copy. Columns by their names in the database."""

    table: str
    shared: tuple[str, ...] = ()  # in both
    people: tuple[str, ...] = ()  # in both: numbers of persons, pseudonyms in the desk's copy
    complete: tuple[str, ...] = ()  # in the complete copy only
    never: tuple[str, ...] = ()  # keys to the door, and the machine's own bookkeeping
    rows: Callable[[], QuerySet[Any]] | None = None  # those that go into the desk's copy; None: all

    @property
    def columns(self) -> tuple[str, ...]:
        return self.shared + self.people + self.complete + self.never


declared: dict[str, Declared] = {}


def in_city_copies(
    model: type[Model] | str,
    *,
    shared: str = "",
    people: str = "",
    complete: str = "",
    never: str = "",
    rows: Callable[[], QuerySet[Any]] | None = None,
) -> None:
    """Declare a table, every column of it, names separated by spaces. A table of another package by its name.

    `people` holds numbers of persons whom everybody sees: the desk's copy has the same pseudonym for them in all its
    tables. What nobody sees of a person (how they reacted, whom they follow, how old they are) is `complete`, however
    useful: beside what they signed, a pseudonym would give it away.
    """
    table = model if isinstance(model, str) else model._meta.db_table
    assert table not in declared, f"{table} is declared twice"
    columns = {"shared": shared, "people": people, "complete": complete, "never": never}
    declared[table] = Declared(table, rows=rows, **{kind: tuple(names.split()) for kind, names in columns.items()})
