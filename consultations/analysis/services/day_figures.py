"""What was done, day by day: counted from the facts, in one statement that changes only what is wrong."""

from django.db import transaction
from django.utils import timezone

from common.db import concerns, connection
from consultations.analysis.scopes import FIGURES
from consultations.participation.models import PEOPLE_IN_SQL

# A proposal counts on its day, an argument on its own, a reaction on the day of the first press.
_COUNT = """
WITH shown AS (
  SELECT p.id, c.consultation_id, p.challenge_id, p.submitted_at, {proposal} AS channel, p.version
  FROM participation_proposal p JOIN framing_challenge c ON c.id = p.challenge_id WHERE p.status = 'PUBLISHED'
), said AS (
  SELECT DISTINCT proposal_id, author_id FROM participation_argument
  WHERE status = 'PUBLISHED' AND author_id IS NOT NULL
), acts AS (
  SELECT consultation_id, challenge_id, submitted_at AS at, channel, 1 AS proposals, (version > 1)::int AS reworked,
    0 AS arguments, 0 AS taken, 0 AS reactions, 0 AS argued FROM shown
  UNION ALL
  SELECT s.consultation_id, s.challenge_id, a.submitted_at, {argument}, 0, 0, 1, (a.taken_in IS NOT NULL)::int, 0, 0
  FROM participation_argument a JOIN shown s ON s.id = a.proposal_id WHERE a.status = 'PUBLISHED'
  UNION ALL
  SELECT s.consultation_id, s.challenge_id, r.created_at, 'SITE', 0, 0, 0, 0, 1, (said.proposal_id IS NOT NULL)::int
  FROM participation_reaction r JOIN shown s ON s.id = r.proposal_id
  LEFT JOIN said ON said.proposal_id = r.proposal_id AND said.author_id = r.user_id
), facts AS (
  SELECT consultation_id, challenge_id, (at AT TIME ZONE %(zone)s)::date AS day,
    channel,
    sum(proposals) AS proposals, sum(reworked) AS reworked, sum(arguments) AS arguments, sum(taken) AS taken,
    sum(reactions) AS reactions, sum(argued) AS argued
  FROM acts GROUP BY 1, 2, 3, 4
), gone AS (
  DELETE FROM analysis_dayfigures d WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE
    (f.challenge_id, f.day, f.channel) = (d.challenge_id, d.day, d.channel) AND f.consultation_id = d.consultation_id)
  RETURNING 1
), changed AS (
  INSERT INTO analysis_dayfigures (consultation_id, challenge_id, day, channel,
    proposals, reworked, arguments, taken, reactions, argued)
  SELECT f.* FROM facts f LEFT JOIN analysis_dayfigures d ON
    (f.challenge_id, f.day, f.channel) = (d.challenge_id, d.day, d.channel) AND f.consultation_id = d.consultation_id
  WHERE d.id IS NULL OR (d.proposals, d.reworked, d.arguments, d.taken, d.reactions, d.argued)
    IS DISTINCT FROM (f.proposals, f.reworked, f.arguments, f.taken, f.reactions, f.argued)
  ON CONFLICT (consultation_id, challenge_id, day, channel) DO UPDATE SET
    proposals = excluded.proposals, reworked = excluded.reworked, arguments = excluded.arguments,
    taken = excluded.taken, reactions = excluded.reactions, argued = excluded.argued
  RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed)
"""


def count_days() -> int:
    """Bring the rows of the present city to the facts; how many were wrong."""
    with transaction.atomic(), connection.cursor() as cursor:
        concerns(FIGURES)
        one_at_a_time()
        cursor.execute(_COUNT.format(**PEOPLE_IN_SQL), {"zone": timezone.get_current_timezone_name()})
        return int(cursor.fetchone()[0])


def one_at_a_time() -> None:
    """Of two that count in a city, the second sees what the first has written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('figures ' || %s, 0))", [connection.schema_name])
