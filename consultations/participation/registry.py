"""What apps say of contributions, each in its `contributions.py` (common.apps).

So moderation has its filter, its marks and its action in the desk's list, outcomes keep what is answered, and
participation has heard of neither.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from accounts.abilities import Ability
from accounts.models import User
from common.refusals import Refusal
from consultations.participation.models import Proposal

# A contribution: its kind (enums.ContributionKind) and its number.
Key = tuple[str, int]


@dataclass(frozen=True, order=True)
class ListFilter:
    """`name`: in the address. `narrow`: of the rows of a kind, those that one of the `choices` (code, words) means."""

    order: int
    name: str
    label: Any = field(compare=False)
    choices: tuple[tuple[str, Any], ...] = field(compare=False)
    narrow: Callable[[str, str, QuerySet[Any]], QuerySet[Any]] = field(compare=False)


@dataclass(frozen=True)
class Mark:
    """What a line says beside its state, and where that leads whoever reads it."""

    words: str
    url: str = ""


# Of the lines of a page, for whoever reads it: one query or two, however many lines.
Marking = Callable[[Iterable[Key], User], Mapping[Key, Mark]]


# Why the text of a proposal must stay as it is, if it must. One query at most.
Keeping = Callable[[Proposal], Refusal | None]


@dataclass(frozen=True, order=True)
class ReadyView:
    """A view that every city has: its words, and what its address asks for."""

    order: int
    query: str
    label: Any = field(compare=False)


@dataclass(frozen=True, order=True)
class ListAction:
    """What can be done with those that are chosen: `choix` is posted to an address, a key each ("ARGUMENT-12")."""

    order: int
    url_name: str
    label: Any = field(compare=False)
    ability: Ability = field(compare=False)
    when: Callable[[User], bool] = field(compare=False, default=lambda user: True)


list_filters: list[ListFilter] = []
markings: list[Marking] = []
ready_views: list[ReadyView] = []
list_actions: list[ListAction] = []
keepings: list[Keeping] = []
# Of proposals: those that stay on their own, and together; and why.
settlings: list[tuple[Q, type[Refusal]]] = []


def list_filter(name: str, label: Any, choices: Iterable[tuple[str, Any]], *, order: int) -> Callable[..., Any]:
    """Register what narrows the list by a choice."""

    def register(narrow: Callable[[str, str, QuerySet[Any]], QuerySet[Any]]) -> Any:
        insort(list_filters, ListFilter(order, name, label, tuple(choices), narrow))
        return narrow

    return register


def marks_lines(marking: Marking) -> Marking:
    markings.append(marking)
    return marking


def ready_view(label: Any, query: str, *, order: int) -> None:
    insort(ready_views, ReadyView(order, query, label))


def list_action(
    url_name: str, label: Any, *, ability: Ability, order: int, when: Callable[[User], bool] = lambda user: True
) -> None:
    insort(list_actions, ListAction(order, url_name, label, ability, when))


def keeps_texts(keeping: Keeping) -> Keeping:
    """Register what stands against correcting a text in place."""
    keepings.append(keeping)
    return keeping


def why_kept(proposal: Proposal) -> Refusal | None:
    """Why it can be corrected as a new version only. A query for each app that registered something."""
    return next((refusal for keeping in keepings if (refusal := keeping(proposal))), None)


def settles(which: Q, why: type[Refusal]) -> None:
    """Register proposals that are no longer brought together with others nor, being collective, taken apart."""
    settlings.append((which, why))


def settled() -> Q:
    """Of proposals: those of them all."""
    return reduce(or_, (which for which, _why in settlings), Q(pk__in=[]))


def why_settled(keys: Iterable[int]) -> dict[int, Refusal]:
    """Of those of these proposals that are. A query for each app that registered something."""
    wanted = list(keys)
    return {
        pk: why()
        for which, why in settlings
        for pk in Proposal.objects.filter(which, pk__in=wanted).order_by("pk").values_list("pk", flat=True)
    }


def written_key(key: Key) -> str:
    return f"{key[0]}-{key[1]}"


def read_keys(written: Iterable[str]) -> list[Key]:
    """Those that can be read, once each."""
    parts = (each.partition("-") for each in written)
    found = ((kind, int(pk)) for kind, _dash, pk in parts if pk.isascii() and pk.isdigit() and len(pk) < 19)
    return list(dict.fromkeys(found))
