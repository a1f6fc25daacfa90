"""The city's list of its neighbourhoods."""

from django.db import transaction

from accounts.audit import record
from accounts.models import Neighbourhood, User
from accounts.neighbourhoods import check_neighbourhood, key_of_place, listed_neighbourhoods


def list_neighbourhoods(*, names: list[str], actor: User | None) -> None:
    """Replace the list; of the same word twice, the first stands. None: people type theirs again.

    What they have said stays as it is. No change: nothing happens. Raises NeighbourhoodRefused.
    """
    for name in names:
        check_neighbourhood(name)
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(key_of_place(name), name)
    with transaction.atomic():
        if list(wanted.items()) == list(listed_neighbourhoods().items()):
            return
        Neighbourhood.objects.all().delete()
        Neighbourhood.objects.bulk_create(
            Neighbourhood(name=name, key=key, position=position)
            for position, (key, name) in enumerate(wanted.items(), start=1)
        )
        record("neighbourhoods_listed", actor=actor, count=len(wanted))
