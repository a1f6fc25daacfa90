"""Whom a city has put out since a file was written, its restoring does not let in again (tenants.restoring).

From the present schema, which knows it: roles, suspensions, factors, addresses, invitations. What the file says beyond
that is not believed: a role of then stands only where the present one may as much, and who is not there has none.
"""

from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from accounts.abilities import abilities
from accounts.enums import Role
from common.db import connection
from common.tables import ALL, NOTHING, declared


@dataclass
class PutOut:
    """How many of each were taken over; `lowered` are the numbers of those whose role was."""

    lowered: list[int] = field(default_factory=list)
    suspensions: int = 0
    factors: int = 0
    addresses: int = 0
    invitations: int = 0


def lower_role(then: str, now: str) -> str:
    """That of then where it may nothing that the present one may not, else the present one."""
    may_then, may_now = ({each.key for each in abilities() if role in each.roles} for role in (then, now))
    return then if may_then <= may_now else now


def keep_out(cursor: Any, *, old: str, new: str) -> PutOut:
    """Take over into schema `new` who may come in, and as what, from `old`, whose tables are locked.

    Whoever is being erased again stands in the temporary table `erased`.
    """
    here = {"old": sql.Identifier(old), "new": sql.Identifier(new)}

    def execute(statement: str, *values: Any) -> int:
        cursor.execute(sql.SQL(statement).format(**here), values)
        return int(cursor.rowcount)

    execute(_LOCK_INVITATIONS)
    done = PutOut(lowered=_lower_roles(cursor, execute))
    done.suspensions = execute(_SUSPEND)
    execute(_FACTORS_THAT_CHANGED)
    (done.factors,) = cursor.fetchone()
    done.addresses = execute(_CHANGED_ADDRESSES)
    execute(_MAKE_ROOM)
    execute(_GIVE_ADDRESSES)
    execute(_SHUT)
    _take_over(cursor, "mfa_authenticator", remove=_OF_WHO_IS_THERE, whose="user_id", old=old, new=new)
    for each in declared.values():
        if each.as_now:
            _take_over(cursor, each.table, remove=_OF_ALL, whose=each.as_now, old=old, new=new)
    done.invitations = execute(_WITHDRAW)
    return done


def _lower_roles(cursor: Any, execute: Any) -> list[int]:
    execute(_ROLES)
    lowered = [pk for pk, then, now in cursor.fetchall() if lower_role(then, now) != then]
    execute(_LOWER, lowered)
    return lowered


def _take_over(cursor: Any, table: str, *, remove: str, whose: str, old: str, new: str) -> None:
    """Rows of now for those of then: all, those whose person (column `whose`) is of both days, or NOTHING."""
    cursor.execute("SELECT to_regclass(%s)", [f'"{new}"."{table}"'])
    if cursor.fetchone() == (None,):  # a file of before there was such a thing
        return
    names: dict[str, sql.Composable] = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
    names |= {"table": sql.Identifier(table), "whose": sql.Identifier(whose)}
    names["columns"] = sql.SQL(", ").join(map(sql.Identifier, columns_of_both(table, old=old, new=new)))
    fill = {NOTHING: "", ALL: _AS_NOW}.get(whose, _AS_NOW + _OF_WHO_IS_IN_BOTH)
    cursor.execute(sql.SQL(_LOCK + remove + fill).format(**names))


