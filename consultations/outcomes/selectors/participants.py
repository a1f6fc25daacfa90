"""Who took part in a consultation, in counts that may be published: of fewer than five persons, none is told."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import pgettext

from accounts.enums import Capacity
from accounts.neighbourhoods import key_of_place, listed_neighbourhoods
from common.masking import LEAST, mask, masked
from consultations.framing.models import Consultation
from consultations.participation.enums import Channel
from consultations.participation.models import PEOPLE_IN_SQL

# A person is an account, without the team; or a name under what was taken over from elsewhere, or given offline;
# what was given offline without a name is a person of its own.
_PEOPLE = """
WITH shown AS (
  SELECT p.id, p.author_id, {proposed_by} AS name, {proposal} AS channel,
    coalesce(e.neighbourhood, '') AS place, coalesce(e.capacity, '') AS capacity
  FROM participation_proposal p JOIN framing_challenge c ON c.id = p.challenge_id
  LEFT JOIN offline_entry e ON e.proposal_id = p.id
  WHERE c.consultation_id = %(consultation)s AND p.status = 'PUBLISHED'
), argued AS (
  SELECT a.id, a.author_id, {argued_by} AS name, {argument} AS channel,
    coalesce(e.neighbourhood, '') AS place, coalesce(e.capacity, '') AS capacity
  FROM participation_argument a JOIN shown ON shown.id = a.proposal_id
  LEFT JOIN offline_entry e ON e.argument_id = a.id WHERE a.status = 'PUBLISHED'
), acts AS (
  SELECT author_id AS person, name, channel, place, capacity, 'PROPOSED' AS act FROM shown
  UNION ALL SELECT w.user_id, '', 'SITE', '', '', 'PROPOSED'
    FROM participation_authorship w JOIN shown ON shown.id = w.proposal_id
  UNION ALL SELECT author_id, name, channel, place, capacity, 'ARGUED' FROM argued
  UNION ALL SELECT r.author_id, r.imported_author, {reply}, '', '', 'ARGUED' FROM participation_reply r
    JOIN argued ON argued.id = r.argument_id WHERE r.status = 'PUBLISHED'
  UNION ALL SELECT r.user_id, '', 'SITE', '', '', 'REACTED'
    FROM participation_reaction r JOIN shown ON shown.id = r.proposal_id
), people AS (
  SELECT person, bool_or(act = 'PROPOSED') AS proposed, bool_or(act = 'REACTED') AS reacted,
    bool_or(act = 'ARGUED') AS argued, max(nullif(channel, 'SITE')) AS channel,
    max(place) AS place, max(capacity) AS capacity
  FROM acts WHERE person IS NOT NULL OR name <> '' GROUP BY person, CASE WHEN person IS NULL THEN name END
)
SELECT coalesce(u.capacity, people.capacity), coalesce(u.neighbourhood, people.place),
  CASE WHEN people.person IS NULL THEN coalesce(people.channel, 'IMPORT') ELSE 'SITE' END,
  proposed, reacted, argued, count(*)
FROM people LEFT JOIN accounts_user u ON u.id = people.person
WHERE people.person IS NULL OR (u.role = 'PARTICIPANT' AND u.is_active)
GROUP BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True)
class _Alike:
    """How many persons have the same of everything that is asked here."""

    capacity: str
    neighbourhood: str
    channel: str
    proposed: bool
    reacted: bool
    argued: bool
    count: int


@dataclass(frozen=True)
class Part:
    """Of those who took part; None where it is hidden."""

    label: str
    count: int | None


@dataclass(frozen=True)
class Participants:
    """None is a hidden count; `total` is, where fewer than five took part in all."""

    total: int | None
    proposed: int | None
    reacted: int | None
    argued: int | None
    capacities: list[Part]
    neighbourhoods: list[Part]  # none where the city has no list of them
    channels: list[Part]  # none where everybody came through this site

    @property
    def hides(self) -> bool:
        parts = [*self.capacities, *self.neighbourhoods, *self.channels]
        return None in (self.proposed, self.reacted, self.argued, *(each.count for each in parts))


# Who keeps these counts as they are published elsewhere: two pages that count anew would tell more than each does.
published_by: list[Callable[[Consultation], Participants | None]] = []


def participants_of(consultation: Consultation) -> Participants:
    """As they are published, three queries; where they are not, counted here, in two."""
    return next((found for each in published_by if (found := each(consultation))), None) or _counted(consultation)


def _counted(consultation: Consultation) -> Participants:
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(**PEOPLE_IN_SQL), {"consultation": consultation.pk})
        people = [_Alike(*row) for row in cursor.fetchall()]
    total = sum(each.count for each in people)

    def who(did: Callable[[_Alike], bool]) -> int | None:
        return masked(sum(each.count for each in people if did(each)), of=total) if total >= LEAST else None

    capacities = Counter[str]()
    for each in people:
        capacities[each.capacity] += each.count
    return Participants(
        total=total if total >= LEAST or not total else None,
        proposed=who(lambda each: each.proposed),
        reacted=who(lambda each: each.reacted),
        argued=who(lambda each: each.argued),
        capacities=_parts([*Capacity.choices, ("", pgettext("capacity", "not said"))], capacities),
        neighbourhoods=_by_place(people),
        channels=_by_channel(people),
    )


def _by_place(people: Iterable[_Alike]) -> list[Part]:
    listed = listed_neighbourhoods()
    if not listed:
        return []
    counts = Counter[str]()
    for each in people:
        key = key_of_place(each.neighbourhood)
        counts[key if key in listed else ""] += each.count
    return _parts([*listed.items(), ("", pgettext("neighbourhood", "another one, or not said"))], counts)


def _by_channel(people: Iterable[_Alike]) -> list[Part]:
    counts = Counter[str]()
    for each in people:
        counts[each.channel] += each.count
    return _parts(Channel.choices, counts) if len(counts) > 1 else []


def _parts(labels: Iterable[tuple[str, Any]], counts: Counter[str]) -> list[Part]:
    """Those with somebody in them, or hidden; none at all where fewer than five took part."""
    known = list(labels)
    if counts.total() < LEAST:
        return []
    shown = mask([counts[code] for code, _label in known])
    return [Part(str(label), count) for (_code, label), count in zip(known, shown, strict=True) if count != 0]
