"""Proposals close to what somebody is writing: "improve this one instead?"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F
from django.db.models.functions import Left

from accounts.models import User
from common.db import connection
from consultations.framing.models import Consultation
from consultations.participation.models import SEARCH_CONFIG, Proposal

# What is read of a text: the first words say what it is about, and the time to answer stays bounded.
_MOST_CHARACTERS, _MOST_WORDS, _SHORTEST_WORD = 2000, 80, 3
# A word of more proposals than this tells nothing; nor is it worth counting them all.
_COMMON = 800
# How much of the typed words' weight a proposal must share to be called close, and how many of them at least.
_LEAST_SHARE, _LEAST_WORDS = 0.22, 2
# Words that nobody has used: perhaps mistyped. A title is close if a word of it is that near (0 to 1).
_MOST_UNKNOWN, _NEARNESS, _SHORTEST_MISTYPED = 6, 0.5, 5
_EXCERPT = 600
_WORD = re.compile(r"[^\W\d_]+")
# Around the shared words of an excerpt; nobody can type them (common.text).
_BEGIN, _END = "\x02", "\x03"
_MARKED = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")


@dataclass(frozen=True)
class Similar:
    """A proposal, and the line of it that comes nearest, in pieces: (words, whether they are shared)."""

    proposal: Proposal
    line: list[tuple[str, bool]]


def similar_proposals(
    *, consultation: Consultation, text: str, but_of: User | None = None, at_most: int = 3
) -> list[Similar]:
    """Published proposals that speak of the same as `text`, nearest first: two queries, three if words are unknown.

    Each word counts the more the fewer proposals have it (French stems, accents ignored). Those of `but_of`, hidden,
    withdrawn or merged ones are left out.
    """
    words = _words(text)
    if len(words) < _LEAST_WORDS:
        return []
    ranked = _nearest(consultation, words, but_of, at_most)
    if not ranked:
        return []
    query = SearchQuery(" | ".join(f"'{stem}'" for stem in ranked[0].typed), config="simple", search_type="raw")
    line = SearchHeadline(
        Left("solution", _EXCERPT),
        query,
        config=SEARCH_CONFIG,
        start_sel=_BEGIN,
        stop_sel=_END,
        min_words=12,
        max_words=24,
    )
    found = (
        Proposal.objects.filter(pk__in=[each.pk for each in ranked])
        .select_related("author")
        .annotate(line=line, arguments_in_all=F("for_count") + F("against_count") + F("improve_count"))
        .defer("search", "solution", "problem", "benefit")
    )
    by_key = {proposal.pk: proposal for proposal in found}
    return [Similar(by_key[each.pk], _pieces(by_key[each.pk].line)) for each in ranked if each.pk in by_key]


@dataclass(frozen=True)
class _Ranked:
    pk: int
    typed: Sequence[str]


def _words(text: str) -> list[str]:
    """The distinct words of a text in their order, in small letters."""
    found = dict.fromkeys(_WORD.findall(text[:_MOST_CHARACTERS].lower()))
    return [word for word in found if len(word) >= _SHORTEST_WORD][:_MOST_WORDS]


_NEAREST = """
WITH shown AS MATERIALIZED (
  SELECT p.id FROM participation_proposal p JOIN framing_challenge c ON c.id = p.challenge_id
  WHERE c.consultation_id = %(consultation)s AND p.status = 'PUBLISHED' AND p.merged_into_id IS NULL
    AND p.author_id IS DISTINCT FROM %(but_of)s
), typed AS MATERIALIZED (
  SELECT stem, min(word) AS word FROM unnest(%(words)s::text[]) word,
    unnest(tsvector_to_array(to_tsvector(%(config)s::regconfig, word))) stem GROUP BY stem
), hits AS MATERIALIZED (
  SELECT typed.stem, found.id FROM typed CROSS JOIN LATERAL (
    SELECT p.id FROM participation_proposal p
    WHERE p.search @@ quote_literal(typed.stem)::tsquery LIMIT %(common)s
  ) found
), unknown AS (
  SELECT stem, word FROM typed WHERE length(word) >= %(shortest)s
    AND NOT EXISTS (SELECT FROM hits WHERE hits.stem = typed.stem) LIMIT %(most_unknown)s
), mistyped AS MATERIALIZED (
  SELECT unknown.stem, found.id FROM unknown CROSS JOIN LATERAL (
    SELECT p.id FROM participation_proposal p WHERE unknown.word OPERATOR(public.<%%) lower(p.title) LIMIT %(common)s
  ) found
), weights AS (
  SELECT stem, ln((SELECT count(*) FROM participation_proposal) + 1.0) - ln(count(*)) AS weight
  FROM (SELECT * FROM hits UNION ALL SELECT * FROM mistyped) every GROUP BY stem
), scored AS (
  SELECT id, sum(weight) AS weight, count(*) AS words
  FROM (SELECT * FROM hits UNION ALL SELECT * FROM mistyped) every JOIN weights USING (stem) JOIN shown USING (id)
  GROUP BY id ORDER BY 2 DESC, 1 LIMIT 30
)
SELECT scored.id, scored.weight / (SELECT sum(weight) FROM weights), scored.words,
  scored.weight / (4 + ln(1 + length(p.search))), (SELECT array_agg(stem) FROM typed)
FROM scored JOIN participation_proposal p ON p.id = scored.id
ORDER BY 4 DESC, 1
"""


def _nearest(consultation: Consultation, words: list[str], but_of: User | None, at_most: int) -> list[_Ranked]:
    parameters = {
        "consultation": consultation.pk,
        "but_of": but_of.pk if but_of else -1,
        "words": words,
        "config": SEARCH_CONFIG,
        "common": _COMMON,
        "shortest": _SHORTEST_MISTYPED,
        "most_unknown": _MOST_UNKNOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, parameters)
        rows = cursor.fetchall()
    return [
        _Ranked(pk, typed)
        for pk, share, shared, _nearness, typed in rows
        if share >= _LEAST_SHARE and shared >= _LEAST_WORDS
    ][:at_most]


def _pieces(line: str) -> list[tuple[str, bool]]:
    parts = _MARKED.split(line)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
