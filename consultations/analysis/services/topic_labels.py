"""Words that name a theme are those of its authors: once no text that is to be read says them, they name it no more."""

import re

from common.db import connection
from consultations.analysis.models import Topic

# Whether a text of the challenge that everybody reads still has these words, whatever stands between them.
_STILL_SAID = """
SELECT label.topic, label.place FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS label(topic, place, pattern)
WHERE EXISTS (
  SELECT 1 FROM participation_proposal p WHERE p.challenge_id = %s AND p.status = 'PUBLISHED'
  AND concat_ws(E'\\n', p.title, p.solution, p.problem, p.benefit) ~* label.pattern
)
"""


def prune_labels(challenge_id: int) -> None:
    """In the transaction in which a text is hidden, or words are taken out of it."""
    topics = {each.pk: each for each in Topic.objects.filter(challenge=challenge_id).exclude(labels=[]).order_by("pk")}
    rows = [(pk, place, _pattern(words)) for pk, each in topics.items() for place, words in enumerate(each.labels)]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_STILL_SAID, [*map(list, zip(*rows, strict=True)), challenge_id])
        said = set(cursor.fetchall())
    for pk, topic in topics.items():
        kept = [words for place, words in enumerate(topic.labels) if (pk, place) in said]
        if kept != topic.labels:
            Topic.objects.filter(pk=pk).update(labels=kept)


def _pattern(words: str) -> str:
    """As they were written, in one line or two, with any apostrophe."""
    return r"\s+".join(re.escape(word).replace("’", "['’]") for word in words.split())
