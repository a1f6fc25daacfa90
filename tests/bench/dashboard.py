"""The figures of a consultation, against a page of its proposals; and counting them anew, as a worker does.

5,000 contributions (1,000 proposals, 4,000 arguments), 50,000 reactions of 2,500 people.
"""

from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import AgeBand, Capacity
from accounts.models import User
from consultations.analysis.selectors.dashboard import figures_of
from consultations.analysis.selectors.figures_file import rows
from consultations.analysis.services.figures import count_figures
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.participation.models import Argument, Proposal, Reaction
from consultations.participation.selectors.lists import ProposalFilters, proposals_list
from tenants.models import Municipality
from tests.bench.moderation import _middle_and_worst, _time

PROPOSALS, ARGUMENTS, REACTIONS, PEOPLE, DAYS, ROUNDS = 1_000, 4_000, 50_000, 2_500, 84, 20


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01006", name="Banc", slug="banc-chiffres", admin="a@example.org", **quiet)
    with schema_context(Municipality.objects.get(slug="banc-chiffres").schema_name):
        Consultation.objects.filter(is_current=True).update(opened_at=timezone.now() - timedelta(days=DAYS))
        consultation = every_consultation().get(is_current=True)
        consultation.challenges.update(published_at=timezone.now())
        _fill(consultation)
        _counted()
        _page(every_consultation().get(is_current=True))


def _fill(consultation: Consultation) -> None:
    now = timezone.now()
    challenges = list(consultation.challenges.order_by("pk"))
    bands, capacities = list(AgeBand.values), list(Capacity.values)
    people = User.objects.bulk_create(
        User(
            email=f"p{number}@example.org",
            mailbox=f"p{number}@example.org",
            age_band=bands[number % 6] if number % 4 else "",
            capacity=capacities[number % 5],
        )
        for number in range(PEOPLE)
    )
    proposals = Proposal.objects.bulk_create(
        Proposal(
            challenge=challenges[number % len(challenges)],
            author=people[number % 300],
            title=f"Une proposition {number}",
            solution="Une solution.",
            submitted_at=now - timedelta(days=number % DAYS),
        )
        for number in range(PROPOSALS)
    )
    Argument.objects.bulk_create(
        Argument(
            proposal=proposals[number % PROPOSALS],
            author=people[number % PEOPLE],
            stance="FOR",
            text=f"Un argument {number}.",
            taken_in=2 if number % 3 == 0 else None,
            submitted_at=now - timedelta(days=number % DAYS),
        )
        for number in range(ARGUMENTS)
    )
    Reaction.objects.bulk_create(
        (
            Reaction(
                proposal=proposals[(number // PEOPLE * 37 + number) % PROPOSALS],
                user=people[number % PEOPLE],
                value="LIKE",
                created_at=now - timedelta(days=(number % PEOPLE) % DAYS),
            )
            for number in range(REACTIONS)
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _counted() -> None:
    first = _time(lambda: count_figures(at=timezone.now()))
    again = _middle_and_worst(tuple(_time(lambda: count_figures(at=timezone.now())) for _number in range(3)))
    print(f"  counted by a worker: at first {first:6.0f} ms, again {again[0]:6.0f} ms")


def _page(consultation: Consultation) -> None:
    at = timezone.now()

    def proposals() -> None:
        assert list(proposals_list(consultation=consultation, filters=ProposalFilters(), page=1).object_list)

    def page() -> None:
        figures = figures_of(consultation, at=at)
        context = {"figures": figures, "consultation": consultation, "city": connection.tenant, "files": []}
        assert render_to_string("analysis/resident/_figures.html", context)

    base = _middle_and_worst(tuple(_time(proposals) for _number in range(ROUNDS)))
    ours = _middle_and_worst(tuple(_time(page) for _number in range(ROUNDS)))
    with CaptureQueriesContext(connection) as captured:
        found = figures_of(consultation, at=at)
    file = _middle_and_worst(tuple(_time(lambda: list(rows(found))) for _number in range(ROUNDS)))
    print(f"  {found.persons} people, {found.total.counts}")
    print(f"  baseline: a page of proposals   median {base[0]:6.1f} ms   p95 {base[1]:6.1f} ms")
    ratio = f"{ours[0] / base[0]:.1f}×"
    print(
        f"  dashboard, made anew            median {ours[0]:6.1f} ms   p95 {ours[1]:6.1f} ms   {ratio} (goal: 150 ms)"
    )
    print(f"  its queries                     {len(captured)};   its file, once read: {file[0]:.1f} ms")
