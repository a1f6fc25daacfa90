"""The city's list of its neighbourhoods, and what those who said one that leaves it say from then on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from django.db import models, transaction
from django.db.models import Count

from accounts.audit import record
from accounts.models import Neighbourhood, User
from accounts.neighbourhoods import check_listed, key_of_place, listed_neighbourhoods
from common.db import connection
from common.meanwhile import ChangedMeanwhile, mark_of

_BATCH = 1000

# Whose `neighbourhood` is one that somebody chose: by name, for those that are counted to the team.
_places: dict[type[models.Model], str] = {User: "people"}


def says_neighbourhood(model: type[models.Model], counted_as: str = "") -> None:
    """Register a model of another app whose rows name a neighbourhood."""
    _places[model] = counted_as


_followers: list[Callable[[Mapping[str, str]], None]] = []


def follows_moves(follow: Callable[[Mapping[str, str]], None]) -> Callable[[Mapping[str, str]], None]:
    """Register what keeps counts by neighbourhood: it is given the keys that leave the list → those that they become,
    in the transaction of the new list.
    """
    _followers.append(follow)
    return follow


def revision_of_list() -> str:
    return mark_of(*listed_neighbourhoods().values())


def uses_of(keys: Iterable[str]) -> dict[str, Counter[str]]:
    """How many say each of these neighbourhoods, by what they are ("people", "proposals"). A query a model."""
    found: dict[str, Counter[str]] = {key: Counter() for key in keys}
    for model, name in _places.items():
        if name and found:
            for words, count in _said(model).annotate(count=Count("pk")):
                if key_of_place(words) in found:
                    found[key_of_place(words)][name] += count
    return found


def list_neighbourhoods(
    *, names: list[str], actor: User | None, revision: str = "", moves: Mapping[str, str] | None = None
) -> None:
    """Replace the list; of the same word twice, the first stands. None: people type theirs again.

    What they have said stays as it is, but for `moves`: the key of one that leaves the list → the name that all who
    said it say from now on. No change: nothing happens. `revision`: of the list that the writer has read, if any.
    Raises NeighbourhoodRefused, ChangedMeanwhile.
    """
    for name in names:
        check_listed(name)
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(key_of_place(name), name)
    with transaction.atomic():
        _one_at_a_time()
        kept = listed_neighbourhoods()
        if list(wanted.items()) == list(kept.items()):
            return
        if revision and revision != mark_of(*kept.values()):
            raise ChangedMeanwhile(kept)
        Neighbourhood.objects.all().delete()
        Neighbourhood.objects.bulk_create(
            Neighbourhood(name=name, key=key, position=position)
            for position, (key, name) in enumerate(wanted.items(), start=1)
        )
        moves = {key: name for key, name in (moves or {}).items() if name in wanted.values() and key not in wanted}
        moved = sum(_carry_over(model, moves) for model in _places) if moves else 0
        for follow in _followers if moves else ():
            follow({key: key_of_place(name) for key, name in moves.items()})
        record("neighbourhoods_listed", actor=actor, count=len(wanted), moved=moved)


def _carry_over(model: type[models.Model], moves: Mapping[str, str]) -> int:
    """Of the same word in any spelling; a thousand rows at a time. How many."""
    moved = 0
    for words in list(_said(model).values_list("neighbourhood", flat=True)):
        if key_of_place(words) not in moves:
            continue
        those = model._default_manager.filter(neighbourhood=words).order_by("pk")
        while batch := list(those.values_list("pk", flat=True)[:_BATCH]):
            moved += model._default_manager.filter(pk__in=batch).update(neighbourhood=moves[key_of_place(words)])
    return moved


def _said(model: type[models.Model]) -> models.QuerySet[models.Model, tuple[str]]:
    return (
        model._default_manager.exclude(neighbourhood="")
        .order_by("neighbourhood")
        .values_list("neighbourhood")
        .distinct()
    )


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('neighbourhoods ' || %s, 0))", [connection.schema_name]
        )
