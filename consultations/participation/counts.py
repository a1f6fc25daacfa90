"""The counts kept in columns, recomputed from the facts: to check them, and after writing many facts at once."""

from collections.abc import Sequence

from django.db import connection, transaction

_PROPOSAL = """
UPDATE participation_proposal p SET
  like_count = c.likes, mixed_count = c.mixed, dislike_count = c.dislikes,
  current_like_count = c.current_likes, current_mixed_count = c.current_mixed,
  current_dislike_count = c.current_dislikes, for_count = c.pro, against_count = c.con, improve_count = c.improve
FROM (
  SELECT p.id, r.*, a.* FROM participation_proposal p CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE value = 'LIKE') AS likes, count(*) FILTER (WHERE value = 'MIXED') AS mixed,
      count(*) FILTER (WHERE value = 'DISLIKE') AS dislikes,
      count(*) FILTER (WHERE value = 'LIKE' AND version = p.version) AS current_likes,
      count(*) FILTER (WHERE value = 'MIXED' AND version = p.version) AS current_mixed,
      count(*) FILTER (WHERE value = 'DISLIKE' AND version = p.version) AS current_dislikes
    FROM participation_reaction WHERE proposal_id = p.id
  ) r CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE stance = 'FOR') AS pro, count(*) FILTER (WHERE stance = 'AGAINST') AS con,
      count(*) FILTER (WHERE stance = 'IMPROVE') AS improve
    FROM participation_argument WHERE proposal_id = p.id AND status = 'PUBLISHED'
  ) a {of_proposals}
) c
WHERE c.id = p.id AND (p.like_count, p.mixed_count, p.dislike_count, p.current_like_count, p.current_mixed_count,
    p.current_dislike_count, p.for_count, p.against_count, p.improve_count)
  IS DISTINCT FROM (c.likes, c.mixed, c.dislikes, c.current_likes, c.current_mixed, c.current_dislikes,
    c.pro, c.con, c.improve)
"""
_ARGUMENT = """
UPDATE participation_argument a SET useful_count = c.useful, reply_count = c.replies
FROM (
  SELECT a.id, (SELECT count(*) FROM participation_usefulmark u WHERE u.argument_id = a.id) AS useful,
    (SELECT count(*) FROM participation_reply r WHERE r.argument_id = a.id AND r.status = 'PUBLISHED') AS replies
  FROM participation_argument a {of_arguments}
) c
WHERE c.id = a.id AND (a.useful_count, a.reply_count) IS DISTINCT FROM (c.useful, c.replies)
"""
_CHALLENGE = """
UPDATE framing_challenge f SET proposal_count = c.proposals, argument_count = c.arguments
FROM (
  SELECT f.id, count(p.id) AS proposals,
    coalesce(sum(p.for_count + p.against_count + p.improve_count), 0) AS arguments
  FROM framing_challenge f
  LEFT JOIN participation_proposal p ON p.challenge_id = f.id AND p.status = 'PUBLISHED'
  {of_challenges}
  GROUP BY f.id
) c
WHERE c.id = f.id AND (f.proposal_count, f.argument_count) IS DISTINCT FROM (c.proposals, c.arguments)
"""
_CONSULTATION = """
UPDATE framing_consultation k SET proposal_count = c.proposals, argument_count = c.arguments
FROM (
  SELECT k.id, coalesce(sum(f.proposal_count), 0) AS proposals, coalesce(sum(f.argument_count), 0) AS arguments
  FROM framing_consultation k LEFT JOIN framing_challenge f ON f.consultation_id = k.id
  {of_consultations}
  GROUP BY k.id
) c
WHERE c.id = k.id AND (k.proposal_count, k.argument_count) IS DISTINCT FROM (c.proposals, c.arguments)
"""


_SOME = {
    "of_proposals": "WHERE p.id = ANY(%(proposals)s)",
    "of_arguments": "WHERE a.proposal_id = ANY(%(proposals)s)",
    "of_challenges": "WHERE f.id = ANY(%(challenges)s)",
    "of_consultations": "WHERE k.id IN (SELECT consultation_id FROM framing_challenge WHERE id = ANY(%(challenges)s))",
}


def recount(*, proposals: Sequence[int] | None = None, challenges: Sequence[int] = ()) -> int:
    """Bring the present city's counts to the facts; how many rows were wrong (0 in a healthy city).

    With `proposals`: those of these proposals and their arguments, and of `challenges` and their consultations. Where
    people write meanwhile their rows must be locked: a count changed at the same time would be lost.
    """
    only = dict.fromkeys(_SOME, "") if proposals is None else _SOME
    values = {"proposals": list(proposals or ()), "challenges": list(challenges)}
    with transaction.atomic(), connection.cursor() as cursor:
        wrong = 0
        for statement in (_PROPOSAL, _ARGUMENT, _CHALLENGE, _CONSULTATION):
            cursor.execute(statement.format(**only), values)
            wrong += cursor.rowcount
    return wrong
