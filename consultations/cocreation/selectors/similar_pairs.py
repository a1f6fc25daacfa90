"""Proposals that perhaps say the same, for whoever could bring them together: nobody reads three hundred of them."""

from common.db import connection
from consultations.cocreation.selectors.merging import joinable
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal

# The newest are compared with each other: 0.08 s for 500 of a real consultation on two cores.
_COMPARED, _SHOWN = 500, 5
# Tried on that consultation: above this nearly every pair was one; below, chance words are.
_MIN_SIMILARITY, _MIN_WORDS, _MAX_AMONG = 0.16, 4, 12

# The cosine of two texts, each word (French stems) weighing the more the fewer have it (tf-idf with binary counts);
# only words that few have bring two of them face to face.
_SIMILAR_PAIRS = """
WITH words AS MATERIALIZED (
  SELECT p.id, word.lexeme FROM participation_proposal p, unnest(p.search) AS word WHERE p.id = ANY(%(keys)s)
), weighed AS MATERIALIZED (
  SELECT lexeme, count(*) AS among, ln((%(all)s + 1) / count(*)::float8) AS weight FROM words GROUP BY lexeme
), said AS MATERIALIZED (
  SELECT id, sqrt(sum(weight ^ 2)) AS length FROM words JOIN weighed USING (lexeme) GROUP BY id
), rare AS MATERIALIZED (
  SELECT id, lexeme, weight FROM words JOIN weighed USING (lexeme) WHERE among BETWEEN 2 AND %(most_among)s
)
SELECT one.id, other.id, sum(one.weight ^ 2) / max(a.length * b.length) AS alike
FROM rare one JOIN rare other ON other.lexeme = one.lexeme AND other.id > one.id
  JOIN said a ON a.id = one.id JOIN said b ON b.id = other.id
GROUP BY one.id, other.id
HAVING count(*) >= %(least_words)s AND sum(one.weight ^ 2) >= %(least)s * max(a.length * b.length)
ORDER BY alike DESC, one.id, other.id LIMIT 30
"""


def similar_pairs(consultation: Consultation) -> list[tuple[Proposal, Proposal]]:
    """The pairs of its proposals that are nearest to each other, each proposal once: three queries."""
    keys = list(joinable(consultation).order_by("-pk").values_list("pk", flat=True)[:_COMPARED])
    parameters = {
        "keys": keys,
        "all": len(keys),
        "most_among": _MAX_AMONG,
        "least_words": _MIN_WORDS,
        "least": _MIN_SIMILARITY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR_PAIRS, parameters)
        pairs = [(one, other) for one, other, _share in cursor.fetchall()]
    chosen: dict[int, int] = {}
    for one, other in pairs:
        if len(chosen) < _SHOWN and not {one, other} & {*chosen, *chosen.values()}:
            chosen[one] = other
    found = joinable(consultation).in_bulk([*chosen, *chosen.values()])
    return [(found[one], found[other]) for one, other in chosen.items() if one in found and other in found]
