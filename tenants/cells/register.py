"""What of public belongs to a city and leaves with it: each app says it of its own tables, in `leaving.py`.

Every table of public is in one of three: it `leaves`, it is `found_by` a key that each installation has, or it `stays`
(tests/tenants/test_cells_declared.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from tenants.models import Municipality


@dataclass(frozen=True)
class Leaving:
    model: type[Model]
    of: str  # the way from a row to its city, as a filter says it
    named: str  # how messages of the outbox name a row
    in_keys: tuple[str, ...]  # words before its number in what is named by such keys (`by_keys`)
    is_kept: bool  # a copy stays: it is history, or says that the city was here
    operators: tuple[str, ...]  # columns that hold the number of an operator, without a foreign key
    number: str  # a column of numbers that must be accounted for where they were given


leaving: dict[type[Model], Leaving] = {}
shared: dict[type[Model], str] = {}
staying: set[type[Model]] = set()
keyed: dict[type[Model], str] = {}


def leaves(
    model: type[Model],
    *,
    of: str,
    named: str = "",
    in_keys: str = "",
    is_kept: bool = False,
    operators: str = "",
    number: str = "",
) -> None:
    leaving[model] = Leaving(model, of, named, tuple(in_keys.split()), is_kept, tuple(operators.split()), number)


def leaves_by_key(model: type[Model], field: str) -> None:
    """Its rows are a city's by a text such as `invoice:12:3` (`in_keys`)."""
    keyed[model] = field


def found_by(model: type[Model], key: str) -> None:
    """Each installation has its own row of the same thing, known by a natural key."""
    shared[model] = key


def stays(*models: type[Model]) -> None:
    staying.update(models)


def named_columns() -> dict[str, type[Model]]:
    return {each.named: each.model for each in leaving.values() if each.named}


def key_words() -> dict[str, type[Model]]:
    return {word: each.model for each in leaving.values() for word in each.in_keys}


def key_with(key: str, numbers: dict[type[Model], dict[Any, Any]]) -> str | None:
    """The key with the number of its row as `numbers` has it now; None where it names no row of theirs."""
    parts, words = key.split(":"), key_words()
    for at, word in enumerate(parts[:-1]):
        model = words.get(word)
        if model is not None and parts[at + 1].isdecimal() and (new := numbers[model].get(int(parts[at + 1]))):
            return ":".join([*parts[: at + 1], str(new), *parts[at + 2 :]])
    return None


# What an app does in a city's new database, in the transaction that opens it there.
arrived: list[Callable[[Municipality], object]] = []


def on_arrival(follow: Callable[[Municipality], object]) -> Callable[[Municipality], object]:
    arrived.append(follow)
    return follow
