"""All open data of a city, against a tenth of it: the memory stays the same.

5,000 contributions (1,000 proposals in two versions each, 3,000 arguments, 1,000 replies) and 50,000 reactions.
"""

import time
import tracemalloc
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Challenge, Consultation
from consultations.opendata.models import OpenFile
from consultations.opendata.services.building import build_open_data
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Proposal, ProposalVersion, Reaction, Reply
from tenants.models import Municipality
from tests.support.memory import most_memory

PROPOSALS, ARGUMENTS, REPLIES, REACTIONS, PEOPLE = 1_000, 3_000, 1_000, 50_000, 2_000
TEXT = "Ouvrir la cour de l’école le soir quand il fait trop chaud, avec des parents volontaires. " * 8


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    made = {"admin": "a@example.org", "stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01007", name="Banc", slug="banc-ouvert", **made)
    with schema_context(Municipality.objects.get(slug="banc-ouvert").schema_name):
        few = _built(0, PROPOSALS // 10)
        print(f"  baseline: a tenth of it   {few[0]:5.1f} s   {few[1]:5.1f} MB at most")
        seconds, memory = _built(PROPOSALS // 10, PROPOSALS)
        size = OpenFile.objects.aggregate(size=Sum("size"))["size"]
        print(
            f"  all of it ({size / 1e6:.1f} MB in {OpenFile.objects.count()} files)   {seconds:5.1f} s"
            f"   {memory:5.1f} MB at most   {memory / few[1]:.1f}× the memory (goal: under 100 MB)"
        )
        started = time.perf_counter()
        changed = build_open_data(at=timezone.now())
        print(f"  again, nothing having changed ({changed} files)   {time.perf_counter() - started:5.1f} s")
        print(f"  the whole process, with Django and what filled the city   {most_memory():5.1f} MB at most")


def _built(first: int, last: int) -> tuple[float, float]:
    """In how many seconds; and again, made anew, with the most memory that Python held, in MB."""
    _fill(first, last)
    started = time.perf_counter()
    build_open_data(at=timezone.now())
    seconds = time.perf_counter() - started
    OpenFile.objects.all().delete()
    tracemalloc.start()
    build_open_data(at=timezone.now())
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, memory


def _fill(first: int, last: int) -> None:
    """Proposals from the number `first` to `last`, with their share of all the rest."""
    now = timezone.now()
    Consultation.objects.filter(is_current=True).update(opened_at=now - timedelta(days=60))
    Challenge.objects.update(published_at=now - timedelta(days=60))
    challenges = list(Challenge.objects.order_by("pk"))
    if not User.objects.filter(email="p0@example.org").exists():
        User.objects.bulk_create(User(email=f"p{number}@example.org") for number in range(PEOPLE))
    people = list(User.objects.filter(email__startswith="p").order_by("pk"))
    share = last - first

    def when(number: int) -> Any:
        return now - timedelta(minutes=number)

    proposals = Proposal.objects.bulk_create(
        Proposal(
            challenge=challenges[number % len(challenges)],
            author=people[number % PEOPLE],
            title=f"Idée {number}",
            solution=TEXT,
            problem=TEXT,
            benefit=TEXT,
            version=2,
            submitted_at=when(8 * number),
            reworked_at=when(4 * number),
        )
        for number in range(first, last)
    )
    ProposalVersion.objects.bulk_create(
        (ProposalVersion(proposal=each, number=number, **each.texts) for each in proposals for number in (1, 2)),
        batch_size=500,
    )
    arguments = Argument.objects.bulk_create(
        (
            Argument(
                proposal=proposals[number % share],
                author=people[number % PEOPLE],
                stance="FOR",
                text=f"{TEXT} {number}",
                submitted_at=when(number),
            )
            for number in range(ARGUMENTS * share // PROPOSALS)
        ),
        batch_size=500,
    )
    Reply.objects.bulk_create(
        (
            Reply(argument=arguments[number], author=people[number % PEOPLE], text=f"{TEXT} {number}")
            for number in range(REPLIES * share // PROPOSALS)
        ),
        batch_size=500,
    )
    each_gets = REACTIONS // PROPOSALS
    Reaction.objects.bulk_create(
        (
            Reaction(proposal=proposal, user=people[(40 * place + number) % PEOPLE], value="LIKE", version=2)
            for place, proposal in enumerate(proposals)
            for number in range(each_gets)
        ),
        batch_size=2000,
    )
    recount()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
