"""What is counted by neighbourhood, as the city lists them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.enums import Role
from accounts.models import User
from accounts.neighbourhoods import key_of_place, listed_neighbourhoods
from consultations.framing.models import Consultation
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Authorship, Proposal, Reaction

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


# Fewer persons could be recognised; *Vos données* promises it.
FEWEST_PERSONS = 5


@dataclass(frozen=True)
class PlaceFigures:
    """What is about a neighbourhood, and how many take part who live there: None where they are fewer than five. The
    one without a name stands for all others.
    """

    name: str
    proposals: int
    arguments: int
    people: int | None


def figures_by_place(consultation: Consultation) -> list[PlaceFigures]:
    """Of what can be read, and of those who wrote or reacted to it, without the team. Four queries; nothing where
    there is no list.
    """
    listed = listed_neighbourhoods()
    if not listed:
        return []
    proposals = Proposal.objects.published().filter(challenge__consultation=consultation)
    arguments = Argument.objects.filter(proposal__in=proposals, status=Status.PUBLISHED)
    took_part = (
        Q(pk__in=proposals.values("author"))
        | Q(pk__in=Authorship.objects.filter(proposal__in=proposals).values("user"))
        | Q(pk__in=arguments.values("author"))
        | Q(pk__in=Reaction.objects.filter(proposal__in=proposals).values("user"))
    )
    people = User.objects.filter(took_part, role=Role.PARTICIPANT, is_active=True)
    about, said, live = (
        _by_key(rows.order_by(words).values_list(words).annotate(count=Count("pk")), listed)
        for rows, words in (
            (proposals, "neighbourhood"),
            (arguments, "proposal__neighbourhood"),
            (people, "neighbourhood"),
        )
    )
    return [
        PlaceFigures(name, about[key], said[key], live[key] if live[key] >= FEWEST_PERSONS else None)
        for key, name in [*listed.items(), (ELSEWHERE, "")]
    ]


def _by_key(rows: Iterable[tuple[str, int]], listed: dict[str, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for words, count in rows:
        key = key_of_place(words)
        counts[key if key in listed else ELSEWHERE] += count
    return counts
