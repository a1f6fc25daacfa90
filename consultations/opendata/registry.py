"""What apps open of a consultation, each in its `opendata.py` (common.apps): tables that anybody may take and reuse.

A table says in words what each of its columns holds, reads its rows as they are published, and hides who wrote them
(consultations.opendata.names). What is in no table leaves no city.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.framing.models import Consultation
from consultations.opendata.names import Names

# All that an import reads, in one file (docs/import.md).
WHOLE = "consultation.jsonl"
# What a flag is in a spreadsheet.
YES, NO = "oui", "non"


class Kind(StrEnum):
    """Of a column, as Table Schema calls it."""

    TEXT = "string"
    ADDRESS = "uri"
    NUMBER = "integer"
    DAY = "date"
    MOMENT = "datetime"
    FLAG = "boolean"


@dataclass(frozen=True)
class Column:
    """`value`: how it is read of a row: the name of an attribute, or a function of the row and the names.

    `codes`: it holds one of those, in words. `of`: it holds what a row of that table is called. `required`: no row is
    without it.
    """

    name: str
    value: str | Callable[[Any, Names], Any]
    meaning: Any
    kind: Kind = Kind.TEXT
    codes: type[TextChoices] | None = None
    of: str = ""
    required: bool = False

    def of_row(self, row: Any, names: Names) -> Any:
        """As it is published: a code in words, nothing for what is empty."""
        found = attrgetter(self.value)(row) if isinstance(self.value, str) else self.value(row, names)
        if self.codes is not None and found:
            return str(self.codes(found).label)
        return None if found == "" else found


def named(table: str) -> Column:
    """The first column of most tables: what the row is called."""
    meaning = _("what it is called in these files, for good")
    return Column("identifiant", lambda each, names: names.of(table, each.pk), meaning, required=True)


def refers(name: str, table: str, number: str, meaning: Any, *, required: bool = False) -> Column:
    """Holds what a row of `table` is called, whose number stands at `number`."""
    found = attrgetter(number)
    return Column(name, lambda each, names: names.of(table, found(each)), meaning, of=table, required=required)


def address() -> Column:
    """Where everybody reads it."""
    whole = lambda each, names: names.address(each.get_absolute_url())  # noqa: E731
    return Column("adresse", whole, _("its page"), Kind.ADDRESS, required=True)


def wrote() -> Column:
    """Who wrote it (participation.models.Authored)."""
    meaning = _("a pseudonym for who wrote it, the same in all files of this consultation and in no other")
    return Column("auteur", lambda each, names: names.author(each), meaning)


Reading = Callable[[Consultation], Iterable[Any]]
# A row as a line of an import (docs/import.md).
Line = Callable[[Any, Names], dict[str, Any]]


@dataclass(frozen=True, order=True)
class Table:
    """`name`: of its files. `key`: the columns that tell a row from any other."""

    order: int
    name: str
    title: Any = field(compare=False)
    about: Any = field(compare=False)
    columns: tuple[Column, ...] = field(compare=False)
    key: tuple[str, ...] = field(compare=False)
    read: Reading = field(compare=False)
    line: Line | None = field(compare=False)

    def row(self, row: Any, names: Names) -> dict[str, Any]:
        return {each.name: each.of_row(row, names) for each in self.columns}


@dataclass(frozen=True)
class Elsewhere:
    """A file that has an address of its own already: `url` leads to it, from the root of the city. `consultation`: the
    number of that which it is of; None: of the whole city."""

    consultation: int | None
    title: Any
    url: str
    media_type: str
    modified: datetime | None = None


Finding = Callable[[Sequence[Consultation]], Iterable[Elsewhere]]


@dataclass(frozen=True, order=True)
class Feed:
    """What is new, entry by entry, at an address of the consultation; `of_city`: at one of the city."""

    order: int
    url_name: str
    label: Any = field(compare=False)
    of_city: bool = field(compare=False)

    def path(self, consultation: Consultation) -> str:
        return reverse(self.url_name, args=[] if self.of_city else [consultation.slug])


tables: list[Table] = []
feeds: list[Feed] = []
findings: list[Finding] = []


def opens(
    name: str,
    title: Any,
    about: Any,
    *,
    order: int,
    columns: Iterable[Column],
    key: tuple[str, ...] = ("identifiant",),
    line: Line | None = None,
) -> Callable[[Reading], Reading]:
    """Register a table: the function reads its rows for a consultation, some at a time, and only what everybody may
    read. Tables are written by their `order`: what a row refers to stands before it.
    """

    def register(read: Reading) -> Reading:
        assert name not in {each.name for each in tables}, f"{name} is opened twice"
        insort(tables, Table(order, name, title, about, tuple(columns), key, read, line))
        return read

    return register


def opens_elsewhere(found: Finding) -> Finding:
    """Register what finds files that are served already, of these consultations and of the whole city, in one query:
    the page and the catalogue lead to them.
    """
    findings.append(found)
    return found


def elsewhere_of(consultations: Sequence[Consultation]) -> list[Elsewhere]:
    return [each for found in findings for each in found(consultations)]


def offers_feed(url_name: str, label: Any, *, order: int, of_city: bool = False) -> None:
    """Register a feed: the pages that lead to what is open lead there, too."""
    insort(feeds, Feed(order, url_name, label, of_city))


def table_named(name: str) -> Table | None:
    return next((each for each in tables if each.name == name), None)