def columns_of_both(table: str, *, old: str, new: str) -> list[str]:
    """One of the two may be of another release."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname::text FROM pg_attribute WHERE attrelid IN (%s::regclass, %s::regclass) AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = '' GROUP BY 1 HAVING count(*) = 2 ORDER BY 1",
            [f'"{old}"."{table}"', f'"{new}"."{table}"'],
        )
        return [name for (name,) in cursor.fetchall()]


# Of whoever is there now, their keys are those of now. A factor of somebody who is not stays: without it their account
# would be easier to enter.
_OF_WHO_IS_THERE = "DELETE FROM {new}.{table} WHERE user_id IN (SELECT id FROM {old}.accounts_user);"
_OF_ALL = "DELETE FROM {new}.{table};"
_AS_NOW = """
INSERT INTO {new}.{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {old}.{table}
"""
_OF_WHO_IS_IN_BOTH = "WHERE {whose} IN (SELECT id FROM {new}.accounts_user)"

_LOCK = "LOCK TABLE {old}.{table} IN ACCESS EXCLUSIVE MODE;"
_LOCK_INVITATIONS = "LOCK TABLE {old}.accounts_teaminvitation IN ACCESS EXCLUSIVE MODE"
# Delegates have no mailbox: the service's own rows say at each request whether they may still come.
_ROLES = f"""
SELECT n.id, n.role, coalesce(o.role, '{Role.PARTICIPANT}')
FROM {{new}}.accounts_user n LEFT JOIN {{old}}.accounts_user o USING (id)
WHERE n.role NOT IN ('{Role.PARTICIPANT}', '{Role.DELEGATE}') AND n.id NOT IN (SELECT id FROM erased)
"""  # noqa: S608 (our own words)
_LOWER = f"""
UPDATE {{new}}.accounts_user n
SET role_before = n.role, role = coalesce(o.role, '{Role.PARTICIPANT}'), role_since = coalesce(o.role_since, now()),
  function = coalesce(o.function, '')
FROM unnest(%s::bigint[]) AS those(id) LEFT JOIN {{old}}.accounts_user o USING (id) WHERE n.id = those.id
"""  # noqa: S608 (our own words)
_SUSPEND = """
UPDATE {new}.accounts_user n SET suspended_until = o.suspended_until FROM {old}.accounts_user o
WHERE o.id = n.id AND o.suspended_until > coalesce(n.suspended_until, '-infinity')
"""
_FACTORS_THAT_CHANGED = """
WITH they AS (SELECT id FROM {old}.accounts_user JOIN {new}.accounts_user USING (id)),
  then_ AS (SELECT user_id, type, data FROM {new}.mfa_authenticator WHERE user_id IN (SELECT id FROM they)),
  now_ AS (SELECT user_id, type, data FROM {old}.mfa_authenticator WHERE user_id IN (SELECT id FROM they))
SELECT count(DISTINCT user_id) FROM (
  (SELECT * FROM then_ EXCEPT SELECT * FROM now_) UNION ALL (SELECT * FROM now_ EXCEPT SELECT * FROM then_)
) changed
"""
_CHANGED_ADDRESSES = """
CREATE TEMPORARY TABLE readdressed ON COMMIT DROP AS
SELECT o.id, o.email, o.mailbox FROM {old}.accounts_user o JOIN {new}.accounts_user n USING (id)
WHERE (o.email, o.mailbox) IS DISTINCT FROM (n.email, n.mailbox)
"""
# Nobody has two: two may have exchanged theirs, and somebody may have that of who is there no longer.
_MAKE_ROOM = """
UPDATE {new}.accounts_user n SET email = 'restored-' || n.id || '@address.invalid', mailbox = ''
WHERE EXISTS (
  SELECT FROM readdressed r
  WHERE r.id = n.id OR lower(r.email) = lower(n.email) OR (r.mailbox <> '' AND r.mailbox = n.mailbox)
)
"""
_GIVE_ADDRESSES = """
UPDATE {new}.accounts_user n SET email = r.email, mailbox = r.mailbox FROM readdressed r WHERE r.id = n.id
"""
# And whatever opened a session of theirs.
_SHUT = """
WITH gone AS (DELETE FROM {new}.account_emailconfirmation)
UPDATE {new}.accounts_user n SET is_active = n.is_active AND o.is_active,
  session_generation = greatest(n.session_generation, o.session_generation)
FROM {old}.accounts_user o WHERE o.id = n.id
"""
# Links of then that were taken back since, or taken.
_WITHDRAW = """
DELETE FROM {new}.accounts_teaminvitation
WHERE accepted_at IS NULL AND id NOT IN (SELECT id FROM {old}.accounts_teaminvitation WHERE accepted_at IS NULL)
"""
