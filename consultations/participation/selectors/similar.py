"""Proposals close to what somebody is writing: "improve this one instead?"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F
from django.db.models.functions import Left

from accounts.models import User
from common.db import connection
from consultations.framing.models import Consultation
from consultations.participation.models import SEARCH_CONFIG, Proposal

# What is read of a text: the first words say what it is about, and the time to answer stays bounded.
_MAX_CHARACTERS, _MAX_WORDS, _SHORTEST_WORD = 2000, 50, 3
# Only the rarest words tell. Of one that many proposals have, not all of them are counted.
_TELLING, _COMMON = 12, 300
# How much of what is said a proposal must share to be called close, how many words at least, and how near it must be
# beside the nearest one. Measured on the demonstration: below, what is shared is chance.
_MIN_SHARE, _MIN_WORDS, _MIN_NEARNESS = 0.3, 2, 0.6
# Two words alone must be nearly half of what is said.
_FEW_WORDS, _SHARE_OF_FEW = 2, 0.42
# To be named on a proposal's own page, where nobody looks for others: more, or chance words would do.
_CLOSE_SHARE = 0.38
# Words that nobody has used are perhaps mistyped: titles with a word like them (word similarity of pg_trgm) count.
_MAX_UNKNOWN, _SHORTEST_MISTYPED = 6, 5
_EXCERPT = 600
_WORD = re.compile(r"[^\W\d_]+")
# Words that say nothing of a subject and that PostgreSQL's French list forgets, as "les".
_EMPTY = """
les cet cette ces est sont était être avoir fait faire font fasse peut peuvent pourrait pouvoir doit doivent faut
faudrait plus moins très trop bien mal tout tous toute toutes comme aussi ainsi alors donc car afin sans chez dont quand
lorsque puis depuis vers entre pendant avant après toujours souvent encore déjà ici leurs autre autres même chaque
quelque quelques chose choses gens aucun aucune beaucoup peu rien ceux celle celui celles cela ceci ils elles oui non
voudrais voudrait aimerais mettre met permettre permet permettrait proposer propose
créer crée installer installe installés devant derrière seul seule seuls seules commune ville quartier quartiers
personne personnes habitants deux trois quatre cinq six sept huit neuf dix cent cents premier première
second seconde troisième demander demande tenir tient tenu zone activité activités partager partagé partagée partagés
lundi mardi mercredi jeudi vendredi samedi dimanche jour jours semaine semaines mois année années ans heure heures
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())
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
    """Published proposals that speak of the same as `text`, nearest first, in three queries at most.

    Each word counts the more the fewer proposals have it (French stems, accents ignored). Those of `but_of`, hidden,
    withdrawn or merged ones are left out.
    """
    words = _words(text)
    if len(words) < _MIN_WORDS:
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
        .without_texts()
    )
    by_key: dict[int, Any] = {proposal.pk: proposal for proposal in found}
    return [Similar(by_key[each.pk], _pieces(by_key[each.pk].line)) for each in ranked if each.pk in by_key]


def looks_for_similar(proposal: Proposal, *, at_most: int = 2) -> Callable[[], list[tuple[int, str]]]:
    """Finds others of its challenge that speak of the same, with their titles only: one query, for its own page."""
    own, words = proposal.pk, _words(f"{proposal.title} {proposal.solution}")
    parameters = _parameters([proposal.challenge_id], words, proposal.author_id)

    def look() -> list[tuple[int, str]]:
        if len(words) < _MIN_WORDS:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_CLOSE, parameters)
            rows = cursor.fetchall()
        return [(pk, title) for pk, share, title in rows if share >= _CLOSE_SHARE and pk != own][:at_most]

    return look


@dataclass(frozen=True)
class _Ranked:
    pk: int
    typed: Sequence[str]


def _words(text: str) -> list[str]:
    """The distinct words of a text in their order, in small letters."""
    found = dict.fromkeys(_WORD.findall(text[:_MAX_CHARACTERS].lower()))
    return [word for word in found if len(word) >= _SHORTEST_WORD and word not in _EMPTY_WORDS][:_MAX_WORDS]


