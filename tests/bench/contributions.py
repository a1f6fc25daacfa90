"""The list of contributions at the desk, against all of it brought together; and its sheets, against a tenth of them.

50,000 contributions: 5,000 proposals, 35,000 arguments, 10,000 replies.
"""

import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from tempfile import TemporaryFile
from typing import Any

import psutil
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from common.sheets import write_csv, write_xlsx
from consultations.framing.models import Challenge
from consultations.participation.backoffice.views_shown import ready_sift
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.registry import ready_views
from consultations.participation.selectors.contributions import (
    PER_PAGE,
    Sift,
    challenges_moderated_by,
    contributions_page,
)
from consultations.participation.selectors.counting import view_counts
from consultations.participation.selectors.sheet import sheet_head, sheet_rows
from consultations.participation.selectors.sheets import content_of
from consultations.participation.services.sheets import ask_for_sheet, make_sheet
from tenants.models import Municipality
from tests.bench.moderation import _middle_and_worst, _time

PROPOSALS, ARGUMENTS, REPLIES, ROUNDS = 5_000, 35_000, 10_000, 30


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    call_command(
        "provision",
        authority="01006",
        name="Banc",
        slug="banc-contributions",
        admin="a@example.org",
        stdout=StringIO(),
        stderr=StringIO(),
    )
    with schema_context(Municipality.objects.get(slug="banc-contributions").schema_name):
        _fill()
        user = User.objects.create(email="m@example.org", role=Role.FACILITATOR)
        _pages(user)
        _sheets()
        _made_meanwhile(user)


def _pages(user: User) -> None:
    challenges = tuple(Challenge.objects.order_by("pk").values_list("pk", flat=True))
    reads = challenges_moderated_by(user)
    middle = f"{(timezone.now() - timedelta(minutes=20_000)).isoformat()}~ARGUMENT~1"
    asked: dict[str, tuple[Sift, str]] = {
        "all": (Sift(reads_in=reads), ""),
        "in the middle": (Sift(reads_in=reads), middle),
        "of a consultation": (Sift(challenges=challenges, reads_in=reads), ""),
        "of a challenge": (Sift(challenges=challenges[:1], reads_in=reads), ""),
        "of a stage": (Sift(stage="IDEA", reads_in=reads), ""),
        "of a neighbourhood": (Sift(spellings=("",), reads_in=reads), ""),
        "of a state": (Sift(state="PUBLISHED", reads_in=reads), ""),
        "of what is hidden": (Sift(state="HIDDEN", reads_in=reads), ""),
        "of what is imported": (Sift(channel="IMPORT", reads_in=reads), ""),
        "without an answer": (Sift(awaited="VERDICT", reads_in=reads), ""),
        "of the last days": (Sift(since=timezone.now() - timedelta(days=3), reads_in=reads), ""),
        "of words in few": (Sift(words="hirondelle", reads_in=reads), ""),
        "of words in all": (Sift(words="école", reads_in=reads), ""),
        "of a name": (Sift(words="Personne 12", reads_in=reads), ""),
        "by opinions": (Sift(sort="avis", reads_in=reads), ""),
    }

    def together() -> None:
        """Every key, brought together and sorted: what a page by its number needs."""
        keys = [
            (moment, pk)
            for model in (Proposal, Argument, Reply)
            for moment, pk in model.objects.order_by().values_list("submitted_at", "pk")
        ]
        keys.sort(reverse=True)
        assert len(keys[:PER_PAGE]) == PER_PAGE

    base = _middle_and_worst(tuple(_time(together) for _number in range(ROUNDS)))
    print(f"  baseline: all {PROPOSALS + ARGUMENTS + REPLIES} keys   median {base[0]:6.1f} ms   p95 {base[1]:6.1f} ms")
    for name, (sift, after) in asked.items():
        spent = _cpu_time()
        ours = tuple(_time(lambda s=sift, a=after: contributions_page(s, user=user, after=a)) for _n in range(ROUNDS))  # type: ignore[misc]
        measured, spent = _middle_and_worst(ours), (_cpu_time() - spent) / ROUNDS * 1000
        print(
            f"  a page, {name:18} median {measured[0]:6.1f} ms   p95 {measured[1]:6.1f} ms   processor {spent:5.1f} ms"
            f"   {base[0] / measured[0]:.1f}× faster (goal: under 100 ms)"
        )
    counted = [ready_sift(each.query) for each in ready_views]
    measured = _middle_and_worst(tuple(_time(lambda: view_counts(counted)) for _number in range(ROUNDS)))
    print(f"  counts of all ready views    median {measured[0]:6.1f} ms   p95 {measured[1]:6.1f} ms")


