"""From a fact to notices: each person once for a fact, more of the same counted into the notice that waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.erasure import keep_everybody_here
from common.db import connection
from consultations.animation.enums import NoticeKind
from consultations.animation.models import MailPreference
from consultations.animation.services.digests import plan_mail

# The outbox tells a fact, and forgets the message, in one transaction: a fact comes a second time only when its
# service told it twice. The last ones of a notice are enough to see that, and a row stays small.
FACTS_KEPT = 200


@dataclass(frozen=True)
class Telling:
    """One fact, and whom to tell: account → the proposal that concerns them (or None).

    `fact` names it for ever; notices of one kind and `group` become one while they are neither read nor mailed.
    """

    kind: NoticeKind
    fact: str
    group: str
    people: Mapping[int, int | None]
    actor_id: int | None = None
    challenges: Mapping[int, int] | int | None = None  # the challenge, or one for each person
    argument_id: int | None = None
    invitation_key: str | None = None
    collective_id: int | None = None


_TELL = f"""
INSERT INTO animation_notice AS n (
  user_id, kind, proposal_id, challenge_id, argument_id, invitation_id, collective_id, actor_id,
  group_key, count, facts, created_at, updated_at)
SELECT u.id, %(kind)s, whom.proposal, whom.challenge, %(argument)s, %(invitation)s, %(collective)s,
  (SELECT id FROM accounts_user WHERE id = %(actor)s), %(group)s, 1, %(fact)s::jsonb, %(at)s, %(at)s
FROM unnest(%(people)s::bigint[], %(proposals)s::bigint[], %(challenges)s::bigint[]) AS whom(id, proposal, challenge)
JOIN accounts_user u ON u.id = whom.id AND u.is_active
WHERE (whom.proposal IS NULL OR EXISTS (SELECT FROM participation_proposal WHERE id = whom.proposal))
AND (%(argument)s::bigint IS NULL OR EXISTS (SELECT FROM participation_argument WHERE id = %(argument)s))
AND (%(invitation)s::uuid IS NULL
  OR EXISTS (SELECT FROM participation_coauthorinvitation WHERE key = %(invitation)s::uuid))
AND (%(collective)s::bigint IS NULL
  OR EXISTS (SELECT FROM participation_collectiveproposal WHERE id = %(collective)s))
AND NOT EXISTS (
  SELECT FROM animation_notice told
  WHERE told.user_id = u.id AND told.group_key = %(group)s AND told.facts @> %(fact)s::jsonb)
ORDER BY u.id
ON CONFLICT (user_id, group_key) WHERE read_at IS NULL AND mailed_at IS NULL DO UPDATE SET
  count = n.count + 1,
  facts = CASE WHEN jsonb_array_length(n.facts) < {FACTS_KEPT} THEN n.facts ELSE n.facts - 0 END || EXCLUDED.facts,
  updated_at = EXCLUDED.updated_at, actor_id = EXCLUDED.actor_id, proposal_id = EXCLUDED.proposal_id,
  argument_id = EXCLUDED.argument_id
WHERE NOT n.facts @> EXCLUDED.facts
RETURNING n.user_id
"""  # noqa: S608 (a number of ours)


def tell_people(tellings: list[Telling], *, at: datetime) -> int:
    """Make or grow the notices of these facts, never for the one who acted, and plan the mails that are due.

    The number of queries depends on how many facts there are, not on how many people. A fact told again changes
    nothing; nor does one about somebody's words that went with them meanwhile. Gives how many notices were made or
    have grown.
    """
    from_others = [(telling, _others(telling)) for telling in tellings]
    everyone = sorted({person for _telling, people in from_others for person in people})
    if not everyone:
        return 0
    with transaction.atomic():
        keep_everybody_here()
        # Before any notice, and in one order: a digest locks its person's preference first, too.
        preferences = _locked_preferences(everyone)
        told: list[int] = []
        for telling, people in from_others:
            told += _tell(telling, people, at=at)
        plan_mail([preferences[person] for person in sorted(set(told))], at=at)
    return len(told)


def _others(telling: Telling) -> list[int]:
    return sorted(person for person in telling.people if person != telling.actor_id)


def _tell(telling: Telling, people: list[int], *, at: datetime) -> list[int]:
    if not people:
        return []
    given = telling.challenges
    challenges = [given.get(person) if isinstance(given, Mapping) else given for person in people]
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            {
                "kind": telling.kind.value,
                "people": people,
                "proposals": [telling.people[person] for person in people],
                "challenges": challenges,
                "argument": telling.argument_id,
                "invitation": telling.invitation_key,
                "collective": telling.collective_id,
                "actor": telling.actor_id,
                "group": f"{telling.kind.value}:{telling.group}",
                "fact": f'["{telling.fact}"]',
                "at": at,
            },
        )
        return [row[0] for row in cursor.fetchall()]


_PREFER = """
INSERT INTO animation_mailpreference (user_id, frequency, generation)
SELECT id, %(frequency)s, 1 FROM accounts_user WHERE id = ANY(%(people)s) AND is_active ORDER BY id
ON CONFLICT DO NOTHING
"""


def _locked_preferences(people: list[int]) -> dict[int, MailPreference]:
    default = MailPreference._meta.get_field("frequency").get_default()
    with connection.cursor() as cursor:
        cursor.execute(_PREFER, {"people": people, "frequency": str(default)})
    found = (
        MailPreference.objects.filter(user_id__in=people).order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    return {preference.pk: preference for preference in found}
