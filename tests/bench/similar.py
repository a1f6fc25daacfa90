"""Proposals close to what is being typed, among five thousand, against ILIKE on every word."""

import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.models import Challenge, Consultation
from consultations.library.models import ChallengeTemplate
from consultations.participation.models import Proposal
from consultations.participation.selectors.similar import similar_proposals
from tenants.models import Municipality

PROPOSALS, TYPED = 5000, 60


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    call_command(
        "provision",
        authority="01006",
        name="Banc",
        slug="banc-proches",
        admin="a@example.org",
        stdout=StringIO(),
        stderr=StringIO(),
    )
    sentences = _sentences()
    with schema_context(Municipality.objects.get(slug="banc-proches").schema_name):
        consultation = Consultation.objects.get()
        _fill(Challenge.objects.all()[0], sentences)
        chance = random.Random(2)
        typed = [_text(chance, sentences, 1 + number % 6) for number in range(TYPED)]
        mistyped = [_mistyped(chance, text) for text in typed]

        def ours(text: str) -> object:
            return similar_proposals(consultation=consultation, text=text)

        ours(typed[0])
        # In turn, because a machine is never as quick for a minute.
        rounds = [
            (_time(_naive, text), _time(ours, text), _time(ours, wrong))
            for text, wrong in zip(typed, mistyped, strict=True)
        ]
        found = sum(bool(similar_proposals(consultation=consultation, text=text)) for text in mistyped)
    baseline, whole, wrong = (_middle_and_worst(times) for times in zip(*rounds, strict=True))
    print(
        f"  {TYPED} texts of one to six sentences among {PROPOSALS} proposals; with typing mistakes {found} still find some"
    )
    print(f"  baseline: ILIKE on every word       median {baseline[0]:6.1f} ms   p95 {baseline[1]:6.1f} ms")
    print(
        f"  similar_proposals                   median {whole[0]:6.1f} ms   p95 {whole[1]:6.1f} ms"
        f"   {baseline[0] / whole[0]:.1f}× faster (goal: under 50 ms)"
    )
    print(f"  similar_proposals, words mistyped   median {wrong[0]:6.1f} ms   p95 {wrong[1]:6.1f} ms")


def _sentences() -> list[str]:
    """French sentences of the library: proposals of real words, as often used as people use them."""
    texts: list[str] = []
    for template in ChallengeTemplate.objects.all():
        texts += [
            template.why,
            template.summary,
            *(each["text"] for each in template.examples),
            *template.guiding_questions,
        ]
    return sorted({part.strip() for text in texts for part in re.split(r"(?<=[.?!])\s+", text) if len(part) > 30})


def _fill(challenge: Challenge, sentences: list[str]) -> None:
    chance, at = random.Random(1), timezone.now()
    Proposal.objects.bulk_create(
        [
            Proposal(
                challenge=challenge,
                title=chance.choice(sentences)[:110],
                solution=_text(chance, sentences, 6),
                problem=_text(chance, sentences, 4),
                benefit=_text(chance, sentences, 4),
                submitted_at=at,
            )
            for _number in range(PROPOSALS)
        ],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE participation_proposal")


def _text(chance: random.Random, sentences: list[str], count: int) -> str:
    return " ".join(chance.sample(sentences, count))


def _mistyped(chance: random.Random, text: str) -> str:
    """Two letters exchanged in each word of six or more."""

    def mistake(match: re.Match[str]) -> str:
        word, at = match[0], chance.randrange(1, len(match[0]) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return re.sub(r"[^\W\d_]{6,}", mistake, text)


def _naive(text: str) -> None:
    words = list(dict.fromkeys(word for word in re.findall(r"\w+", text.lower()) if len(word) > 3))
    hit = " + ".join(["(title || solution || problem || benefit ILIKE %s)::int"] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM participation_proposal ORDER BY {hit} DESC LIMIT 3", [f"%{word}%" for word in words]
        )
        cursor.fetchall()


def _time(search: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    search(text)
    return (time.perf_counter() - started) * 1000


def _middle_and_worst(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
