"""What the database must know of each table: declared by the app that has the table, in its `tables.py`.

Of a table of which nothing is said, writing changes the pages that are kept (common.pagecache), and only a city that
takes writing writes it.
"""

from dataclasses import dataclass
from typing import Final

from django.db.models import Model

ALL: Final = "*"  # the whole table, where else names of columns stand
NEW: Final = "+"  # rows that are added
NOTHING: Final = "-"  # no row


@dataclass(frozen=True)
class Declared:
    table: str
    quiet: tuple[str, ...]
    soon: tuple[str, ...]
    always_written: tuple[str, ...]
    append_only: bool
    read_by_every_city: bool
    as_now: str


declared: dict[str, Declared] = {}


@dataclass(frozen=True)
class GoesOn:
    model: type[Model]
    when: str
    named: str


going_on: list[GoesOn] = []


def goes_on(model: type[Model], *, when: str, named: str) -> None:
    """Rows that stay as they are now where a city is put back to a day before (tenants.goes_on), with the rows of their
    app that lead to them. `when`: of which rows, in SQL from the column on; `named`: by which word messages say theirs.
    """
    going_on.append(GoesOn(model, when, named))


def in_database(
    model: type[Model] | str,
    *,
    quiet: str = "",
    soon: str = "",
    always_written: str = "",
    append_only: bool = False,
    read_by_every_city: bool = False,
    as_now: str = "",
) -> None:
    """Declare a table; one of another package by its name. Columns by their names in the database, between spaces.

    `quiet`: no kept page shows it (ALL), or not these columns: updating them and no other changes no page.
    `soon`: what others may see a second later, and never what is hidden, corrected or ended. In the same way: ALL, or
    updating these columns, with quiet ones or alone, and NEW: adding rows.
    `always_written`: cities that only read write it too, or these columns of it.
    `append_only`: a city adds to it in every state, and never changes what is there.
    `read_by_every_city`: a table of public that cities read; a migration of its app gives them the right.
    `as_now`: where a city is put back to a day before, it stays as it is (tenants.put_out); no key leads to it from a
    table that does not. ALL of it, or by the name of a column that says whose a row is what is of people of both days,
    or NOTHING of either day.
    """
    table = model if isinstance(model, str) else model._meta.db_table
    assert table not in declared, f"{table} is declared twice"
    declared[table] = Declared(
        table,
        tuple(quiet.split()),
        tuple(soon.split()),
        tuple(always_written.split()),
        append_only,
        read_by_every_city,
        as_now,
    )
