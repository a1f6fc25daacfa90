"""How many follow a project: a column, kept in the transaction of each change."""

from django.db import transaction

from common.db import connection

_RECOUNT = """
UPDATE outcomes_project p SET follower_count = c.followers
FROM (
  SELECT q.id, count(f.id) AS followers FROM outcomes_project q
  LEFT JOIN outcomes_projectfollow f ON f.project_id = q.id GROUP BY q.id
) c
WHERE p.id = c.id AND p.follower_count <> c.followers
"""


def recount_followers() -> int:
    """Bring the counts of the present city to its facts; how many were wrong (0 in a healthy city)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        return int(cursor.rowcount)
