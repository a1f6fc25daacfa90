"""Those who took part in a consultation, one by one: what figures are counted from, and nobody sees."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.neighbourhoods import key_of_place
from common.db import connection
from consultations.analysis.enums import Dimension
from consultations.participation.models import PEOPLE_IN_SQL

# A person is an account, without the team; or a name under what was taken over from elsewhere, or given offline;
# what was given offline without a name is a person of its own. The same as
# outcomes' results (selectors.participants).
_PEOPLE = """
WITH shown AS (
  SELECT p.id, p.author_id, {proposed_by} AS name, {proposal} AS channel, coalesce(e.age_band, '') AS age,
    coalesce(e.neighbourhood, '') AS place, coalesce(e.capacity, '') AS capacity
  FROM participation_proposal p JOIN framing_challenge c ON c.id = p.challenge_id
  LEFT JOIN offline_entry e ON e.proposal_id = p.id
  WHERE c.consultation_id = %s AND p.status = 'PUBLISHED'
), argued AS (
  SELECT a.id, a.author_id, {argued_by} AS name, {argument} AS channel, coalesce(e.age_band, '') AS age,
    coalesce(e.neighbourhood, '') AS place, coalesce(e.capacity, '') AS capacity
  FROM participation_argument a JOIN shown ON shown.id = a.proposal_id
  LEFT JOIN offline_entry e ON e.argument_id = a.id WHERE a.status = 'PUBLISHED'
), acts AS (
  SELECT author_id AS person, name, channel, age, place, capacity, 'PROPOSED' AS act FROM shown
  UNION ALL SELECT w.user_id, '', 'SITE', '', '', '', 'PROPOSED'
    FROM participation_authorship w JOIN shown ON shown.id = w.proposal_id
  UNION ALL SELECT author_id, name, channel, age, place, capacity, 'ARGUED' FROM argued
  UNION ALL SELECT r.author_id, r.imported_author, {reply}, '', '', '', 'ARGUED' FROM participation_reply r
    JOIN argued ON argued.id = r.argument_id WHERE r.status = 'PUBLISHED'
  UNION ALL SELECT r.user_id, '', 'SITE', '', '', '', 'REACTED'
    FROM participation_reaction r JOIN shown ON shown.id = r.proposal_id
), people AS (
  SELECT person, max(name) AS name, bool_or(act = 'PROPOSED') AS did_propose,
    bool_or(act = 'REACTED') AS did_react, bool_or(act = 'ARGUED') AS did_argue,
    max(nullif(channel, 'SITE')) AS channel, max(age) AS age, max(place) AS place, max(capacity) AS capacity
  FROM acts WHERE person IS NOT NULL OR name <> '' GROUP BY person, CASE WHEN person IS NULL THEN name END
)
SELECT people.person, people.name, coalesce(u.age_band, people.age), coalesce(u.neighbourhood, people.place),
  coalesce(u.capacity, people.capacity),
  CASE WHEN people.person IS NULL THEN coalesce(people.channel, 'IMPORT') ELSE 'SITE' END,
  did_propose, did_react, did_argue
FROM people LEFT JOIN accounts_user u ON u.id = people.person
WHERE people.person IS NULL OR (u.role = 'PARTICIPANT' AND u.is_active)
"""


@dataclass(frozen=True)
class Person:
    """Somebody who took part. `did`: PROPOSED, REACTED, ARGUED."""

    key: int | str  # the account, or the name under what was taken over
    parts: dict[Dimension, str]
    did: frozenset[Dimension]


def people_of(consultation_id: int, *, places: frozenset[str]) -> Iterator[Person]:
    """`places`: the keys of the city's list of neighbourhoods; another one was not said."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(**PEOPLE_IN_SQL), [consultation_id])
        for user, name, age, place, capacity, channel, *did in cursor.fetchall():
            key = key_of_place(place) if place and places else ""
            parts = {
                Dimension.AGE: age,
                Dimension.PLACE: key if key in places else "",
                Dimension.CAPACITY: capacity,
                Dimension.CHANNEL: channel,
            }
            acts = zip((Dimension.PROPOSED, Dimension.REACTED, Dimension.ARGUED), did, strict=True)
            yield Person(user or name, parts, frozenset(act for act, done in acts if done))
