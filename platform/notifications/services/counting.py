"""How many notices a person has not read: a column of the account, kept in the transaction of each change.

Whoever changes notices counts last: accounts are locked after preferences and notices, and by number.
"""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from common.db import connection

_COUNT = """
UPDATE "accounts_user" SET "unread_notices" = CASE
  WHEN accounts_user.unread_notices + change.by > 0 THEN accounts_user.unread_notices + change.by ELSE 0 END
FROM (
  SELECT u.id, c.by FROM unnest(%s::bigint[], %s::integer[]) AS c(id, by) JOIN accounts_user u ON u.id = c.id
  ORDER BY u.id FOR NO KEY UPDATE OF u
) change
WHERE accounts_user.id = change.id
"""
_RECOUNT = """
UPDATE "accounts_user" SET "unread_notices" = c.unread
FROM (
  SELECT u.id, count(n.id) AS unread FROM accounts_user u
  LEFT JOIN notifications_notice n ON n.user_id = u.id AND n.read_at IS NULL GROUP BY u.id
) c
WHERE accounts_user.id = c.id AND accounts_user.unread_notices <> c.unread
"""


def count_unread(changes: Mapping[int, int]) -> None:
    """Add to the counts of accounts: by how many each."""
    changes = {user_id: by for user_id, by in changes.items() if by}
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [list(changes), list(changes.values())])


def recount_unread() -> int:
    """Bring the counts of the present city to its notices; how many were wrong (0 in a healthy city)."""
    with transaction.atomic():
        # Whoever is counting meanwhile has ended, or begins after this: the next statement sees their notices.
        list(User.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        with connection.cursor() as cursor:
            cursor.execute(_RECOUNT)
            return int(cursor.rowcount)
