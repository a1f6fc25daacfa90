"""Those who took part in a consultation, one by one: what figures are counted from, and nobody sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.neighbourhoods import key_of_place
from common.db import connection
from consultations.analysis.enums import Dimension

# A person is an account, without the team; or a name under what was taken over from elsewhere. The same as
# outcomes' results (selectors.participants), with the day and how much.
_PEOPLE = """
WITH shown AS (
  SELECT p.id, p.author_id, p.imported_author, p.submitted_at FROM participation_proposal p
  JOIN framing_challenge c ON c.id = p.challenge_id
  WHERE c.consultation_id = %(consultation)s AND p.status = 'PUBLISHED'
), argued AS (
  SELECT a.id, a.proposal_id, a.author_id, a.imported_author, a.submitted_at, a.taken_in FROM participation_argument a
  JOIN shown ON shown.id = a.proposal_id WHERE a.status = 'PUBLISHED'
), said AS (
  SELECT DISTINCT proposal_id, author_id FROM argued WHERE author_id IS NOT NULL
), acts AS (
  SELECT author_id AS person, imported_author AS name, submitted_at AS at, 'PROPOSED' AS act,
    1 AS proposals, 0 AS arguments, 0 AS taken, 0 AS reactions, 0 AS argued FROM shown
  UNION ALL SELECT w.user_id, '', w.since, 'PROPOSED', 0, 0, 0, 0, 0
    FROM participation_authorship w JOIN shown ON shown.id = w.proposal_id
  UNION ALL SELECT author_id, imported_author, submitted_at, 'ARGUED', 0, 1, (taken_in IS NOT NULL)::int, 0, 0
    FROM argued
  UNION ALL SELECT r.author_id, r.imported_author, r.submitted_at, 'ARGUED', 0, 0, 0, 0, 0 FROM participation_reply r
    JOIN argued ON argued.id = r.argument_id WHERE r.status = 'PUBLISHED'
  UNION ALL SELECT r.user_id, '', r.created_at, 'REACTED', 0, 0, 0, 1, (said.proposal_id IS NOT NULL)::int
    FROM participation_reaction r JOIN shown ON shown.id = r.proposal_id
    LEFT JOIN said ON said.proposal_id = r.proposal_id AND said.author_id = r.user_id
), people AS (
  SELECT person, max(name) AS name, min(at) AS since,
    bool_or(act = 'PROPOSED') AS did_propose, bool_or(act = 'REACTED') AS did_react,
    bool_or(act = 'ARGUED') AS did_argue, sum(proposals) AS proposals, sum(arguments) AS arguments,
    sum(taken) AS taken, sum(reactions) AS reactions, sum(argued) AS argued
  FROM acts WHERE person IS NOT NULL OR name <> '' GROUP BY person, CASE WHEN person IS NULL THEN name END
)
SELECT people.person, people.name, (since AT TIME ZONE %(zone)s)::date,
  coalesce(u.age_band, ''), coalesce(u.neighbourhood, ''),
  coalesce(u.capacity, ''), CASE WHEN people.person IS NULL THEN 'IMPORT' ELSE 'SITE' END,
  did_propose, did_react, did_argue, people.proposals, people.arguments, people.taken, people.reactions, people.argued
FROM people LEFT JOIN accounts_user u ON u.id = people.person
WHERE people.person IS NULL OR (u.role = 'PARTICIPANT' AND u.is_active)
"""
_DID = {True: "YES", False: ""}


@dataclass(frozen=True)
class Person:
    """Somebody who took part: when for the first time, what is known of them, and how much they did."""

    key: int | str  # the account, or the name under what was taken over
    since: date
    parts: dict[Dimension, str]
    proposals: int
    arguments: int
    taken: int
    reactions: int
    argued: int


def people_of(consultation_id: int, *, places: frozenset[str]) -> Iterator[Person]:
    """`places`: the keys of the city's list of neighbourhoods; another one was not said."""
    values = {"consultation": consultation_id, "zone": timezone.get_current_timezone_name()}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        for user, name, since, age, place, capacity, channel, proposed, reacted, argued, *counts in cursor.fetchall():
            key = key_of_place(place) if place and places else ""
            parts = {
                Dimension.AGE: age,
                Dimension.PLACE: key if key in places else "",
                Dimension.CAPACITY: capacity,
                Dimension.CHANNEL: channel,
                Dimension.PROPOSED: _DID[proposed],
                Dimension.REACTED: _DID[reacted],
                Dimension.ARGUED: _DID[argued],
            }
            yield Person(user or name, since, parts, *map(int, counts))
