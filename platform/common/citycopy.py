"""What a city takes with it of each table: declared by the app that has the table, in its `citycopy.py`.

A city has two copies (tenants.export). The desk's is without what was never published, and without names: it may be
worked with. The complete one is for the end of the contract. A table or column of which nothing is declared is in
neither, and a test fails until its app has said what it holds of people.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Declared:
    """What of a table goes into which copy. Columns by their names in the database."""

    table: str
    title: Any = ""  # what its rows are, in words
    model: type[Model] | None = None
    shared: tuple[str, ...] = ()  # in both
    people: tuple[str, ...] = ()  # in both: numbers of persons, pseudonyms in the desk's copy
    complete: tuple[str, ...] = ()  # in the complete copy only
    never: tuple[str, ...] = ()  # keys to the door, and the machine's own bookkeeping
    rows: Callable[[], QuerySet[Any]] | None = None  # those that go into the desk's copy; None: all
    complete_rows: Callable[[], QuerySet[Any]] | None = None  # into the complete one; None: all
    blank: dict[str, str] = field(
        default_factory=dict
    )  # in the desk's copy: column → column that empties it where true

    @property
    def columns(self) -> tuple[str, ...]:
        return self.shared + self.people + self.complete + self.never


declared: dict[str, Declared] = {}
# Column, or table.column where the same name means something else elsewhere → what it holds, in words.
_in_words: dict[str, Any] = {}


def in_city_copies(
    model: type[Model] | str,
    *,
    title: Any = "",
    shared: str = "",
    people: str = "",
    complete: str = "",
    never: str = "",
    rows: Callable[[], QuerySet[Any]] | None = None,
    complete_rows: Callable[[], QuerySet[Any]] | None = None,
    blank: dict[str, str] | None = None,
) -> None:
    """Declare a table, every column of it, names separated by spaces. A table of another package by its name.

    `title` says what its rows are, to whoever opens a copy: for each table that goes into one.

    `people` holds numbers of persons whom everybody sees: the desk's copy has the same pseudonym for them in all its
    tables. What nobody sees of a person (how they reacted, whom they follow, how old they are) is `complete`, however
    useful: beside what they signed, a pseudonym would give it away.

    `blank` empties a column of the desk's copy in the rows where another, of the same table, is true.
    """
    table = model if isinstance(model, str) else model._meta.db_table
    assert table not in declared, f"{table} is declared twice"
    columns = {"shared": shared, "people": people, "complete": complete, "never": never}
    whose = None if isinstance(model, str) else model
    declared[table] = Declared(
        table,
        title=title,
        model=whose,
        rows=rows,
        complete_rows=complete_rows,
        blank=blank or {},
        **{kind: tuple(names.split()) for kind, names in columns.items()},
    )


def in_words(meanings: dict[str, Any]) -> None:
    """Say what columns hold, for the note in each copy: by their name alone, or as "table.column" where it differs."""
    twice = meanings.keys() & _in_words.keys()
    assert not twice, f"{twice} said twice"
    _in_words.update(meanings)


def meaning_of(table: str, column: str) -> str:
    """What a column holds, in words; nothing where nobody has said it."""
    return str(_in_words.get(f"{table}.{column}") or _in_words.get(column, ""))


def codes_of(table: str, column: str) -> list[tuple[str, str]]:
    """The codes that a column may hold, each with its words; none where it holds something else."""
    model = declared[table].model
    fields = model._meta.concrete_fields if model else ()
    choices = next((field.flatchoices for field in fields if field.column == column), [])
    return [(str(code), str(words)) for code, words in choices if code != ""]


in_words(
    {
        "id": _("number of the row"),
        "created_at": _("when the row was made"),
        "updated_at": _("when the row last changed"),
        "revision": _("how often it was saved or changed"),
        "import_ref": _("where it was taken from, if it was imported"),
    }
)