# OFFSET 0: the index of the words decides what is read. Knowing nothing of them yet, the planner would rather read
# every proposal that is neither hidden nor merged.
_NEAREST = """
WITH typed AS MATERIALIZED (
  SELECT stem, min(word) AS word FROM unnest(%(words)s::text[]) word,
    unnest(tsvector_to_array(to_tsvector(%(config)s::regconfig, word))) stem GROUP BY stem
), known AS MATERIALIZED (
  SELECT typed.stem, found.id FROM typed CROSS JOIN LATERAL (
    SELECT p.id FROM (
      SELECT * FROM participation_proposal WHERE search @@ quote_literal(typed.stem)::tsquery OFFSET 0
    ) p WHERE {shown} LIMIT %(common)s
  ) found
), mistyped AS MATERIALIZED (
  SELECT unknown.stem, found.id FROM (
    SELECT stem, word FROM typed WHERE length(word) >= %(shortest)s AND stem NOT IN (SELECT stem FROM known)
    LIMIT %(most_unknown)s
  ) unknown CROSS JOIN LATERAL (
    SELECT p.id FROM (
      SELECT * FROM participation_proposal WHERE unknown.word OPERATOR(public.<%%) lower(title) OFFSET 0
    ) p WHERE {shown} LIMIT %(common)s
  ) found
), hits AS MATERIALIZED (
  SELECT * FROM known UNION ALL SELECT * FROM mistyped
), rarest AS MATERIALIZED (
  SELECT ln(count(*)::float8 + 1) AS weight FROM participation_proposal
), telling AS MATERIALIZED (
  SELECT stem, (SELECT weight FROM rarest) - ln(count(*)::float8) AS weight
  FROM hits GROUP BY stem ORDER BY count(*), stem LIMIT %(telling)s
), all_said AS (
  SELECT coalesce(sum(weight), 0) + (SELECT weight FROM rarest) / 2
    * (SELECT count(*) FROM typed WHERE stem NOT IN (SELECT stem FROM hits)) AS weight FROM telling
), scored AS (
  SELECT id, sum(weight) AS weight, count(*) AS words FROM hits JOIN telling USING (stem)
  GROUP BY id HAVING count(*) >= %(least_words)s ORDER BY 2 DESC, 1 LIMIT 30
)
SELECT id, weight / (SELECT weight FROM all_said), weight / (4 + ln(1 + length(p.search))),
  (SELECT array_agg(stem) FROM typed), words
FROM scored JOIN participation_proposal p USING (id) ORDER BY 3 DESC, id
""".replace(
    "{shown}",
    "p.challenge_id = ANY(%(challenges)s) AND p.status = 'PUBLISHED' AND p.merged_into_id IS NULL"
    " AND p.author_id IS DISTINCT FROM %(but_of)s",
)


_CLOSE = f"""
SELECT near.id, near.share, p.title
FROM ({_NEAREST}) AS near (id, share) JOIN participation_proposal p USING (id) ORDER BY near.share DESC, near.id
"""  # noqa: S608 (nothing of it comes from outside)


def _nearest(consultation: Consultation, words: list[str], but_of: User | None, at_most: int) -> list[_Ranked]:
    challenges = list(consultation.challenges.order_by("pk").values_list("pk", flat=True))
    parameters = _parameters(challenges, words, but_of.pk if but_of else None)
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, parameters)
        rows = cursor.fetchall()
    return [
        _Ranked(pk, typed)
        for pk, share, nearness, typed, shared in rows
        if share >= (_SHARE_OF_FEW if shared <= _FEW_WORDS else _MIN_SHARE) and nearness >= _MIN_NEARNESS * rows[0][2]
    ][:at_most]


def _parameters(challenges: list[int], words: list[str], but_of: int | None) -> dict[str, Any]:
    return {
        "challenges": challenges,
        "but_of": but_of or -1,
        "words": words,
        "config": SEARCH_CONFIG,
        "common": _COMMON,
        "telling": _TELLING,
        "shortest": _SHORTEST_MISTYPED,
        "most_unknown": _MAX_UNKNOWN,
        "least_words": _MIN_WORDS,
    }


def _pieces(line: str) -> list[tuple[str, bool]]:
    parts = _MARKED.split(f"… {line}" if line.lstrip(_BEGIN)[:1].islower() else line)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