def _cpu_time() -> float:
    """Of this process and of the one of PostgreSQL that answers it, in seconds: what others do changes little of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        answering = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return time.process_time() + answering.user + answering.system


def _sheets() -> None:
    tenth = Sift(kind="PROPOSAL")
    for kind, write in (("csv", write_csv), ("xlsx", write_xlsx)):
        few_lines, few_seconds, few_memory = _sheet(write, tenth)
        lines, seconds, memory = _sheet(write, Sift())
        print(f"  baseline: {kind} of {few_lines} lines   {few_seconds:5.1f} s   {few_memory:5.1f} MB at most")
        print(
            f"  {kind} of {lines} lines               {seconds:5.1f} s   {memory:5.1f} MB at most"
            f"   {memory / few_memory:.1f}× the memory (goal: less than 3, for ten times the lines)"
        )


def _made_meanwhile(user: User) -> None:
    """By what a worker does, into the database and out of it again."""
    for kind in ("csv", "xlsx"):
        few = _made(user, kind, Sift(kind="PROPOSAL"))
        lines, size, seconds, memory = _made(user, kind, Sift())
        print(
            f"  {kind} of {lines} lines, made by a worker ({size / 1e6:.1f} MB) {seconds:5.1f} s   {memory:5.1f} MB at most"
            f"   {memory / few[3]:.1f}× the memory of {few[0]} lines ({few[3]:.1f} MB, {few[2]:.1f} s)"
        )


def _made(user: User, kind: str, sift: Sift) -> tuple[int, int, float, float]:
    taken = []
    for is_traced in (False, True):
        asked = {"sift": sift, "columns": (), "total": 0, "at": timezone.now()}
        sheet = ask_for_sheet(actor=user, kind=kind, query=f"{sift.kind}-{is_traced}", **asked)
        if is_traced:
            tracemalloc.start()
        started = time.perf_counter()
        make_sheet(sheet_id=sheet.pk)
        size = sum(len(piece) for piece in content_of(sheet))
        taken.append(time.perf_counter() - started)
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    sheet.refresh_from_db()
    assert size == sheet.size
    return sheet.lines, size, taken[0], memory


def _sheet(write: Callable[..., int], sift: Sift) -> tuple[int, float, float]:
    """How many lines, in how many seconds; and again, with the most memory that Python held, in MB."""
    with TemporaryFile() as file:
        started = time.perf_counter()
        lines = write(file, sheet_head(), sheet_rows(sift))
        seconds = time.perf_counter() - started
    tracemalloc.start()
    with TemporaryFile() as file:
        write(file, sheet_head(), sheet_rows(sift))
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return lines, seconds, memory


def _fill() -> None:
    now, challenge = timezone.now(), Challenge.objects.order_by("pk")[0]
    text = "Ouvrir la cour de l’école le soir quand il fait trop chaud, avec des parents volontaires. " * 3

    def when(number: int) -> Any:
        return now - timedelta(minutes=number)

    authors = User.objects.bulk_create(
        User(email=f"p{number}@example.org", public_name=f"Personne {number}") for number in range(2_000)
    )
    proposals = Proposal.objects.bulk_create(
        [
            Proposal(
                challenge=challenge,
                author=authors[number % 2000],
                title=f"Idée {number}",
                solution=text,
                submitted_at=when(8 * number),
                like_count=number % 97,
            )
            for number in range(PROPOSALS)
        ],
        batch_size=500,
    )
    arguments = Argument.objects.bulk_create(
        [
            Argument(
                proposal=proposals[number % PROPOSALS],
                author=authors[number % 2000],
                stance="FOR",
                text=f"{text} {number}{' hirondelle' if number % 1000 == 0 else ''}",
                submitted_at=when(number),
                useful_count=number % 89,
            )
            for number in range(ARGUMENTS)
        ],
        batch_size=1000,
    )
    Reply.objects.bulk_create(
        [
            Reply(
                argument=arguments[number],
                author=authors[number % 2000],
                text=f"{text} {number}",
                submitted_at=when(4 * number),
            )
            for number in range(REPLIES)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
