"""Proposals by the neighbourhood that they are about, as the city lists them."""

from dataclasses import dataclass, field

from django.db.models import Count

from accounts.neighbourhoods import key_of_place, listed_neighbourhoods
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal

# What an address says of those that are about none of the list.
ELSEWHERE = "-"


@dataclass
class Place:
    """A neighbourhood of the list: its key, its name, how people have written it, how many proposals are about it."""

    key: str
    name: str
    spellings: list[str] = field(default_factory=list)
    count: int = 0


def places_of(consultation: Consultation) -> list[Place]:
    """Those of the city's list, then the one of all other proposals (without a name); nothing where there is no list.

    Two queries. Matched by key: people typed freely before there was a list.
    """
    places = {key: Place(key, name) for key, name in listed_neighbourhoods().items()}
    if not places:
        return []
    elsewhere = Place(ELSEWHERE, "")
    written = (
        Proposal.objects.published()
        .filter(challenge__consultation=consultation)
        .order_by("neighbourhood")
        .values_list("neighbourhood")
        .annotate(count=Count("pk"))
    )
    for words, count in written:
        place = places.get(key_of_place(words), elsewhere)
        place.spellings.append(words)
        place.count += count
    return [*places.values(), elsewhere]
