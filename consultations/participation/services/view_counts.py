"""How often the pages of proposals are opened: what "à découvrir" makes up for."""

from collections.abc import Mapping

from django.db import connection, transaction

# In one order, so that two processes never wait for each other. A proposal that is gone is left out.
_ADD = """
INSERT INTO participation_proposalviews (proposal_id, count)
SELECT p.id, seen.times
FROM unnest(%s::bigint[], %s::int[]) AS seen (id, times) JOIN participation_proposal p ON p.id = seen.id
ORDER BY p.id
ON CONFLICT (proposal_id) DO UPDATE SET count = participation_proposalviews.count + excluded.count
"""


def count_views(seen: Mapping[int, int]) -> None:
    """Add how often each proposal was opened, in one statement that invalidates no kept page."""
    if seen:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ADD, [list(seen), list(seen.values())])
