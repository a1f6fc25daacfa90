"""Moderation: the first page of its queue, against line by line; hiding what 500 argued on, against what nobody did.
The desk's week, against the list of proposals of the same city.

5,000 open cases among 50,000 contributions.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import every_consultation
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, Flag, Report
from consultations.moderation.selectors.queue import PAGE, figures_today, queue_page, waiting_for
from consultations.moderation.services.deciding import decide
from consultations.moderation.subjects import subject_of
from consultations.participation.models import Argument, Proposal
from consultations.participation.selectors.lists import ProposalFilters, proposals_list
from consultations.portal.selectors.week import week_of
from tenants.models import Municipality

PROPOSALS, ARGUMENTS, CASES, ROUNDS = 5_000, 45_000, 5_000, 30
UNDER_IT = 500


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    call_command(
        "provision",
        authority="01006",
        name="Banc",
        slug="banc-file",
        admin="a@example.org",
        stdout=StringIO(),
        stderr=StringIO(),
    )
    city = Municipality.objects.get(slug="banc-file")
    with schema_context(city.schema_name):
        Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
        user = User.objects.create(email="m@example.org", role=Role.MODERATOR)
        _fill()

        def ours() -> None:
            at = timezone.now()
            figures_today(user, at=at)
            assert len(queue_page(user, page=1, at=at).object_list) == PAGE

        def one_by_one() -> None:
            """Each line asks for its text and for what brought it."""
            waiting_for(user).count()
            for case in waiting_for(user)[:PAGE]:
                subject_of(case.kind, case.subject_id)
                list(case.reports.filter(answered_at=None))
                list(case.flags.all())

        ours()
        rounds = [(_time(one_by_one), _time(ours)) for _number in range(ROUNDS)]
        weeks = _weeks(city, user)
        hidings = [(_hiding(user, arguments=0), _hiding(user, arguments=UNDER_IT)) for _number in range(ROUNDS)]
    baseline, measured = (_middle_and_worst(times) for times in zip(*rounds, strict=True))
    print(f"  first page of {CASES} open cases, {PROPOSALS + ARGUMENTS} contributions")
    print(f"  baseline: line by line   median {baseline[0]:6.1f} ms   p95 {baseline[1]:6.1f} ms")
    print(
        f"  the queue                median {measured[0]:6.1f} ms   p95 {measured[1]:6.1f} ms"
        f"   {baseline[0] / measured[0]:.1f}× faster (goal: under 100 ms)"
    )
    listed, week = (_middle_and_worst(times) for times in zip(*weeks, strict=True))
    print(f"  baseline: a page of its proposals   median {listed[0]:6.1f} ms   p95 {listed[1]:6.1f} ms")
    print(
        f"  the lines of the desk's week        median {week[0]:6.1f} ms   p95 {week[1]:6.1f} ms"
        f"   {week[0] / listed[0]:.1f}× (goal: under 100 ms)"
    )
    alone, laden = (_middle_and_worst(times) for times in zip(*hidings, strict=True))
    print(f"  baseline: hiding a proposal without arguments   median {alone[0]:6.1f} ms   p95 {alone[1]:6.1f} ms")
    print(
        f"  one with {UNDER_IT} under it                          median {laden[0]:6.1f} ms   p95 {laden[1]:6.1f} ms"
        f"   {laden[0] / alone[0]:.1f}× (goal: under 200 ms)"
    )


def _weeks(city: Municipality, user: User) -> list[tuple[float, float]]:
    """With arguments that have waited for three weeks, and proposals that people like without a word."""
    at = timezone.now()
    Argument.objects.update(submitted_at=at - timedelta(days=21))
    Proposal.objects.update(submitted_at=at - timedelta(days=21), like_count=3, for_count=F("pk") % 2)
    Consultation.objects.update(opened_at=at - timedelta(days=30), proposal_count=PROPOSALS, argument_count=ARGUMENTS)
    kind, days = {"kind": "PROPOSE"}, timedelta(days=30)
    Consultation.objects.get().phases.update_or_create(**kind, defaults={"opens_at": at - days, "closes_at": at + days})
    consultation = every_consultation().get()

    def page() -> None:
        found = proposals_list(consultation=consultation, filters=ProposalFilters(), page=1)
        assert list(found.object_list)

    def week() -> None:
        assert len(week_of(consultation, user=user, city=city, at=at).rows) >= 3

    week()
    return [(_time(page), _time(week)) for _number in range(ROUNDS)]


def _hiding(moderator: User, *, arguments: int) -> float:
    """One decision, from the press to the end of its transaction, in milliseconds."""
    at, challenge = timezone.now(), Challenge.objects.order_by("pk")[0]
    proposal = Proposal.objects.create(challenge=challenge, title="Idée", solution="Des mots.", for_count=arguments)
    Argument.objects.bulk_create(
        Argument(proposal=proposal, stance="FOR", text=f"Parce que, {number}") for number in range(arguments)
    )
    Challenge.objects.filter(pk=challenge.pk).update(proposal_count=10**6, argument_count=10**6)
    Consultation.objects.update(proposal_count=10**6, argument_count=10**6)
    case = Case.objects.create(
        kind=Kind.PROPOSAL, subject_id=proposal.pk, consultation=challenge.consultation, due_at=at
    )
    return _time(lambda: decide(case=case, act=Act.HIDE, ground="PERSONAL", facts="", moderator=moderator, at=at))


def _fill() -> None:
    at, challenge = timezone.now(), Challenge.objects.order_by("pk")[0]
    text = "Ouvrir la cour de l’école le soir quand il fait trop chaud, avec des parents volontaires. " * 4
    proposals = Proposal.objects.bulk_create(
        [Proposal(challenge=challenge, title=f"Idée {number}", solution=text) for number in range(PROPOSALS)],
        batch_size=500,
    )
    arguments = Argument.objects.bulk_create(
        [
            Argument(proposal=proposals[number % PROPOSALS], stance="FOR", text=f"{text} {number}")
            for number in range(ARGUMENTS)
        ],
        batch_size=1000,
    )
    cases = Case.objects.bulk_create(
        Case(
            kind=Kind.ARGUMENT,
            subject_id=argument.pk,
            consultation=challenge.consultation,
            opened_at=at,
            due_at=at + timedelta(seconds=number),
        )
        for number, argument in enumerate(arguments[:CASES])
    )
    Report.objects.bulk_create(Report(case=case, reason="PERSONAL") for case in cases)
    Flag.objects.bulk_create(Flag(case=case, kind="PHONE", part="text", start=0, end=5) for case in cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _time(make: Callable[[], object]) -> float:
    started = time.perf_counter()
    make()
    return (time.perf_counter() - started) * 1000


def _middle_and_worst(times: tuple[float, ...]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
