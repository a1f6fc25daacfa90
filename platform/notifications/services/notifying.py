"""From a fact to notices: each person once for a fact, more of the same counted into the notice that waits."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.erasure import keep_everybody_here
from common.db import connection
from notifications.models import MailPreference
from notifications.registry import subjects
from notifications.services.counting import count_unread
from notifications.services.digests import plan_mail
from notifications.services.withdrawing import lock_preferences
from notifications.types import NoticeType, Notification

# The outbox announces a fact, and forgets the message, in one transaction: a fact comes a second time only when its
# service announced it twice. The last ones of a notice are enough to see that, and a row stays small.
FACTS_KEPT = 200

_NOTIFY = """
INSERT INTO notifications_notice AS n (
  user_id, type, subjects, data, actor_id, group_key, count, facts, created_at, updated_at)
SELECT u.id, %(type)s, new.subjects, new.data, (SELECT id FROM accounts_user WHERE id = %(actor)s),
  %(group)s, 1, %(fact)s::jsonb, %(at)s, %(at)s
FROM unnest(%(people)s::bigint[], %(subjects)s::jsonb[], %(data)s::jsonb[]) AS new(id, subjects, data)
JOIN accounts_user u ON u.id = new.id AND u.is_active AND (%(roles)s::text[] IS NULL OR u.role = ANY(%(roles)s))
WHERE {is_there} NOT EXISTS (
  SELECT FROM notifications_notice old
  WHERE old.user_id = u.id AND old.group_key = %(group)s AND old.facts @> %(fact)s::jsonb)
ORDER BY u.id
ON CONFLICT (user_id, group_key) WHERE read_at IS NULL AND mailed_at IS NULL DO UPDATE SET
  count = n.count + 1,
  facts = CASE WHEN jsonb_array_length(n.facts) < {facts_kept} THEN n.facts ELSE n.facts - 0 END || EXCLUDED.facts,
  updated_at = EXCLUDED.updated_at, actor_id = EXCLUDED.actor_id,
  subjects = EXCLUDED.subjects, data = EXCLUDED.data
WHERE NOT n.facts @> EXCLUDED.facts
RETURNING n.user_id, n.count = 1
"""
_IS_THERE = "(new.{place} IS NULL OR EXISTS (SELECT FROM {table} WHERE {column} = (new.{place})::{type})) AND"
_FACT_IS_THERE = "EXISTS (SELECT FROM {table} WHERE {column} = %(key)s::{type}) AND"


def notify(notice_type: NoticeType, notification: Notification, *, at: datetime) -> int:
    """Make or grow the notices of this fact, never for the one who acted, and plan the mails that are due.

    The same number of queries for however many people. A fact announced again changes nothing; nor does one about
    rows that are gone meanwhile. Gives how many notices were made or have grown.
    """
    people = sorted(person for person in notification.recipients if person != notification.actor_id)
    if not people:
        return 0
    with transaction.atomic():
        keep_everybody_here()
        preferences = _locked_preferences(people)
        notified = _notify(notice_type, notification, people, at=at)
        due = [preferences[person] for person in sorted(notified)]
        plan_mail(due, at=at, at_once=not notice_type.may_be_muted)
        count_unread({person: 1 for person, is_new in notified.items() if is_new})
    return len(notified)


def _notify(notice_type: NoticeType, notification: Notification, people: list[int], *, at: datetime) -> dict[int, bool]:
    """Whose notice was made (True) or has grown."""
    own = {subject.name for subject in notice_type.subjects}
    rows = [
        [(name, key) for name, key in notification.recipients[person].items() if key is not None] for person in people
    ]
    names = sorted({name for references in notification.recipients.values() for name in references})
    fact_name, _colon, fact_key = notification.fact.partition(":")
    is_there = [
        _IS_THERE.format(place=f"{'subjects' if name in own else 'data'}->>'{name}'", **_table(name)) for name in names
    ]
    if fact_name in subjects:
        is_there.append(_FACT_IS_THERE.format(**_table(fact_name)))
    statement = _NOTIFY.format(is_there=" ".join(is_there), facts_kept=FACTS_KEPT)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "type": notice_type.key,
                "people": people,
                "subjects": [json.dumps({name: key for name, key in row if name in own}) for row in rows],
                "data": [json.dumps({name: key for name, key in row if name not in own}) for row in rows],
                "actor": notification.actor_id,
                "group": f"{notice_type.key}:{notification.group}",
                "fact": json.dumps([notification.fact]),
                "key": fact_key,
                "roles": notice_type.ability and sorted(notice_type.ability.roles),
                "at": at,
            },
        )
        return dict(cursor.fetchall())


def _table(name: str) -> dict[str, Any]:
    options = subjects[name].model._meta
    return {"table": options.db_table, "column": options.pk.column, "type": options.pk.db_type(connection)}


_PREFER = """
INSERT INTO notifications_mailpreference (user_id, frequency, generation)
SELECT id, %(frequency)s, 1 FROM accounts_user WHERE id = ANY(%(people)s) AND is_active ORDER BY id
ON CONFLICT DO NOTHING
"""


def _locked_preferences(people: list[int]) -> dict[int, MailPreference]:
    default = MailPreference._meta.get_field("frequency").get_default()
    with connection.cursor() as cursor:
        cursor.execute(_PREFER, {"people": people, "frequency": str(default)})
    return lock_preferences(people)
